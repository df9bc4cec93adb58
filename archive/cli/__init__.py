"""The commands that need only the archive; one small file each, loaded when used."""
