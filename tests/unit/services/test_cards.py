"""Every recipe and encoder has a card that says where it comes from and what it may be used for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fairemo_gui.features.registry import ENCODERS
from fairemo_gui.recipes.registry import RECIPES
from fairemo_gui.services.cards import cards, net_card
from tests.unit.services.trained import add_net, many_speakers


@pytest.mark.parametrize(
    ("kind", "name"), [*(("recipe", name) for name in RECIPES), *(("encoder", name) for name in ENCODERS)]
)
def test_there_is_a_card_and_it_is_whole(kind: str, name: str) -> None:
    found = [card for card in cards() if card.get(kind) == name]
    assert found, f"models/ has no card of the {kind} {name}"
    for card in found:
        assert card["kind"] == kind
        assert all(
            card[key] for key in ("name", "title", "source", "paper", "licence", "intended_use", "limits", "shapes")
        )


def test_a_net_of_an_unknown_recipe_or_encoder_still_has_a_card(tmp_path: Path) -> None:
    with many_speakers(tmp_path) as workspace:
        net = add_net(workspace, 0)
        config = {**net.config, "encoders": {"audio": "ears@0123456789ab"}}
        found = net_card(workspace, replace(net, recipe="tomorrow", config=config))
    assert (found.card["title"], found.encoders[0].card["title"]) == ("", "")
    assert found.card["limits"] == []
    assert [(part.name, part.speakers, part.women, part.men, part.labelled) for part in found.parts] == [
        ("fold 0", 8, 4, 4, 80), ("fold 1", 8, 4, 4, 80), ("fold 2", 8, 4, 4, 80)
    ]  # fmt: skip
