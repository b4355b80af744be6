"""The calibration chart: can a probability be taken at its word, and equally for every group?"""
