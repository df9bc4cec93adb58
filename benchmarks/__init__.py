"""Benchmarks of Pressmark, on real input that is replayed on this machine."""
