"""Importers: one file per corpus, each turning a folder into a checked bundle."""
