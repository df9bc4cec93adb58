"""Compare two texts word by word; call ``archive.diff.text``."""
