"""Write exchanges to WARC files, read them back, and check them."""
