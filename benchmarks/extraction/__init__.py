"""Text, metadata and CPU of extraction, compared with the truth and with other extractors."""
