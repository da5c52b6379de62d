"""One module for each resource; each returns the routes it answers."""
