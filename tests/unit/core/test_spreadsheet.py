"""Formulas in cells: harmless going out, unchanged coming back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairemo_gui.core.spreadsheet import neutralised, neutralised_row, restored


@given(st.text(alphabet=st.one_of(st.sampled_from("'=+-@\t\r\n1.,e "), st.characters()), max_size=12))
def test_every_text_comes_back_and_none_is_run(text: str) -> None:
    cell = neutralised(text)
    assert restored(cell) == text
    if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n"):
        float(cell.replace(",", "."))


@pytest.mark.parametrize("number", ["-1", "-0.25", "+3", "-1e-07", "1,5", ".5"])
def test_numbers_stay_numbers(number: str) -> None:
    assert neutralised(number) == number


@pytest.mark.parametrize(
    "formula", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "=cmd|' /C calc'!A0", "-1-1"]
)
def test_formulas_are_quoted(formula: str) -> None:
    assert neutralised(formula) == f"'{formula}"


@pytest.mark.parametrize("text", ["it's", "'tis", "don't", "a=b", "", "'"])
def test_plain_text_is_left_alone(text: str) -> None:
    assert neutralised(text) == restored(text) == text


def test_a_row_keeps_what_is_no_text() -> None:
    assert neutralised_row(["=1", -1.5, None, True, "a"]) == ["'=1", -1.5, None, True, "a"]
