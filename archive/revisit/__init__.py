"""When a URL is due again: the rule, its constants and inputs, and the rows that hold them."""
