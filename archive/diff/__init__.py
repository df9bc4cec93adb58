"""Two texts -> what changed between them; ``archive.diff.text`` is the door."""
