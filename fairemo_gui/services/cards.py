"""The model cards shipped with the program, and the card of a net trained here."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairemo_gui import paths
from fairemo_gui.core.records import Gender
from fairemo_gui.features.cache import list_caches
from fairemo_gui.services.seeds import plan_kept
from fairemo_gui.store import corpora
from fairemo_gui.store.nets import NetRow
from fairemo_gui.store.workspace import Workspace

_BY_PART = {"train": "training", "validation": "validation (stops the training)", "test": "test"}

_SAYS_NOTHING: dict[str, Any] = {
    **dict.fromkeys(("title", "source", "revision", "paper", "licence", "intended_use"), ""), "limits": []
}  # fmt: skip


@dataclass(frozen=True)
class PartRow:
    """One part of the division of speakers.

    Attributes:
        labelled: Utterances with a label in it when the net was trained; None for nets that did not keep it.
    """

    name: str
    speakers: int
    women: int
    men: int
    labelled: int | None


@dataclass(frozen=True)
class EncoderUse:
    """An encoder as a net used it.

    Attributes:
        card: What is shipped about it.
        cache: Name of the features it read.
        settings: Of the encoder; empty where the features are gone.
    """

    modality: str
    cache: str
    card: Mapping[str, Any]
    settings: Mapping[str, object]


@dataclass(frozen=True)
class NetCard:
    """Where a net comes from and what it may be used for.

    Attributes:
        card: What is shipped about its recipe.
        settings: Every setting of the recipe.
        chosen: Names of those that were asked for, the others being the recipe's own.
    """

    net: NetRow
    card: Mapping[str, Any]
    settings: Mapping[str, object]
    chosen: frozenset[str]
    encoders: tuple[EncoderUse, ...]
    parts: tuple[PartRow, ...]
    group: str


def cards() -> list[dict[str, Any]]:
    """Every card, by name."""
    return [tomllib.loads(path.read_text("utf-8")) for path in sorted(paths.model_cards().glob("*.toml"))]


def net_card(workspace: Workspace, net: NetRow) -> NetCard:
    """The card of a net whose training ended."""
    plan, shipped = plan_kept(net), cards()
    config: dict[str, Any] = dict(net.config)
    there = {info.name: info for info in list_caches(workspace.folder / "features")}
    encoders = tuple(
        EncoderUse(
            modality,
            cache,
            _card(shipped, "encoder", cache.partition("@")[0]),
            there[cache].settings if cache in there else {},
        )
        for modality, cache in config.get("encoders", {}).items()
    )
    return NetCard(
        net=net,
        card=_card(shipped, "recipe", net.recipe),
        settings=config.get("settings", {}),
        chosen=frozenset(plan.get("settings") or ()),
        encoders=encoders,
        parts=_parts(workspace, net, plan),
        group=str(plan.get("group", "speaker")),
    )


def _card(shipped: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    """The card of a recipe or an encoder; what it does not say is empty."""
    return _SAYS_NOTHING | next((card for card in shipped if card.get(kind) == name), {})


def _parts(workspace: Workspace, net: NetRow, plan: Mapping[str, Any]) -> tuple[PartRow, ...]:
    """Speakers per part, women and men among them, and what was labelled."""
    genders = {speaker.code: speaker.gender for speaker in corpora.table(workspace, net.corpus_id).speakers}
    found: dict[str, Counter[Gender | None]] = defaultdict(Counter)
    for code, part in (plan.get("parts") or {}).items():
        found[str(part)][genders.get(code)] += 1
    labelled = plan.get("labelled") or {}
    order = [part for part in _BY_PART if part in found] or sorted(found)
    return tuple(
        PartRow(
            _BY_PART.get(part, f"fold {part}"), found[part].total(), found[part][Gender.FEMALE],
            found[part][Gender.MALE], labelled.get(part),
        )
        for part in order
    )  # fmt: skip
