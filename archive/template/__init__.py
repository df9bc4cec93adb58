"""Learns from a publisher's pages which places on a page hold text, and which do not."""
