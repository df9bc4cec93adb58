"""What ``pressmark demo`` does and shows; ``plan`` says which visits, ``report`` is the door."""
