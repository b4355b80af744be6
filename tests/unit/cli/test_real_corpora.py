"""The command line on real tables and recordings: golden numbers, exit codes, one sentence per mistake."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from fairemo_gui.cli.app import app
from fairemo_gui.core.records import Truth
from fairemo_gui.store import corpora, labels
from fairemo_gui.store.workspace import Workspace


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def run_json(*arguments: object) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture(scope="module")
def crema_d(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = tmp_path_factory.mktemp("crema-d") / "w.fairemo"
    found = run_json("import", "crema-d", shared_data / "cremad", "-w", workspace)
    assert (found["utterances"], found["vote_rows"]) == (7442, 22326)
    return workspace


def test_golden_numbers_of_the_voice_raters(crema_d: Path) -> None:
    found = run_json("evaluate", "--human", "voice", "--labels", "av", "--by", "gender", "--ci", 0, "-w", crema_d)
    metrics, groups = found["metrics"], {group["value"]: group["metrics"] for group in found["groups"]}
    golden = {
        "macro_f1": 0.6373170669549459,
        "weighted_f1": 0.64096855784852,
        "exact_match": 0.2545014780972857,
        "brier_soft": 0.05404891052921366,
        "brier": 0.15624553459766627,
    }
    for key, value in golden.items():
        assert metrics[key] == pytest.approx(value, abs=1e-9)
    assert groups["female"]["macro_f1"] == pytest.approx(0.6505025601510362, abs=1e-9)
    assert groups["male"]["macro_f1"] == pytest.approx(0.6218589587097371, abs=1e-9)
    dpd = found["fairness"]["gender"]["dpd"]
    assert dpd["macro"] == pytest.approx(0.03632450766160273, abs=1e-9)
    per_class = [0.012692216290783487, 0.013505132529980812, 0.033145246830930786]
    assert list(dpd["per_class"].values())[:3] == pytest.approx(per_class, abs=1e-9)
    assert (found["n"], found["mode"]) == (7442, "multi")
    assert found["definitions"]["macro_f1"]["definition"]


def test_intersections_and_unknown_groups(crema_d: Path) -> None:
    found = run_json("evaluate", "--human", "face", "--labels", "av", "--by", "gender,race", "--ci", 0, "-w", crema_d)
    assert {group["by"] for group in found["groups"]} == {"gender", "race", "gender×race"}
    unknown = next(group for group in found["groups"] if group["by"] == "race" and group["value"] is None)
    assert unknown["n"] == 82
    assert all(math.isfinite(gap) for gap in found["fairness"]["race"]["dpd"]["per_class"].values())


def test_intended_truth_is_single_label(crema_d: Path) -> None:
    found = run_json("evaluate", "--human", "av", "--labels", "intended", "--ci", 0, "-w", crema_d)
    assert found["mode"] == "single"
    # Published human accuracy in the audio-visual condition is 63.6 %, counted over single ratings.
    assert 0.60 < found["metrics"]["accuracy"] < 0.78


def test_the_report_stands_alone(crema_d: Path, tmp_path: Path) -> None:
    target = tmp_path / "r.html"
    assert run("report", "--human", "voice", "--labels", "av", "--out", target, "-w", crema_d).exit_code == 0
    page = target.read_text(encoding="utf-8")
    assert page.count("<svg") == 3
    assert "7,442" in page
    assert not re.search(r"""(src|href|url)\s*[=(]\s*["']?\s*https?:|@import|<script""", page)
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("evaluate", "--labels", "av"), "Say whose predictions"),
        (("evaluate", "--net", "latest"), "no net yet"),
        (("evaluate", "--human", "voice", "--by", "shoe"), "not an attribute"),
        (("evaluate", "--human", "voice", "--truth", "fuzzy"), "--truth fuzzy is unknown"),
        (("evaluate", "--human", "voice", "--corpus", "other"), "no corpus “other”"),
    ],
)
def test_mistakes_exit_2_with_one_sentence(crema_d: Path, arguments: tuple[str, ...], sentence: str) -> None:
    result = run(*arguments, "-w", crema_d)
    assert result.exit_code == 2
    assert sentence in result.stderr.splitlines()[0]


def test_problems_stand_in_the_json(tmp_path: Path, shared_data: Path) -> None:
    table = shared_data / "malformed" / "utterances_duplicate_ids.csv"
    result = run("import", "manifest", table, "-w", tmp_path / "w.fairemo", "--json")
    assert result.exit_code == 2
    found = json.loads(result.stdout)
    assert any("u2" in problem for problem in found["problems"])
    assert "utterances_duplicate_ids.csv" in found["error"]
    assert not (tmp_path / "w.fairemo").exists()


def test_ratings_come_in_once_however_often_they_are_read(shared_data: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "w.fairemo"
    run_json("import", "crema-d", shared_data / "cremad", "-w", workspace)
    table = tmp_path / "mine.csv"
    table.write_text(
        "utterance_id,condition,rater,emotion\n1001_IEO_NEU_XX,av,r1,neutral\n1001_IEO_HAP_LO,voice,r1,happy\n"
    )
    assert run_json("ratings", "import", table, "-w", workspace)["ratings"] == 2
    assert run_json("ratings", "import", table, "-w", workspace)["ratings"] == 2
    bad = shared_data / "malformed" / "ratings_unknown_clip.csv"
    result = run("ratings", "import", bad, "-w", workspace)
    assert result.exit_code == 2
    assert "ratings_unknown_clip.csv" in result.stderr
    with Workspace(workspace) as opened:
        assert opened.db.table("rating").count == 2
        ids = np.array([corpora.utterance_ids(opened, 1)["1001_IEO_NEU_XX"]])
        assert labels.counts(opened, ids, Truth.AV, 6)[0, 4] == 9 + 1
