"""Commands that the app puts together. Each imports what it needs once it is called."""
