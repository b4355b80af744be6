"""Every sentence fits on one line, whatever the names in it."""

from __future__ import annotations

from fairemo_gui.core.records import Problem
from fairemo_gui.errors import UserError


def test_a_sentence_is_one_line_that_can_be_written_down() -> None:
    error = UserError("a\n\x1b[31m\udcff.csv is bad.", ["line\r2", "“fine” – ß"])
    assert str(error) == error.message == "a��[31m�.csv is bad."
    assert error.problems == ("line�2", "“fine” – ß")
    assert len(str(UserError("x" * 5000))) == 1001
    assert str(Problem("a\n.csv", 2, "is bad")) == "a�.csv, line 2: is bad"
