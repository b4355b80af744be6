"""The agreement chart: how far raters agree per condition and group, and who rates whom how."""
