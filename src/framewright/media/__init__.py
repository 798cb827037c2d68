"""Encoders by output, colour, muxing, and reading back what was written. Knows nothing of browsers."""
