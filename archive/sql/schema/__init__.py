"""The tables of the database: the view, and the state."""
