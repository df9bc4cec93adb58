"""Everything that reads the database for people, and only reads."""
