"""`fairemo slices`: every slice against the rest, and the search for the worst."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairemo_gui.cli.output import out
from tests.unit.cli.test_real_corpora import run, run_json

SPEAKERS, EACH = 12, 25


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Women are heard wrong once in ten, men every other time, those of race b more often still."""
    folder = tmp_path_factory.mktemp("slices")
    emotions = ("anger", "happy", "sad")
    rows, ratings = ["utterance_id,media,speaker,gender,race,emotion"], ["utterance_id,condition,rater,emotion"]
    for s in range(SPEAKERS):
        gender, race = ("female", "male")[s % 2], "ab"[s // 2 % 2]
        for k in range(EACH):
            wrong = (k + s) % 10 == 0 if gender == "female" else k < (12 if race == "a" else 10 + s)
            rows.append(f"u{s}_{k},{s}_{k}.wav,s{s},{gender},{race},{emotions[k % 3]}")
            ratings.append(f"u{s}_{k},voice,r{s},{emotions[(k + wrong) % 3]}")
    (folder / "m.csv").write_text("\n".join(rows), "utf-8")
    (folder / "r.csv").write_text("\n".join(ratings), "utf-8")
    made = folder / "w.fairemo"
    assert run("import", "manifest", folder / "m.csv", "-w", made).exit_code == 0
    assert run("ratings", "import", folder / "r.csv", "-w", made).exit_code == 0
    return made


def slices(workspace: Path, *more: object) -> tuple[object, ...]:
    return ("slices", "--human", "voice", "--labels", "intended", "--ci", 100, "-w", workspace, *more)


def test_every_slice_stands_against_the_rest(workspace: Path) -> None:
    found = run_json(*slices(workspace, "--by", "gender,race", "--figure", "accuracy"))
    rows = {tuple(row["values"]): row for row in found["slices"]}
    assert set(rows) == {(g, r) for g in ("female", "male") for r in "ab"}
    hard = rows["male", "b"]
    assert (hard["n"], hard["speakers"]) == (75, 3)
    assert hard["value"] == pytest.approx(24 / 75)
    others = [row for row in rows.values() if row is not hard]
    assert hard["rest"] == pytest.approx(sum(row["value"] * row["n"] for row in others) / 225)
    assert hard["difference"] == pytest.approx(hard["value"] - hard["rest"])
    assert hard["interval"][0] <= hard["value"] <= hard["interval"][1]
    assert hard["filter"] == "gender:m race:b"
    # Three speakers are too few to be tested.
    assert (hard["p"], hard["evidence"], found["looks"]) == (None, "not tested", 0)


def test_evidence_says_who_is_served_worse(workspace: Path) -> None:
    found = run_json(*slices(workspace, "--figure", "error_rate"))
    assert {row["values"][0]: row["evidence"] for row in found["slices"]} == {"female": "better", "male": "worse"}
    assert found["looks"] == 2


def test_the_worst_is_searched_for(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = run_json(*slices(workspace, "--worst", "--figure", "accuracy"))
    assert found["by"] == []
    assert ["race"] in [row["by"] for row in found["slices"]] or ["gender"] in [row["by"] for row in found["slices"]]
    assert all(row["difference"] < 0 for row in found["slices"])
    monkeypatch.setattr(out, "_width", 80)
    told = run(*slices(workspace, "--worst", "--figure", "accuracy")).stdout
    assert f"{found['looks']} of {found['found']} slices tested" in told
    assert any(line.startswith("male ") for line in told.splitlines())


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--by", "gander"), "--by gander is unknown; choose one of gender, race"),
        (("--figure", "recall:joy"), "recall:anger"),
        (("--by", "true"), "take --figure accuracy"),
        (("--by", " "), "Say with --by what to slice by"),
        (("--ci", 0), "no evidence"),
    ],
)
def test_what_is_refused_says_what_could_be(workspace: Path, more: tuple[object, ...], words: str) -> None:
    told = run(*slices(workspace, *more))
    assert told.exit_code == 2
    assert words in told.stderr
