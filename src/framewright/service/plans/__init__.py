"""Plans, chunks and files for callers who hand out the work themselves."""
