"""A crawl of the recorded WordPress site, compared with the truth about its posts."""
