"""What a page says of its article, apart from the text: a file for each kind of field."""
