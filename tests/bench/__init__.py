"""Measurements beside other programs: one module `bench_NAME.py` each, with a function `rows()`."""
