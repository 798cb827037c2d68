"""Which chunk is rendered when, and by whom: a pure state machine. No clock, no process and no file is in it."""
