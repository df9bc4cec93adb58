"""Endless sites: which patterns of URLs and which parameters multiply pages without news."""
