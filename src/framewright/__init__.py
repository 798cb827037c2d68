"""Framewright renders HTML compositions to video, deterministically and fast."""
