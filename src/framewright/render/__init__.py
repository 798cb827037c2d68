"""The public verbs: from a composition to a description, or to a finished file."""
