"""CSV, Parquet and JSON: the same tables, nothing lost, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import json
import math
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from fairemo_gui import paths
from fairemo_gui.core.spreadsheet import restored
from fairemo_gui.errors import UserError
from fairemo_gui.services.exports.plan import Format, Level
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.export_builders import bundle, export, name, workspace

TABLES = ("manifest", "words", "raters", "ratings", "labels", "consensus")


@pytest.fixture
def opened(tmp_path: Path) -> Workspace:
    return workspace(tmp_path / "w.fairemo", bundle(tmp_path))


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def said(file: Path, utterance: str, condition: str) -> dict[str, Any]:
    found = [row for row in json.loads(file.read_text("utf-8")) if row["utterance_id"] == utterance]
    return next(row for row in found if row["condition"] == condition)


def test_each_format_says_the_same(opened: Workspace, tmp_path: Path) -> None:
    for form in (Format.CSV, Format.PARQUET, Format.JSON):
        report = export(opened, tmp_path / form, form)
        assert set(report.files) == {f"{table}.{form}" for table in TABLES}
    for table in TABLES:
        typed = pq.read_table(tmp_path / "parquet" / f"{table}.parquet").to_pylist()
        assert json.loads((tmp_path / "json" / f"{table}.json").read_text("utf-8")) == typed
        texts = [{key: _as_text(value) for key, value in row.items()} for row in typed]
        assert [
            {key: restored(cell) for key, cell in row.items()} for row in rows(tmp_path / f"csv/{table}.csv")
        ] == texts


def _as_text(value: object) -> str:
    return "" if value is None else str(int(value)) if isinstance(value, bool) else str(value)


def test_counts_in_the_report_are_rows(opened: Workspace, tmp_path: Path) -> None:
    report = export(opened, tmp_path / "out", Format.CSV)
    assert {file: len(rows(tmp_path / "out" / file)) for file in report.files} == report.files
    assert report.files["ratings.csv"] == 12
    about = json.loads((tmp_path / "out/about.json").read_text("utf-8"))
    assert about["files"] == report.files
    assert (about["corpus"]["licence"], about["corpus"]["facts"]["why"]) == ("CC0", "test")


def test_no_cell_is_run_by_a_spreadsheet(opened: Workspace, tmp_path: Path) -> None:
    export(opened, tmp_path / "out", Format.CSV)
    for table in TABLES:
        for row in rows(tmp_path / f"out/{table}.csv"):
            for cell in row.values():
                assert not cell.startswith(tuple("=+-@\t\r")) or math.isfinite(float(cell))
    first = rows(tmp_path / "out/ratings.csv")[0]
    assert (first["activation"], first["valence"]) == ("-1.5", "2.25")
    clip = next(row for row in rows(tmp_path / "out/manifest.csv") if row["utterance_id"] == "'@clip/2")
    assert clip["media"] == "'+clip2.wav"
    assert rows(tmp_path / "out/manifest.csv")[-1]["utterance_id"] == "lost"


def test_lines_end_as_the_standard_says(opened: Workspace, tmp_path: Path) -> None:
    export(opened, tmp_path / "out", Format.CSV, level=Level.CONSENSUS)
    raw = (tmp_path / "out/consensus.csv").read_bytes()
    assert raw.endswith(b"\r\n")
    assert b'"Well, ""yes""\nand no"' in raw


def test_the_log_is_whole_or_holds_what_stands(opened: Workspace, tmp_path: Path) -> None:
    export(opened, tmp_path / "log", Format.JSON, level=Level.DETAILED)
    log = {row["uuid"]: row for row in json.loads((tmp_path / "log/ratings.json").read_text("utf-8"))}
    assert log[name("r3")]["supersedes"] == name("r2")
    assert log[name("r7")]["undoes"] == name("r6")
    standing = {name(f"r{k}") for k in (0, 1, 3, 4, 5, 8, 9, 10, 11)}
    assert {uuid for uuid, row in log.items() if row["stands"]} == standing
    export(opened, tmp_path / "now", Format.JSON, level=Level.DETAILED, standing=True)
    assert {row["uuid"] for row in json.loads((tmp_path / "now/ratings.json").read_text("utf-8"))} == standing
    assert not (tmp_path / "now/consensus.json").exists()


def test_what_votes_add_up_to(opened: Workspace, tmp_path: Path) -> None:
    export(opened, tmp_path / "out", Format.JSON, level=Level.CONSENSUS)
    file = tmp_path / "out/consensus.json"
    assert not (tmp_path / "out/ratings.json").exists()
    tied = said(file, "d1_000", "voice")
    assert (tied["votes"], tied["plurality"], tied["agreement"]) == (2, "anger:sad", 0.5)
    assert (tied["intensity"], tied["activation"], tied["flagged"]) == (65.0, -1.5, True)
    assert (tied["gender"], tied["age"], tied["race"]) == ("female", 31, "Caucasian")
    seen = said(file, "d1_001", "voice")
    assert (seen["votes_fear"], seen["votes"], seen["votes_in_sight"], seen["ratings"]) == (2, 2, 1, 2)
    assert (seen["gold"], seen["gold_by"]) == ("sad", "chief")
    shipped = said(file, "d1_002", "av")
    assert (shipped["plurality"], shipped["activation"], shipped["sources"]) == ("anger:neutral", 2.5, "votes.csv")
    several = said(file, "clip", "voice")
    assert (several["votes"], several["ratings"], several["intensity"]) == (3, 1, 0.0)
    assert [several[f"label_{emotion}"] for emotion in ("happy", "neutral", "sad", "anger")] == [True] * 3 + [False]


def test_a_sixth_of_the_votes_is_not_more_than_a_sixth(opened: Workspace, tmp_path: Path) -> None:
    export(opened, tmp_path / "out", Format.JSON, level=Level.CONSENSUS)
    row = said(tmp_path / "out/consensus.json", "@clip/2", "face")
    assert (row["label_disgust"], row["label_anger"], row["share_disgust"]) == (True, False, 1.0)
    row = said(tmp_path / "out/consensus.json", "d1_002", "av")
    assert [row[f"label_{emotion}"] for emotion in ("anger", "neutral", "sad")] == [True, True, False]


def test_what_nobody_voted_on_is_there_too(opened: Workspace, tmp_path: Path) -> None:
    export(opened, tmp_path / "out", Format.JSON, level=Level.CONSENSUS)
    file = tmp_path / "out/consensus.json"
    lost = said(file, "lost", "av")
    assert (lost["votes"], lost["plurality"], lost["agreement"], lost["no_agreement"]) == (0, None, None, True)
    assert (said(file, "lost", "intended")["dominance"], said(file, "clip", "face")["dominance"]) == (3.0, 4.0)
    assert said(file, "clip", "voice")["defect"] == "no sound, they say"


def test_a_filter_holds_utterances_back_and_says_so(opened: Workspace, tmp_path: Path) -> None:
    report = export(opened, tmp_path / "out", Format.CSV, where="gender:f flagged")
    assert report.left_out == {"utterances the filter holds back": 5}
    assert {row["utterance_id"] for row in rows(tmp_path / "out/ratings.csv")} == {"d1_000"}
    assert len(rows(tmp_path / "out/words.csv")) == 2
    with pytest.raises(UserError, match="lets nothing through"):
        export(opened, tmp_path / "none", Format.CSV, where="code:nothing")
    assert not (tmp_path / "none").exists()


def test_every_column_is_documented(opened: Workspace, tmp_path: Path) -> None:
    export(opened, tmp_path / "out", Format.CSV)
    export(opened, tmp_path / "fair", Format.FAIRNESS)
    page = (paths.resources() / "docs/formats.md").read_text("utf-8")
    named = set(re.findall(r"`([^`]+)`", page))
    for file in [*(tmp_path / "out").glob("*.csv"), tmp_path / "fair/frame.csv"]:
        for column in rows(file)[0]:
            general = re.sub(r"^(votes|share|label|true|pred|score)_(?!in_sight|value)\w+$", r"\1_CLASS", column)
            assert general in named, f"{file.name}: {column}"
