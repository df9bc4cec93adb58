"""Writing the frontier: the URLs of a publisher."""
