"""Pictures out of the browser: the frame stream, screenshots, and the pool of workers."""
