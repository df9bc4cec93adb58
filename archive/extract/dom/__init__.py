"""A parsed page, and what its markup says."""
