"""The table of utterances with its filter bar."""
