"""Finding, starting and driving Chromium; serving the files that it opens. Knows nothing of video."""
