from __future__ import annotations

from dataclasses import dataclass

import pytest

from fairemo_gui.core.settings import read_settings
from fairemo_gui.errors import UserError


@dataclass(frozen=True)
class Example:
    size: int = 3
    rate: float = 0.5
    quick: bool = True
    kind: str = "plain"


def test_text_becomes_what_the_field_is() -> None:
    given = {"size": "7", "rate": "1e-3", "quick": "no", "kind": "odd"}
    assert read_settings(Example, given, "example") == Example(7, 0.001, False, "odd")


def test_typed_values_pass_and_the_rest_keep_their_defaults() -> None:
    assert read_settings(Example, {"size": 8, "quick": False}, "example") == Example(8, 0.5, False, "plain")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"sise": 1}, "example has no setting “sise”: it knows kind, quick, rate, size"),
        ({"size": "2.5"}, "example: size must be a whole number, not “2.5”"),
        ({"size": "inf"}, "size must be a whole number"),
        ({"rate": "fast"}, "rate must be a number, not “fast”"),
        ({"quick": "perhaps"}, "quick must be yes or no"),
    ],
)
def test_mistakes_are_named(given: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=words):
        read_settings(Example, given, "example")
