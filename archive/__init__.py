"""Pressmark's library: WARC store, extraction, articles and their database; never the network."""
