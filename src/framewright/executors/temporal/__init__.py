"""Rendering on many machines: one Temporal workflow a render, and workers that do its activities."""
