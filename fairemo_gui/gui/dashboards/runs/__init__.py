"""Runs beside each other: accuracy against fairness, a table, learning curves."""
