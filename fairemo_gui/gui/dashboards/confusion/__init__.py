"""The confusion chart: one matrix per group side by side, and their difference."""
