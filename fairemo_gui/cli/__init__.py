"""The terminal's face of the services."""
