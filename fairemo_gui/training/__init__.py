"""Loop, losses, callbacks, history and checkpoints, shared by every recipe."""
