"""Importing a corpus: choose, see what was found, store."""
