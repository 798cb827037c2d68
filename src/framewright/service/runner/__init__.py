"""Processes that open strangers' pages for the service: one for each job, in a cage of its own."""
