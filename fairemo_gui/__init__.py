"""Look at emotion corpora, rate them blind, and audit emotion-recognition models for fairness."""

__version__ = "0.1.0"
