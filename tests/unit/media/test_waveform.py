"""The outline of a sound loses no peak, however few columns it has."""

from __future__ import annotations

import numpy as np

from fairemo_gui.media.waveform import outline, part, thinned


def test_a_single_peak_is_kept_at_its_place() -> None:
    samples = np.zeros(48000, np.float32)
    samples[12345], samples[30000] = 0.9, -0.7
    made = outline(samples, 0.0, 3.0, 100)
    assert made.high.argmax() == 12345 * 100 // 48000
    assert made.low.argmin() == 30000 * 100 // 48000
    assert (made.high.max(), made.low.min()) == (np.float32(0.9), np.float32(-0.7))


def test_thinning_keeps_the_extremes() -> None:
    samples = np.random.default_rng(5).normal(0, 0.2, 20000).astype(np.float32)
    fine = outline(samples, 1.0, 2.0)
    coarse = thinned(fine, 37)
    assert len(coarse.low) == 37
    assert (coarse.high.max(), coarse.low.min()) == (samples.max(), samples.min())
    assert (coarse.start, coarse.end) == (1.0, 2.0)


def test_short_and_empty_sounds_have_an_outline() -> None:
    assert len(outline(np.zeros(3, np.float32), 0.0, 1.0).low) == 3
    assert len(outline(np.zeros(0, np.float32), 0.0, 1.0).low) == 0


def test_a_part_says_where_its_spans_begin_and_end() -> None:
    samples = np.zeros(1000, np.float32)
    samples[455] = 0.9
    found = part(outline(samples, 10.0, 20.0, 100), 14.52, 14.66)
    assert (found.start, found.end) == (14.5, 14.7)
    assert found.high.tolist() == [np.float32(0.9), 0.0]
    whole = outline(samples, 10.0, 20.0, 100)
    assert len(part(whole, 0.0, 99.0).low) == 100
    assert len(part(whole, 25.0, 26.0).low) == 1
