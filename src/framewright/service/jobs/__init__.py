"""The local desk: jobs in SQLite, in the order in which they were asked for, each in a process of its own."""
