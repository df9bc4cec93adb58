"""Words and phrases of human languages, in one TOML file for each language."""
