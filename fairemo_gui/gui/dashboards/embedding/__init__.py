"""Utterances as points: the principal components of what represents them."""
