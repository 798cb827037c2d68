"""Speaking to a render service over HTTP: the same verbs and the same events as here."""
