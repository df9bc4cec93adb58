"""What ``pressmark demo`` does and shows; ``plan`` lists the visits, ``report`` prints."""
