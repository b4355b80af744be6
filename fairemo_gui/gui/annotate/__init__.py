"""Blind rating: one clip, one condition, nothing else on the screen."""
