"""Published systems, one file or one small package each."""
