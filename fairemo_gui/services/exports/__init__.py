"""Exports: everything a corpus of a workspace holds, in formats other programs read. One file per family of formats."""
