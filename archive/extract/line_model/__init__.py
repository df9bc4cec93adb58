"""A statistical model of which lines of a page are the text of its article.

It knows no words and no class names of sites: only lengths, links, punctuation, tags, and where the
lines stand relative to each other.
"""
