"""The use cases: what the window and the terminal both call."""
