"""The text of an article: found, restored, trimmed, and judged."""
