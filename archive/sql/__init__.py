"""The database: schema, engine, frontier, search."""
