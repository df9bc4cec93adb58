"""What Pressmark is measured by: real input, replayed on this machine."""
