"""The render service: probe, render and watch over HTTP. ``docs/service.md`` tells how to run it."""
