"""`fairemo agreement` on real votes and on ratings of one's own."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from fairemo_gui.evaluation.agreement_definitions import AGREEMENT_DEFINITIONS
from tests.unit.cli.test_real_corpora import crema_d, run, run_json

__all__ = ["crema_d"]
DOCUMENTATION = Path(__file__).resolve().parents[3] / "resources" / "docs" / "agreement.md"
WAYS = ("voice", "face", "av")


def test_crema_d_per_condition_and_gender(crema_d: Path, shared_data: Path) -> None:
    started = time.process_time()
    found = run_json("agreement", "--by", "condition,gender", "-w", crema_d)
    assert time.process_time() - started < 3
    rows = {(*row["conditions"], row["value"]): row for row in (*found["rows"], *found["between"])}
    golden = rows["voice", "av", None]["coefficients"]["cohen"]
    assert golden["value"] == pytest.approx(0.4461363507813034, abs=1e-9)
    assert golden["interval"][0] < golden["value"] < golden["interval"][1]
    with (shared_data / "cremad" / "tabulatedVotes.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    votes = {
        way: {r["fileName"]: [int(r[e]) for e in "ADFHNS"] for r in table if r[""][0] == str(k)}
        for k, way in enumerate(WAYS, 1)
    }
    for way in WAYS:
        counts = np.array(list(votes[way].values()))
        n = counts.sum(axis=1)
        agreeing = ((counts**2).sum(axis=1) - n) / (n * (n - 1))
        by_chance = ((counts.sum(axis=0) / n.sum()) ** 2).sum()
        row = rows[way, None]
        assert (row["utterances"], row["ratings"], row["raters"]) == (7442, int(n.sum()), None)
        assert row["coefficients"]["fleiss"]["value"] == pytest.approx((agreeing.mean() - by_chance) / (1 - by_chance))
    for pair in (("voice", "face"), ("face", "av")):
        first, second = (np.array([votes[way][clip] for clip in votes["voice"]]).argmax(axis=1) for way in pair)
        assert rows[(*pair, None)]["coefficients"]["cohen"]["value"] == pytest.approx(cohen_kappa_score(first, second))
    assert [rows[way, "female"]["utterances"] for way in WAYS] == [3512] * 3
    assert (found["pairs"], found["raters"]) == ({}, [])


def test_the_documentation_holds_what_is_measured(crema_d: Path) -> None:
    text = DOCUMENTATION.read_text(encoding="utf-8")
    assert all(f"`{key}`" in text for key in AGREEMENT_DEFINITIONS if key not in ("interaction", "rater_interval"))
    found = run_json("agreement", "-w", crema_d)
    for row in (*found["rows"], *found["between"]):
        numbers = [_as_written(row["coefficients"][name]) for name in row["coefficients"]]
        line = f"| {row['conditions'][0]} | {row['value'] or 'all'} | {row['utterances']:,} | {row['ratings']:,} | "
        assert (line if len(row["conditions"]) == 1 else "| ") + " | ".join(numbers) + " |" in text, row
    for row in found["differences"]:
        assert " | ".join(map(_as_written, row["coefficients"].values())) in text


def _as_written(number: dict[str, Any]) -> str:
    low, high = number["interval"]
    return f"{number['value']:.3f} [{low:.3f}, {high:.3f}]".replace("-", "−")


def test_the_report_has_the_section(rated: Path, tmp_path: Path) -> None:
    ran = run("report", "--human", "voice", "--labels", "voice", "--out", tmp_path / "r.html", "-w", rated)
    assert ran.exit_code == 0, ran.output
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    section = page[page.index('<h2 id="agreement"') : page.index('<h2 id="corpus"')]
    for words in ("Krippendorff", "(small)", "6 pairs of raters", "Who rates whom, voice", "Own gender"):
        assert words in section


def test_the_tables_fit_a_terminal(crema_d: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fairemo_gui.cli.tables.out._width", 80)
    result = run("agreement", "--by", "condition,gender,race", "--ci", 50, "-w", crema_d)
    assert result.exit_code == 0, result.output
    tables = result.stdout.splitlines()
    assert max(len(line) for line in tables if not line.startswith("•")) <= 80
    assert "voice–av" in result.stdout
    assert "male − female" in result.stdout
    assert "came counted" in result.stdout
    assert "…" not in result.stdout


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty utterances of six speakers, rated by four people."""
    folder = tmp_path_factory.mktemp("rated")
    rng = np.random.default_rng(2)
    (folder / "m.csv").write_text(
        "utterance_id,media,speaker,gender,emotion\n"
        + "".join(f"u{k},{k}.wav,s{k % 6},{'fm'[k % 2]},{('sad', 'happy')[k % 3 == 0]}\n" for k in range(30))
    )
    (folder / "r.csv").write_text(
        "utterance_id,condition,rater,emotion\n"
        + "".join(f"u{k},voice,r{r},{rng.choice(['sad', 'happy'])}\n" for k in range(30) for r in range(4))
    )
    assert run("import", "manifest", folder / "m.csv", "-w", folder / "w.fairemo").exit_code == 0
    assert run("ratings", "import", folder / "r.csv", "-w", folder / "w.fairemo").exit_code == 0
    return folder / "w.fairemo"


def test_single_ratings_bring_pairs_and_raters(rated: Path) -> None:
    found = run_json("agreement", "--by", "condition", "--ci", 100, "-w", rated)
    assert [(row["conditions"], row["raters"], row["ratings"]) for row in found["rows"]] == [(["voice"], 4, 120)]
    assert found["pairs"]["voice"]["n_pairs"] == 6
    assert found["differences"] == []
    (voice,) = found["raters"]
    assert [row["rater"] for row in voice["single"]] == ["r0", "r1", "r2", "r3"]
    assert sum(cell["n"] for cell in voice["effects"][0]["cells"]) == 120
    shown = run("agreement", "--ci", 100, "--raters", "--minimum-n", 10, "-w", rated)
    assert shown.exit_code == 0, shown.output
    for words in (
        "6 pairs of raters, mean κ",
        "Who rates whom, voice",
        "own gender",
        "Agreement with the others",
        "r3",
    ):
        assert words in shown.stdout
    bare = run_json("agreement", "--ci", 0, "-w", rated)
    assert bare["intervals"] is None


@pytest.mark.parametrize(
    ("arguments", "sentence"), [(("--by", "shoe"), "not an attribute"), (("--ci", "5"), "at least 20 replicates")]
)
def test_mistakes_exit_2_with_one_sentence(rated: Path, arguments: tuple[str, ...], sentence: str) -> None:
    result = run("agreement", *arguments, "-w", rated)
    assert result.exit_code == 2
    assert sentence in result.stderr.splitlines()[0]


def test_a_corpus_without_votes_is_said(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("utterance_id,media,emotion\nu1,a.wav,sad\n")
    assert run("import", "manifest", tmp_path / "m.csv", "-w", tmp_path / "w.fairemo").exit_code == 0
    result = run("agreement", "-w", tmp_path / "w.fairemo")
    assert result.exit_code == 2
    assert "no condition has votes" in result.stderr
