"""URLs that pages, sitemaps, feeds and robots.txt name."""
