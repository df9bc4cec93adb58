"""Settling: which addresses are one article, and what its versions are."""
