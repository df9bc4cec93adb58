"""Writing captures and what was extracted from them."""
