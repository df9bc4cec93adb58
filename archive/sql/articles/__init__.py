"""Writing articles, their boilerplate and their translations."""
