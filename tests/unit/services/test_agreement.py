"""Agreement from a workspace: counted votes and single ratings, groups, pairs of raters, who rates whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.core.emotions import CREMA_D
from fairemo_gui.core.records import (
    Condition,
    CorpusBundle,
    Gender,
    Rater,
    RaterKind,
    Rating,
    Speaker,
    Utterance,
    VoteCounts,
)
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.dimensional import ccc
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.jobs.task import CancelledError
from fairemo_gui.services.agreement import AgreementRow, AgreementView, measure_agreement
from fairemo_gui.services.rating import rate, undo
from fairemo_gui.store import corpora, ratings
from fairemo_gui.store.workspace import Workspace

SPEAKERS, EACH, RATERS = 8, 6, 6
PLAN = IntervalPlan(60)


def bundle() -> CorpusBundle:
    """Six raters who rate every utterance of eight speakers (one of unknown gender) by voice; faces come counted."""
    rng = np.random.default_rng(1)
    genders = (Gender.FEMALE, Gender.MALE)
    speakers = tuple(Speaker(f"s{k}", None if k == 7 else genders[k % 2], race=f"r{k % 2}") for k in range(SPEAKERS))
    utterances = tuple(
        Utterance(f"u{k:02d}", f"s{k // EACH}", audio="a.wav", intended=k % 6) for k in range(SPEAKERS * EACH)
    )
    ratings = [
        Rating(
            f"{u.code}-{k}", u.code, f"r{k}", Condition.VOICE,
            (CREMA_D.classes[(u.intended or 0) if rng.random() < 0.6 else rng.integers(6)],),
            intensity=int(rng.integers(101)), activation=float(rng.integers(1, 6)) if k < 2 else None,
            created_at=f"2024-01-01T00:00:{k:02d}.000Z",
        )
        for u in utterances
        for k in range(RATERS)
    ]  # fmt: skip
    counts = [
        VoteCounts(u.code, Condition.FACE, tuple(rng.multinomial(9, [1 / 6] * 6)), "faces.csv") for u in utterances
    ]
    return CorpusBundle(
        "tiny", "/corpora/tiny", "test 1", replace(CREMA_D, name="tiny"), speakers, utterances,
        raters=tuple(Rater(f"r{k}", RaterKind.HUMAN, genders[k % 2] if k < 4 else None) for k in range(RATERS)),
        ratings=tuple(ratings), vote_counts=tuple(counts),
    )  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path / "w.fairemo", create=True) as opened:
        corpora.add_bundle(opened, bundle())
        yield opened


def measure(workspace: Workspace, by: tuple[str, ...] = ("gender",), **options: object) -> AgreementView:
    return measure_agreement(workspace, corpora.corpus(workspace), by, minimum_n=5, **options)  # type: ignore[arg-type]


def row(view: AgreementView, condition: Condition, value: str | None = "") -> AgreementRow:
    return next(r for r in view.rows if r.conditions == (condition,) and r.value == value)


def test_every_condition_and_group_has_its_row(workspace: Workspace) -> None:
    view = measure(workspace, ("gender", "race"))
    voice = row(view, Condition.VOICE)
    assert (voice.utterances, voice.speakers, voice.raters, voice.ratings) == (48, 8, 6, 288)
    face = row(view, Condition.FACE)
    assert (face.utterances, face.raters, face.ratings) == (48, None, 9 * 48)
    assert set(voice.coefficients) == {"alpha_nominal", "fleiss"} | {
        f"{scale}_alpha_{level}" for scale in ("intensity", "activation") for level in ("ordinal", "interval")
    }
    assert voice.coefficients["alpha_nominal"].value > 0.2 > face.coefficients["alpha_nominal"].value
    assert voice.coefficients["activation_alpha_ordinal"].ratings == 96
    assert view.scales == ("intensity", "activation")
    genders = [(r.value, r.utterances) for r in view.rows if r.conditions == (Condition.VOICE,) and r.by == "gender"]
    assert genders == [("female", 24), ("male", 18), (None, 6)]
    assert {r.by for r in view.rows} == {"", "gender", "race", "gender×race"}
    assert {r.by for r in view.differences} == {"gender", "race", "gender×race"}
    apart = next(r for r in view.differences if r.by == "gender" and r.conditions == (Condition.VOICE,))
    values = [row(view, Condition.VOICE, value).coefficients["fleiss"].value for value in (apart.plus, apart.minus)]
    assert apart.plus == "male"
    assert apart.coefficients["fleiss"].value == pytest.approx(values[0] - values[1])
    assert [r.conditions for r in view.between if not r.by] == [(Condition.VOICE, Condition.FACE)]


def test_numbers_have_intervals_or_reasons_and_serialise(workspace: Workspace) -> None:
    view = measure(workspace, intervals=PLAN)
    for found in (*view.rows, *view.between):
        for coefficient in found.coefficients.values():
            assert (coefficient.interval is None) == (coefficient.reason is not None)
            if found.value is None:
                assert coefficient.reason == "one speaker"
    document = json.loads(json.dumps(view.to_json(), allow_nan=False))
    assert document["intervals"] == {
        "form": "studentised", "unit": "speaker", "replicates": 60, "seed": 0, "level": 0.95,
    }  # fmt: skip
    assert document["rows"][0]["by"] is None
    assert (
        document["rows"][0]["coefficients"]["fleiss"]["value"]
        == row(view, Condition.VOICE).coefficients["fleiss"].value
    )
    assert document["pairs"]["voice"]["pairs"][0]["raters"] == ["r0", "r1"]
    assert measure(workspace).to_json()["intervals"] is None


def test_pairs_and_raters_come_from_single_ratings_only(workspace: Workspace) -> None:
    view = measure(workspace, intervals=PLAN)
    assert list(view.pairs) == [Condition.VOICE]
    assert len(view.pairs[Condition.VOICE].pairs) == RATERS * (RATERS - 1) // 2
    (voice,) = view.raters
    assert (voice.ratings, voice.left_out, dict(voice.genders)) == (252, 36, {"female": 2, "male": 2, "unknown": 2})
    effects = {(effect.kind, effect.name): effect for effect in voice.effects}
    assert list(effects)[:6] == [("rate", name) for name in CREMA_D.classes]
    assert set(list(effects)[6:]) == {
        ("agreement", "intended"), ("agreement", "others"), ("scale", "intensity"), ("scale", "activation"),
    }  # fmt: skip
    rates = [effects["rate", name].cells for name in CREMA_D.classes]
    for cells in zip(*rates, strict=True):
        assert sum(cell.mean.value for cell in cells) == pytest.approx(1)
    assert effects["rate", "anger"].cells[0].n == 48
    assert effects["agreement", "intended"].cells[0].mean.value > 0.5
    assert [view.people[rater.rater] for rater in voice.single] == [f"r{k}" for k in range(RATERS)]
    assert any("face came counted" in caveat for caveat in view.caveats)
    assert any("voice 2 of 6" in caveat for caveat in view.caveats)


def test_only_what_stands_and_was_given_blind_counts(workspace: Workspace) -> None:
    corpus = corpora.corpus(workspace)
    before = measure(workspace).to_json()
    rate(workspace, corpus, 1, "eva", Condition.VOICE, ["anger"], prediction_visible=True)
    seen = measure(workspace)
    assert "1 rating given in sight" in seen.caveats[0]
    assert seen.to_json()["rows"] == before["rows"]
    rate(workspace, corpus, 2, "eva", Condition.VOICE, ["anger", "sad"])
    several = measure(workspace)
    assert row(several, Condition.VOICE).ratings == 290
    assert row(several, Condition.VOICE).raters == 7
    assert any("name several emotions" in caveat for caveat in several.caveats)
    assert len(several.pairs[Condition.VOICE].pairs) == 15
    undo(workspace, corpus, "eva")
    undo(workspace, corpus, "eva")
    assert measure(workspace).to_json()["rows"] == before["rows"]


def test_a_second_answer_of_a_rater_is_said_and_the_last_one_compared(workspace: Workspace) -> None:
    corpus = corpora.corpus(workspace)
    before = measure(workspace).pairs[Condition.VOICE]
    again = [
        Rating(f"again-{k}", f"u{k:02d}", "r0", Condition.VOICE, ("sad",), created_at="2025-01-01T00:00:00.000Z")
        for k in range(48)
    ]
    with workspace.transaction():
        ratings.insert_all(workspace, (), again, corpora.utterance_ids(workspace, corpus.id), corpus.scheme)
    view = measure(workspace)
    assert any("48 ratings are a rater's second" in caveat for caveat in view.caveats)
    assert row(view, Condition.VOICE).ratings == 288 + 48
    after = view.pairs[Condition.VOICE]
    assert [pair.kappa.utterances for pair in after.pairs] == [pair.kappa.utterances for pair in before.pairs]
    # Whoever always says the same agrees by chance alone.
    assert [pair.kappa.value for pair in after.pairs if pair.first == 0] == pytest.approx([0] * 5)


def test_a_selection_of_utterances(workspace: Workspace) -> None:
    table = corpora.table(workspace, corpora.corpus(workspace).id)
    view = measure(workspace, ids=table.ids[:12])
    assert {(r.utterances, r.speakers) for r in view.rows if not r.by} == {(12, 2)}
    assert view.raters[0].ratings == 72


def test_mistakes_and_cancelling(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not an attribute"):
        measure(workspace, ("shoe",))

    def stop() -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        measure(workspace, intervals=PLAN, check=stop)
    with Workspace(tmp_path / "empty.fairemo", create=True) as empty:
        corpora.add_bundle(empty, replace(bundle(), ratings=(), raters=(), vote_counts=()))
        view = measure(empty, intervals=PLAN)
        assert (view.rows, view.between, view.raters, dict(view.pairs)) == ((), (), (), {})


def on_scales_alone() -> CorpusBundle:
    """Five raters say how pleasant every utterance sounds, and how it looks, and name no emotion."""
    rng, whole = np.random.default_rng(5), bundle()
    felt = rng.normal(5, 1.5, len(whole.utterances))
    ratings = [
        Rating(
            f"{u.code}-{k}-{condition}", u.code, f"r{k}", condition, (),
            valence=float(np.clip(np.rint(felt[i] + rng.normal(0, 1)), 1, 9)),
            created_at=f"2024-01-01T00:00:{k:02d}.000Z",
        )
        for i, u in enumerate(whole.utterances)
        for condition in (Condition.VOICE, Condition.AV)
        for k in range(5)
    ]  # fmt: skip
    return replace(whole, ratings=tuple(ratings), vote_counts=())


def test_a_plan_of_dimensions_alone_has_its_agreement(tmp_path: Path) -> None:
    whole = on_scales_alone()
    with Workspace(tmp_path / "d.fairemo", create=True) as workspace:
        corpora.add_bundle(workspace, whole)
        view = measure(workspace, intervals=PLAN)
    voice = row(view, Condition.VOICE)
    assert set(voice.coefficients) == {"valence_alpha_ordinal", "valence_alpha_interval"}
    assert (voice.utterances, voice.ratings, voice.raters) == (48, 240, 5)
    given = {c: [[r.valence or 0 for r in whole.ratings if (r.utterance, r.condition) == (u.code, c)]
                 for u in whole.utterances] for c in (Condition.VOICE, Condition.AV)}  # fmt: skip
    values = np.array(given[Condition.VOICE])
    observed = np.mean([np.subtract.outer(v, v)[~np.eye(5, dtype=bool)] ** 2 for v in values])
    every = values.ravel()
    expected = np.subtract.outer(every, every)[~np.eye(240, dtype=bool)] ** 2
    alpha = voice.coefficients["valence_alpha_interval"]
    assert alpha.value == pytest.approx(1 - observed / expected.mean())
    assert alpha.interval is not None
    (between,) = [r for r in view.between if not r.by]
    assert set(between.coefficients) == {"valence_ccc"}
    means = (values.mean(axis=1), np.array(given[Condition.AV]).mean(axis=1))
    assert between.coefficients["valence_ccc"].value == pytest.approx(ccc(*means))
    assert {found.by for found in view.differences} == {"gender"}
    assert not view.pairs
    assert {(e.kind, e.name) for found in view.raters for e in found.effects} == {("scale", "valence")}


def test_ratings_on_scales_alone_are_no_votes(tmp_path: Path) -> None:
    both, alone = bundle(), [r for r in on_scales_alone().ratings if r.condition is Condition.VOICE]
    more = [replace(r, uuid=f"{r.uuid}-alone", rater="r5", created_at="2024-02-01T00:00:00.000Z") for r in alone[::5]]
    without = tuple(r for r in both.ratings if r.rater != "r5")
    views = []
    for name, ratings_given in (("a", without), ("b", (*without, *more))):
        with Workspace(tmp_path / f"{name}.fairemo", create=True) as workspace:
            corpora.add_bundle(workspace, replace(both, ratings=ratings_given))
            views.append(measure(workspace))
    before, after = (row(view, Condition.VOICE) for view in views)
    for name in ("alpha_nominal", "fleiss"):
        assert after.coefficients[name] == before.coefficients[name]
    rates = [[e for e in view.raters[0].effects if e.kind != "scale"] for view in views]
    assert rates[0] == rates[1]
    assert [len(view.pairs[Condition.VOICE].pairs) for view in views] == [10, 10]
    assert (before.ratings, after.ratings) == (240, 288)
