"""WARC: write exchanges, read them back, check them."""
