"""The demo publisher's pages, feeds and sitemaps as bytes."""
