"""The archive handed on: as tables for a data frame, and as a WACZ file for replay."""
