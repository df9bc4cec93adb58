"""What happens to an archived record, in order: from a WARC file to rows."""
