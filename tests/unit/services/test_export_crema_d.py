"""CREMA-D's own tables: cell for cell what its authors published, and their figures from single ratings."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from fairemo_gui.core.emotions import EmotionScheme
from fairemo_gui.core.records import Condition, VoteCounts
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.exports.crema_d import LETTERS, four_digits
from fairemo_gui.services.exports.plan import Format, Level
from fairemo_gui.services.importing import import_corpus
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.export_builders import AV, V, bundle, export, rated, workspace

NAMES = dict(zip(LETTERS, ("Anger", "Disgust", "Fear", "Happy", "Neutral", "Sad"), strict=True))


def table(file: Path) -> dict[str, dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return {row[""]: row for row in csv.DictReader(stream, strict=True)}


@pytest.fixture(scope="module")
def published(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The published tables, and the same exported after importing them."""
    folder = tmp_path_factory.mktemp("crema-d")
    import_corpus(TaskContext(), folder / "w.fairemo", "crema-d", shared_data / "cremad")
    with Workspace(folder / "w.fairemo") as opened:
        export(opened, folder / "out", Format.CREMA_D)
    return shared_data / "cremad", folder / "out"


def test_votes_are_the_published_ones_cell_for_cell(published: tuple[Path, Path]) -> None:
    theirs, ours = ((folder / "tabulatedVotes.csv").read_text("utf-8").splitlines() for folder in published)
    assert len(ours) == len(theirs) == 22_327
    assert ours[0] == theirs[0]
    # From the row id to emoVote, quotation marks included; codes hold no commas.
    differing = [(a, b) for a, b in zip(ours, theirs, strict=True) if a.split(",")[:11] != b.split(",")[:11]]
    assert not differing


def test_where_nobody_voted_is_told_from_where_no_level_is_known(published: tuple[Path, Path]) -> None:
    theirs, ours = (table(folder / "tabulatedVotes.csv") for folder in published)
    for number, row in theirs.items():
        for letter, name in NAMES.items():
            assert ours[number][f"mean{name}Resp"] == ("-1" if row[letter] == "0" else "NA")
            assert (row[f"mean{name}Resp"] == "-1") == (row[letter] == "0")
        assert ours[number]["medianEmoRespNorm"] == "NA"


def test_the_summary_has_the_published_votes(published: tuple[Path, Path]) -> None:
    theirs, ours = (table(folder / "summaryTable.csv") for folder in published)
    assert len(ours) == len(theirs) == 7442
    for number, row in theirs.items():
        for column in ("FileName", "VoiceVote", "FaceVote", "MultiModalVote"):
            assert ours[number][column] == row[column]


def test_lists_of_clips_and_actors_are_the_published_ones(published: tuple[Path, Path]) -> None:
    theirs, ours = published
    for name in ("SentenceFilenames.csv", "VideoDemographics.csv"):
        assert (ours / name).read_text("utf-8").splitlines() == (theirs / name).read_text("utf-8").splitlines()


def test_levels_are_written_as_the_authors_wrote_them(shared_data: Path) -> None:
    """Every level of the published summary from the published means."""
    votes = table(shared_data / "cremad/tabulatedVotes.csv")
    for number, row in table(shared_data / "cremad/summaryTable.csv").items():
        for way, column in enumerate(("Voice", "Face", "MultiModal"), 1):
            counted = votes[str(way * 100_000 + int(number))]
            means = [float(counted[f"mean{NAMES[letter]}Resp"]) for letter in counted["emoVote"].split(":")]
            assert ":".join(four_digits(means)) == row[f"{column}Level"]


def test_what_was_exported_comes_in_again(published: tuple[Path, Path], tmp_path: Path) -> None:
    import_corpus(TaskContext(), tmp_path / "w.fairemo", "crema-d", published[1])
    with Workspace(tmp_path / "w.fairemo") as opened:
        export(opened, tmp_path / "out", Format.CREMA_D)
    for name in ("tabulatedVotes.csv", "summaryTable.csv", "SentenceFilenames.csv", "VideoDemographics.csv"):
        assert (tmp_path / "out" / name).read_bytes() == (published[1] / name).read_bytes()


def test_a_filter_keeps_the_numbers_of_clips(published: tuple[Path, Path], tmp_path: Path) -> None:
    with Workspace(published[1].parent / "w.fairemo") as opened:
        export(opened, tmp_path / "out", Format.CREMA_D, where="speaker:1091 face:anger")
    some, every = table(tmp_path / "out/tabulatedVotes.csv"), table(published[1] / "tabulatedVotes.csv")
    assert 0 < len(some) < 300
    assert all(every[number] == row for number, row in some.items())


