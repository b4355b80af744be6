"""Frozen records and pure rules; knows nothing of files, databases or windows."""
