"""Decoding, waveforms, spectrograms, faces and words: what is in a media file, keyed by presentation time."""