def test_figures_from_single_ratings(tmp_path: Path) -> None:
    """Levels 10 to 60 of zoe and 50 to 100 of max: normalised by each rater's own range, over all conditions."""
    corpus = replace(bundle(tmp_path), vote_counts=(), consensus=(), raters=(), ratings=(
        rated("r1", "clip", "zoe", V, "anger", intensity=35), rated("r2", "clip", "max", V, "anger", intensity=60),
        rated("r3", "clip", "max", V, "sad", intensity=50), rated("r4", "lost", "zoe", V, "happy", intensity=10),
        rated("r5", "lost", "zoe", AV, "happy", intensity=60), rated("r6", "lost", "max", AV, "fear", intensity=100),
        rated("r7", "@clip/2", "new", V, "neutral", intensity=70), rated("r8", "@clip/2", "zoe", AV, "neutral"),
    ))  # fmt: skip
    export(workspace(tmp_path / "w.fairemo", corpus), tmp_path / "out", Format.CREMA_D)
    votes = table(tmp_path / "out/tabulatedVotes.csv")
    clip = votes["100004"]
    assert (clip["A"], clip["S"], clip["numResponses"], clip["agreement"], clip["emoVote"]) == (
        "2", "1", "3", "0.666666666666667", "A",
    )  # fmt: skip
    figures = {"meanEmoResp": "48.3333333333333", "meanAngerResp": "47.5", "meanSadResp": "50", "medianEmoResp": "50",
               "meanFearResp": "-1", "meanAngerRespNorm": "35", "meanSadRespNorm": "0", "medianEmoRespNorm": "20",
               "meanEmoRespNorm": "23.3333333333333"}  # fmt: skip
    assert {key: clip[key] for key in figures} == figures
    tied = votes["300006"]
    assert (tied["emoVote"], tied["meanFearRespNorm"], tied["meanHappyRespNorm"]) == ("F:H", "100", "100")
    summary = table(tmp_path / "out/summaryTable.csv")
    assert (summary["6"]["MultiModalVote"], summary["6"]["MultiModalLevel"]) == ("F:H", "100: 60")
    assert (summary["4"]["FaceVote"], summary["4"]["FaceLevel"]) == ("NA", "NA")
    # A rater with one level has no range, and one vote without a level leaves the mean unknown.
    assert (votes["100005"]["meanNeutralResp"], votes["100005"]["meanNeutralRespNorm"]) == ("70", "NA")
    assert votes["300005"]["meanNeutralResp"] == "NA"


def test_single_ratings(tmp_path: Path) -> None:
    report = export(workspace(tmp_path / "w.fairemo", bundle(tmp_path)), tmp_path / "out", Format.CREMA_D)
    rows = list(table(tmp_path / "out/finishedResponses.csv").values())
    assert [(r["localid"], r["ans"], r["queryType"], r["clipNum"], r["ttr"]) for r in rows] == [
        ("zoe", "A_40", "1", "1", "800"), ("-1", "S_90", "1", "1", "NA"), ("zoe", "H_NA", "3", "1", "NA"),
        ("zoe", "F_10", "1", "2", "NA"), ("-1", "F_20", "1", "2", "NA"), ("zoe", "N_0", "1", "4", "NA"),
        ("zoe", "S_0", "1", "4", "NA"), ("zoe", "H_0", "1", "4", "NA"),
    ]  # fmt: skip
    assert (rows[0]["dispEmo"], rows[0]["subType"], rows[5]["dispEmo"]) == ("A", "4", "NA")
    assert report.left_out == {
        "ratings that were replaced or taken back (this layout holds what stands)": 3,
        "ratings that are no votes (gold labels, and speakers of themselves)": 2,
    }


def test_levels_choose_tables(tmp_path: Path) -> None:
    opened = workspace(tmp_path / "w.fairemo", bundle(tmp_path))
    lists = {"SentenceFilenames.csv", "VideoDemographics.csv"}
    detailed = export(opened, tmp_path / "d", Format.CREMA_D, level=Level.DETAILED)
    assert set(detailed.files) == {*lists, "finishedResponses.csv"}
    consensus = export(opened, tmp_path / "c", Format.CREMA_D, level=Level.CONSENSUS)
    assert set(consensus.files) == {*lists, "tabulatedVotes.csv", "summaryTable.csv"}


def test_an_emotion_without_a_letter_is_refused(tmp_path: Path) -> None:
    scheme = EmotionScheme("more", (*bundle(tmp_path).scheme.classes, "boredom"))
    votes = (VoteCounts("clip", Condition.FACE, (0, 0, 0, 0, 1, 0, 2), "votes.csv"),)
    corpus = replace(bundle(tmp_path), scheme=scheme, vote_counts=votes)
    with pytest.raises(UserError, match="no column for boredom"):
        export(workspace(tmp_path / "w.fairemo", corpus), tmp_path / "out", Format.CREMA_D)
