"""The player: one playback engine for ranges inside long files, and its view."""
