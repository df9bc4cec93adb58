"""The demo publisher: its stories, templates and server."""
