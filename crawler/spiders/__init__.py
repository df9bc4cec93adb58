"""Spiders: one class, a name for each publisher profile."""
