"""Values and errors that every room speaks of. Imports nothing of the others."""
