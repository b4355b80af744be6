"""Every condition of CREMA-D against every other, by gender and race, from its files by scikit-learn and fairlearn.

Nothing expected here goes through the program's own labels: votes become labels in whole numbers, below.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from fairlearn.metrics import demographic_parity_difference, equalized_odds_difference
from sklearn import metrics as sk

from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.evaluation.sample import Mode, Sample

LETTERS = ("A", "D", "F", "H", "N", "S")
WAYS = {"voice": 1, "face": 2, "av": 3}
PAIRS = [("voice", "av"), ("face", "av"), ("voice", "face"), ("face", "voice"), ("av", "voice"), ("av", "face")]
NAMES = ["-".join(pair) for pair in PAIRS]
# fairlearn takes seconds for each of these.
SLOWLY = [pytest.param(*pair, marks=[] if pair[1] == "av" else pytest.mark.slow, id="-".join(pair)) for pair in PAIRS]

Votes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Clips:
    """CREMA-D as its files tell it; one row per clip, by file name."""

    votes: dict[str, Votes]
    actor: npt.NDArray[np.int64]
    groups: dict[str, list[str | None]]

    def sample(self, human: str, labels: str, mode: Mode = Mode.MULTI) -> Sample:
        return Sample(LETTERS, self.votes[labels], mode, self.actor, self.groups, votes=self.votes[human])


@pytest.fixture(scope="module")
def clips(shared_data: Path) -> Clips:
    table = pd.read_csv(shared_data / "cremad" / "tabulatedVotes.csv", index_col=0)
    actors = pd.read_csv(shared_data / "cremad" / "VideoDemographics.csv").set_index("ActorID")
    way = table.index // 100000
    parts = {name: table[way == number].sort_values("fileName") for name, number in WAYS.items()}
    names = parts["av"]["fileName"].tolist()
    assert all(part["fileName"].tolist() == names for part in parts.values())
    actor: npt.NDArray[np.int64] = np.array([int(name[:4]) for name in names], dtype=np.int64)
    races = [str(race) for race in actors.loc[actor, "Race"]]
    groups: dict[str, list[str | None]] = {
        "gender": [str(sex).lower() for sex in actors.loc[actor, "Sex"]],
        "race": [None if race == "Unknown" else race for race in races],
    }
    return Clips({name: part[list(LETTERS)].to_numpy(dtype=np.int64) for name, part in parts.items()}, actor, groups)


@pytest.fixture(scope="module")
def evaluated(clips: Clips) -> dict[tuple[str, str], Evaluation]:
    return {pair: evaluate(clips.sample(*pair), ("gender", "race")) for pair in PAIRS}


def on(votes: Votes) -> npt.NDArray[np.int64]:
    return np.asarray(6 * votes > votes.sum(axis=1, keepdims=True), dtype=np.int64)


def shares(votes: Votes) -> npt.NDArray[np.float64]:
    return np.asarray(votes / votes.sum(axis=1, keepdims=True))


def near(expected: object) -> object:
    return pytest.approx(expected, abs=1e-9, rel=0)


@pytest.mark.parametrize(("human", "labels"), PAIRS, ids=NAMES)
def test_scores(clips: Clips, evaluated: dict[tuple[str, str], Evaluation], human: str, labels: str) -> None:
    truth, said = on(clips.votes[labels]), on(clips.votes[human])
    p, soft = shares(clips.votes[human]), shares(clips.votes[labels])
    first, guess = clips.votes[labels].argmax(axis=1), clips.votes[human].argmax(axis=1)
    expected = {
        "macro_f1": sk.f1_score(truth, said, average="macro"),
        "weighted_f1": sk.f1_score(truth, said, average="weighted"),
        "exact_match": sk.accuracy_score(truth, said),
        "accuracy": sk.accuracy_score(first, guess),
        "uar": sk.balanced_accuracy_score(first, guess),
        "brier": sk.mean_squared_error(truth, p),
        "brier_soft": sk.mean_squared_error(soft, p),
        "brier_plurality": sk.mean_squared_error(np.eye(6)[first], p),
        "brier_sum": 6 * sk.mean_squared_error(truth, p),
        "roc_auc": sk.roc_auc_score(truth, p, average="macro"),
    }
    found = evaluated[human, labels].metrics
    assert {name: found.scores[name] for name in expected} == near(expected)
    per_class = {
        "f1": sk.f1_score(truth, said, average=None),
        "precision": sk.precision_score(truth, said, average=None),
        "recall": sk.recall_score(truth, said, average=None),
        "brier": [sk.brier_score_loss(truth[:, k], p[:, k]) for k in range(6)],
    }
    for name, values in per_class.items():
        assert list(found.per_class[name].values()) == near(list(values)), name
    assert (evaluated[human, labels].confusion.counts == sk.confusion_matrix(first, guess)).all()


@pytest.mark.parametrize("attribute", ["gender", "race"])
@pytest.mark.parametrize(("human", "labels"), SLOWLY)
def test_groups_and_gaps(
    clips: Clips, evaluated: dict[tuple[str, str], Evaluation], human: str, labels: str, attribute: str
) -> None:
    found, values = evaluated[human, labels], np.array(clips.groups[attribute], dtype=object)
    truth, said = on(clips.votes[labels]), on(clips.votes[human])
    names = sorted({v for v in values if v is not None})
    macro = [sk.f1_score(truth[values == g], said[values == g], average="macro") for g in names]
    assert [found.group(attribute, g).metrics.scores["macro_f1"] for g in names] == near(macro)
    fairness = found.fairness[attribute]
    assert fairness.groups == tuple(names)
    assert fairness.bias == near(100 * np.mean([abs(a - b) for a, b in combinations(macro, 2)]))
    assert fairness.macro_f1_gap == near(max(macro) - min(macro))
    known = np.array([v is not None for v in values])
    truth, said, features = truth[known], said[known], values[known].astype(str)
    flat = truth.ravel(), said.ravel(), np.repeat(features, 6)
    for gap, reference in (
        (fairness.dpd, demographic_parity_difference),
        (fairness.eod, equalized_odds_difference),
    ):
        expected = [reference(truth[:, k], said[:, k], sensitive_features=features) for k in range(6)]
        assert list(gap.per_class.values()) == near(expected)
        micro = reference(flat[0], flat[1], sensitive_features=flat[2])
        assert (gap.macro, gap.worst, gap.micro) == near((np.mean(expected), max(expected), micro))


# Computed once from the files with scikit-learn 1.9 and fairlearn 0.15, so that a change in either would be noticed.
PINNED: dict[str, dict[str, float | list[float]]] = {
    "voice-av": {
        "macro_f1": 0.6373170669549459,
        "weighted_f1": 0.64096855784852,
        "exact_match": 0.2545014780972857,
        "brier": 0.15624553459766624,
        "brier_soft": 0.05404891052921367,
        "roc_auc": 0.8078467516164111,
        "gender macro_f1": [0.6505025601510362, 0.6218589587097371],
        "gender dpd": 0.03632450766160273,
        "gender eod": 0.0643435273067425,
        "gender bias": 2.8643601441299182,
        "race macro_f1": [0.6458237425178779, 0.6146575411760768, 0.6371946135617897],
        "race dpd": 0.033197312495264135,
        "race eod": 0.06769563080229428,
        "race bias": 2.077746756120069,
    },
    "face-av": {
        "macro_f1": 0.7495592837594821,
        "weighted_f1": 0.7469995550718554,
        "exact_match": 0.416689062080086,
        "brier": 0.12067318659751802,
        "brier_soft": 0.024089543594592356,
        "roc_auc": 0.883861086222657,
        "gender macro_f1": [0.7606638684071308, 0.7375308701739254],
        "gender dpd": 0.04495057295379854,
        "gender eod": 0.04647794896025781,
        "gender bias": 2.313299823320547,
        "race macro_f1": [0.7520326203574381, 0.725264461476775, 0.7515871116704922],
        "race dpd": 0.043857226363603063,
        "race eod": 0.06945313346652891,
        "race bias": 1.784543925377539,
    },
    "face-voice": {
        "macro_f1": 0.5614577518786622,
        "weighted_f1": 0.5871136062576413,
        "exact_match": 0.19054017737167428,
        "brier": 0.20345482039366405,
        "brier_soft": 0.06542435441890179,
        "roc_auc": 0.741471831884548,
        "gender macro_f1": [0.5854979936881911, 0.5351167727522351],
        "gender dpd": 0.04495057295379854,
        "gender eod": 0.07130395672679903,
        "gender bias": 5.038122093595598,
        "race macro_f1": [0.5614360437460534, 0.5310798972609924, 0.5652950578745243],
        "race dpd": 0.043857226363603063,
        "race eod": 0.09361373011842511,
        "race bias": 2.281010707568794,
    },
}


@pytest.mark.parametrize("name", PINNED)
def test_pinned_numbers(evaluated: dict[tuple[str, str], Evaluation], name: str) -> None:
    human, labels = name.split("-")
    found, expected = evaluated[human, labels], PINNED[name]
    numbers: dict[str, float | list[float]] = {
        key: found.metrics.scores[key]
        for key in ("macro_f1", "weighted_f1", "exact_match", "brier", "brier_soft", "roc_auc")
    }
    for attribute in ("gender", "race"):
        groups = [g for g in found.groups if g.by == attribute and g.value is not None]
        numbers[f"{attribute} macro_f1"] = [g.metrics.scores["macro_f1"] for g in groups]
        gaps = found.fairness[attribute]
        numbers |= {
            f"{attribute} dpd": gaps.dpd.macro,
            f"{attribute} eod": gaps.eod.macro,
            f"{attribute} bias": gaps.bias,
        }
    assert numbers.keys() == expected.keys()
    for key, value in expected.items():
        assert numbers[key] == near(value), key


def test_labels_in_whole_numbers_differ_from_single_precision(clips: Clips) -> None:
    flipped = []
    for votes in clips.votes.values():
        single = votes.astype(np.float32) / votes.sum(axis=1, keepdims=True).astype(np.float32)
        flipped.append(int(((single.astype(np.float64) > 1 / 6) != on(votes)).sum()))
    assert flipped == [67, 19, 8]
    for votes in clips.votes.values():
        assert (Sample(LETTERS, votes, Mode.MULTI, clips.actor, {}, votes=votes).decisions.truth_on == on(votes)).all()


@pytest.mark.parametrize(("human", "labels"), PAIRS, ids=NAMES)
def test_plurality_kappa(clips: Clips, human: str, labels: str) -> None:
    counts = evaluate(clips.sample(human, labels, Mode.PLURALITY), ()).confusion.counts
    expected = sk.cohen_kappa_score(clips.votes[labels].argmax(axis=1), clips.votes[human].argmax(axis=1))
    share = counts / counts.sum()
    chance = float(share.sum(axis=0) @ share.sum(axis=1))
    assert (np.trace(share) - chance) / (1 - chance) == near(expected)
    if (human, labels) == ("voice", "av"):
        assert expected == near(0.4461363507813034)
