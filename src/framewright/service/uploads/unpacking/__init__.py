"""A stranger's archive becomes a folder. Runs in a process of its own, and knows nothing of Framewright so that it starts at once."""
