"""Read dates: those that are written for machines, and those in lines for readers."""
