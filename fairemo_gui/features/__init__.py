"""Encoders and their cache: from clips to arrays, made once."""
