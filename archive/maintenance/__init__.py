"""Check, repair, import and replay an archive."""
