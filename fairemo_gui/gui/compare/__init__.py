"""The Compare page: old and new net side by side, what got better, what got worse, for whom, and which utterances."""
