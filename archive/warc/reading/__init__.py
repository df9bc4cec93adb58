"""Read WARC files: records, captures, index lines."""
