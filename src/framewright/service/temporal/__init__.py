"""The desk over Temporal: a job is a workflow, and any number of services may stand side by side on one server and one store."""
