"""What a crawl says of itself: progress, its row in the database, logs."""
