from __future__ import annotations

import math

import pytest

from fairemo_gui.gui.controls import numbers


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (numbers.rate(0.65051), "0.651"),
        (numbers.rate(math.nan), "–"),
        (numbers.rate(-0.001), "−0.001"),
        (numbers.signed(0.0132), "+0.013"),
        (numbers.signed(-0.1677), "−0.168"),
        (numbers.signed(-0.0004), "0.000"),
        (numbers.signed(None), "–"),
        (numbers.interval(0.022, 0.053), "[.022, .053]"),
        (numbers.interval(-0.134, 1.0, 2, sign=True), "[−.13, +1.00]"),
        (numbers.interval(-0.001, 0.0004, 2, sign=True), "[.00, .00]"),
        (numbers.interval(None, 0.5), ""),
        (numbers.interval(math.nan, 0.5), ""),
        (numbers.percentage_points(0.1997), "+20"),
        (numbers.percentage_points(-0.004), "0"),
        (numbers.count(7442), "7,442"),
        (numbers.counted(1, "speaker", "speakers"), "1 speaker"),
        (numbers.counted(43, "speaker", "speakers"), "43 speakers"),
        (numbers.probability(0.00043), "<.001"),
        (numbers.probability(0.4191), "0.419"),
    ],
)
def test_numbers_are_written_the_house_way(written: str, expected: str) -> None:
    assert written == expected
