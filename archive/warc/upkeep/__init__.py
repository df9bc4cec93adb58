"""Checking, indexing, recovering and repairing WARC files."""
