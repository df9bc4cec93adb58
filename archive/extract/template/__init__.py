"""The lines of a page by their places, and a text that is corrected by what places mean."""
