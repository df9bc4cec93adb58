"""Find the text of an article, restore what is missing, trim it, and judge it."""
