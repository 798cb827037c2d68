"""Reading tracks, mixing them sample by sample, limiting and measuring them. Knows nothing of browsers and pictures."""
