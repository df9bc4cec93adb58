"""Extraction: one payload in, one Extraction out."""
