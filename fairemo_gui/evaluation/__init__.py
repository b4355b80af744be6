"""Metrics, calibration, fairness, intervals, agreement and comparison: arrays in, records out."""
