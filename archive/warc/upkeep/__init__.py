"""Check, index, recover and repair WARC files."""
