"""Cells as numbers."""

from __future__ import annotations

import pytest

from fairemo_gui.corpora.values import CellError, number_of, whole_number_of


@pytest.mark.parametrize("text", ["0" * 300_000 + "99", "9" * 300_000, f"1.{'0' * 300_000}", f"1e{'9' * 300_000}"])
def test_a_number_of_any_length_is_refused_in_a_short_sentence(text: str) -> None:
    for read in (lambda: number_of(text, "it", 0, 1), lambda: whole_number_of(text, "it", 0, 1)):
        with pytest.raises(CellError, match="which is no number") as caught:
            read()
        assert len(str(caught.value)) < 120


def test_numbers_as_programs_write_them() -> None:
    assert number_of("1.50000000000000000000000000000000000000", "it", 0, 2) == 1.5
    assert whole_number_of("10.0", "it", 0, 10) == 10
    assert (number_of("", "it", 0, 1), whole_number_of("", "it", 0, 1)) == (None, None)
