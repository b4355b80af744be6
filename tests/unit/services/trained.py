"""A corpus of many speakers with nets whose predictions are made up: what evaluation needs, without training."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

import fairemo_gui
from fairemo_gui.core.emotions import ClassSelection, EmotionScheme
from fairemo_gui.core.records import CorpusBundle, Gender, Speaker, Utterance
from fairemo_gui.store import corpora, nets
from fairemo_gui.store.nets import NetRow
from fairemo_gui.store.workspace import Workspace

SCHEME = EmotionScheme("many", ("anger", "happy", "neutral"))


def many_speakers(folder: Path, speakers: int = 24, each: int = 10) -> Workspace:
    """An open workspace with a corpus of one class per utterance; every second speaker is a woman."""
    workspace = Workspace(folder / "w.fairemo", create=True)
    people = tuple(Speaker(f"s{k:02d}", Gender.MALE if k % 2 else Gender.FEMALE) for k in range(speakers))
    utterances = tuple(
        Utterance(f"s{k:02d}_{i:02d}", f"s{k:02d}", audio="any.mp4", video="any.mp4", intended=(i + k) % 3)
        for k in range(speakers)
        for i in range(each)
    )
    corpora.add_bundle(workspace, CorpusBundle("many", "/corpora/many", "test 1", SCHEME, people, utterances))
    return workspace


def add_net(
    workspace: Workspace,
    seed: int,
    clarity: float = 1.0,
    parent: int | None = None,
    settings: Mapping[str, object] | None = None,
    parts: Mapping[str, str | int] | None = None,
) -> NetRow:
    """A net with out-of-fold predictions: right the more often the clearer they are, for men more than women."""
    table = corpora.table(workspace, 1)
    division = parts or {speaker.code: k % 3 for k, speaker in enumerate(table.speakers)}
    config: dict[str, object] = {
        "recipe": "schmitz2022",
        "settings": {"dropout": 0.3, **(settings or {})},
        "encoders": {"audio": "mfcc@0123456789ab"},
        "plan": {"parts": division, "labelled": {"0": 80, "1": 80, "2": 80}, "group": "speaker", "settings": {}},
    }
    net = NetRow(
        1, "schmitz2022", "intended", ClassSelection.all_of(SCHEME), {}, seed, 3, f"hash of {sorted(division.items())}",
        fairemo_gui.__version__, "", "", status="training", parent_id=parent,
    )  # fmt: skip
    net_id, _ = nets.add_net(workspace, net)
    nets.finish_net(workspace, net_id, "nets/n.safetensors", "ab" * 32, config=config, history=[], seconds=1.0)
    where = [division[table.speakers[k].code] for k in table.speaker_index]
    parts_met = ["out of fold" if isinstance(part, int) else part for part in where]
    nets.add_predictions(workspace, net_id, table.ids, said(workspace, seed, clarity), parts_met)
    return nets.net(workspace, net_id)


def said(workspace: Workspace, seed: int, clarity: float) -> npt.NDArray[np.float64]:
    """Probabilities, shape (n, 3)."""
    codes = corpora.table(workspace, 1).codes
    truth = np.array([(int(code[4:]) + int(code[1:3])) % 3 for code in codes])
    men = np.array([int(code[1:3]) % 2 for code in codes])
    odds = np.random.default_rng(seed).normal(0, 1, (len(codes), 3))
    odds[np.arange(len(codes)), truth] += clarity + 0.5 * men
    return np.asarray(np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True))
