"""Numbers are written so that none contradicts itself."""

from __future__ import annotations

import math

import pytest

from fairemo_gui.core import numbers


@pytest.mark.parametrize(
    ("value", "plain", "signed", "short"),
    [
        (0.6514, "0.651", "+0.651", ".651"),
        (-0.0004, "0.000", "0.000", ".000"),
        (-0.033, "−0.033", "−0.033", "−.033"),
        (1.0, "1.000", "+1.000", "1.000"),
        (10.5, "10.500", "+10.500", "10.500"),
        (math.nan, "–", "–", "–"),
    ],
)
def test_how_a_number_is_written(value: float, plain: str, signed: str, short: str) -> None:
    assert (numbers.rate(value), numbers.signed(value), numbers.short(plain)) == (plain, signed, short)


@pytest.mark.parametrize(
    ("ends", "digits", "written"),
    [
        ((-0.0007, -0.0001), 4, "−0.0004"),
        ((-0.0007, 0.0001), 3, "0.000"),
        ((math.nan, math.nan), 3, "0.000"),
        ((None, None), 3, "0.000"),
    ],
)
def test_a_difference_is_not_zero_beside_evidence(
    ends: tuple[float | None, float | None], digits: int, written: str
) -> None:
    assert numbers.digits_of(-0.0004, *ends) == digits
    assert numbers.signed(-0.0004, digits) == written
    assert numbers.digits_of(0.013, 0.001, 0.02) == 3


def test_one_is_singular() -> None:
    assert [numbers.counted(n, "rating") for n in (0, 1, 1200)] == ["0 ratings", "1 rating", "1,200 ratings"]
