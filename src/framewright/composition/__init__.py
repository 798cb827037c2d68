"""What the author wrote: opening a project, and the page that describes itself and obeys our clock."""
