"""The demo publisher's stories and what its editors do to them."""
