"""Words and phrases of human languages, one TOML file for each, and lines that consist of them."""
