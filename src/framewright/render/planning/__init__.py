"""From a composition to a plan: who needs which file, what it is called, and how it travels."""
