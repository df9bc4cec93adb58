"""Reading WARC files: records, captures, index lines."""
