"""Whole crawls beside those of other tools, over the same pages."""
