"""The main text of a page as trafilatura finds it."""
