"""What the demo publisher really said, and how exactly an archive has it."""
