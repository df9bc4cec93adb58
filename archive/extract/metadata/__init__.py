"""Read the fields of an article but its text; one module for each kind of field."""
