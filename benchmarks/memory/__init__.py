"""Peaks of memory on replies of every size."""
