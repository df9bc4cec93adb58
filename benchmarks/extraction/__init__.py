"""Text, metadata and CPU of extraction, against the truth and against other extractors."""
