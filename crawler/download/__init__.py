"""Downloading: the handler, middlewares, and which addresses may be connected to."""
