"""Small things everything rests on."""

from __future__ import annotations

from fairemo_gui.evaluation.arrays import factorise


def test_bands_of_age_stand_in_order_of_age() -> None:
    names, codes = factorise(["50 and over", None, "under 30", "30–49", "under 30"])
    assert names == ("under 30", "30–49", "50 and over")
    assert codes.tolist() == [2, -1, 0, 1, 0]
