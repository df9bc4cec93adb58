"""A crawl of the recorded WordPress site, held against the truth about its posts."""
