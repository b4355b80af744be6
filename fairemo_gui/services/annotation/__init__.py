"""Annotation: from a rating plan to a queue, and from a queue to a sitting."""
