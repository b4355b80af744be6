"""Every broken file of the data pack in every place an importer could meet it, through the command line.

What must come of it stands in tables: `MEDIA` (recordings), `PLACES` (any file under the name of a corpus's own table
or text), `UTTERANCES` and `RATINGS` (tables as such). Whatever is said names the file; where it is refused, the exit
code is 2, the sentence is one, and the workspace is as it was.
"""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fairemo_gui.cli.app import app
from fairemo_gui.corpora.importer import IMPORTERS, detect
from fairemo_gui.store.workspace import Workspace
from tests.unit.corpora import iemocap_builder, msp_builders, test_meld
from tests.unit.corpora.builders import sounds
from tests.unit.corpora.crema_d_builders import crema_d
from tests.unit.corpora.msp_builders import CONSENSUS_HEADER
from tests.unit.corpora.test_audformat_db import database

CLIPS = {
    1: "1001_IEO_NEU_XX", 2: "1001_IEO_HAP_LO", 10: "1001_IEO_ANG_HI", 88: "1002_IEO_SAD_MD", 144: "1002_DFA_FEA_XX",
    177: "1003_IEO_DIS_LO",
}  # fmt: skip


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def dump(workspace: Path) -> list[str]:
    """Every table of a workspace, row by row."""
    with sqlite3.connect(workspace / "workspace.sqlite") as db:
        lines = list(db.iterdump())
    db.close()
    return lines


def check(result: Result, name: str, outcome: str, file: Path) -> None:
    """The exit code and words of what is said of a name: `2 is no text`; a bare `0` is taken and nothing is said."""
    code, _, words = outcome.partition(" ")
    assert result.exit_code == int(code), (file.name, result.output)
    assert "Traceback" not in result.output
    if code == "2":
        sentence = result.stderr.splitlines()[0]
        assert name in sentence
        assert words in sentence, file.name
        assert sentence.endswith(".")
        assert len(sentence) < 1000
    else:
        remarks = [line for line in result.stdout.splitlines() if line.startswith("•") and name in line]
        assert any(words in line for line in remarks) if words else not remarks, (file.name, remarks)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the six clips the pack's ratings are of, and one rating."""
    folder = tmp_path_factory.mktemp("made")
    rows = "".join(f"{number},{name}\n" for number, name in CLIPS.items())
    (folder / "corpus").mkdir()
    (folder / "corpus/SentenceFilenames.csv").write_text(f"Stimulus_Number,Filename\n{rows}")
    (folder / "mine.csv").write_text("utterance_id,condition,rater,emotion\n1001_IEO_NEU_XX,av,ann,sad\n")
    for command in (("import", "crema-d", folder / "corpus"), ("ratings", "import", folder / "mine.csv")):
        assert run(*command, "-w", folder / "w.fairemo").exit_code == 0
    return folder / "w.fairemo"


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "w.fairemo")


def broken(shared_data: Path) -> list[Path]:
    """The 22 files."""
    with (shared_data / "malformed/EXPECTED.csv").open(encoding="utf-8") as file:
        return [shared_data / "malformed" / row["path"] for row in csv.DictReader(file)]


# Recordings: the mark of their utterance and words of the remark; the import goes on.
MEDIA = {
    "truncated_tail.wav": ("truncated", "is cut off: its header promises 88244 bytes and 84992 are there"),
    "truncated_header.wav": (
        "broken",
        "cannot be read as sound or video: it is damaged, cut short, or another kind of file",
    ),
    "zero_byte.wav": ("empty", "is empty (0 bytes)"),
    "zero_samples.wav": ("empty", "holds no samples"),
    "all_silence.wav": ("silent", "is silent from beginning to end"),
    "text_renamed.mp4": (
        "broken",
        "cannot be read as sound or video: it is damaged, cut short, or another kind of file",
    ),
    "truncated_video.mp4": (
        "broken",
        "cannot be read as sound or video: it is damaged, cut short, or another kind of file",
    ),
    "no_audio_stream.mp4": ("no sound track", "has no sound track; its picture can be used"),
    "rotated_90.mp4": ("ok", ""),
}


@dataclass(frozen=True)
class Recordings:
    """Where a corpus keeps its recordings.

    Attributes:
        sound: Path of the sound file of utterance number `{k}` (or letter `{letter}`).
        picture: Likewise of its picture; None = the corpus has none.
        tables: Names of tables its utterances stand in, with the header and the row of an utterance.
    """

    sound: str
    picture: str | None = None
    tables: dict[str, tuple[str, str]] = field(default_factory=dict)


RECORDINGS = {
    "emodb": Recordings("wav/03a01F{letter}.wav"),
    "ravdess": Recordings("03-01-06-01-02-01-0{k}.wav", "01-01-06-01-02-01-0{k}.mp4"),
    "crema-d": Recordings("AudioWAV/100{k}_IEO_NEU_XX.wav", "VideoFlash/100{k}_IEO_NEU_XX.mp4"),
    "meld": Recordings(
        "train_splits/dia0_utt{k}.wav",
        "train_splits/dia0_utt{k}.mp4",
        {"train_sent_emo.csv": (test_meld.HEADER, "{k},Hi,Ross,joy,positive,0,{k},1,1,,")},
    ),
    "msp-podcast": Recordings(
        "Audios/MSP-PODCAST_0001_000{k}.wav",
        tables={"labels_consensus.csv": (CONSENSUS_HEADER, "MSP-PODCAST_0001_000{k}.wav,H,4,4,4,1,Male,Train")},
    ),
    "biic-podcast": Recordings(
        "Audios/BIIC-PODCAST_0001_000{k}.wav",
        tables={"labels_consensus.csv": (CONSENSUS_HEADER, "BIIC-PODCAST_0001_000{k}.wav,H,4,4,4,1,Male,Train")},
    ),
    "msp-improv": Recordings("MSP-IMPROV-S01A-M01-T-MF0{k}.wav", "MSP-IMPROV-S01A-M01-T-MF0{k}.mp4"),
    "iemocap": Recordings(
        "wav/Ses01F_impro0{k}_F00{k}.wav",
        "avi/Ses01F_impro0{k}.mp4",
        {"EmoEvaluation/Ses01F_impro0{k}.txt": ("% turns", "[0.5 - 1.0]\tSes01F_impro0{k}_F00{k}\tneu\t[3, 3, 3]")},
    ),
    "audformat": Recordings("a/{k}.wav", "a/{k}.mp4", {"db.emotion.csv": ("file,emotion", "{path},happiness")}),
    "manifest": Recordings("a/{k}.wav", "a/{k}.mp4", {"m.csv": ("utterance_id,media,emotion", "u{k},{path},happy")}),
}
YAML = """\
name: mini
source: x
usage: research
schemes:
  emotion: {dtype: str}
tables:
  emotion:
    type: filewise
    columns: {emotion: {scheme_id: emotion}}
"""


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_broken_recording_is_marked_and_the_rest_comes_in(shared_data: Path, tmp_path: Path, name: str) -> None:
    root, kept = tmp_path / "corpus", RECORDINGS[name]
    where, tables = {}, dict[str, list[str]]()
    for k, file in enumerate(MEDIA, 1):
        pattern = kept.picture if file.endswith(".mp4") and kept.picture else kept.sound
        if file.endswith(".mp4") and not kept.picture and file != "text_renamed.mp4":
            continue
        path = where[file] = pattern.format(k=k, letter="abcdefghi"[k - 1])
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(shared_data / "malformed" / file, root / path)
        for table, (header, row) in kept.tables.items():
            tables.setdefault(table.format(k=k), [header]).append(row.format(k=k, path=path))
    for table, rows in tables.items():
        (root / table).parent.mkdir(exist_ok=True)
        (root / table).write_text("\n".join(rows) + "\n")
    if name == "audformat":
        (root / "db.yaml").write_text(YAML)
    result = run("import", name, root, "-w", tmp_path / "w.fairemo", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["utterances"] == len(where)
    with Workspace(tmp_path / "w.fairemo") as workspace:
        states = workspace.db.query("SELECT coalesce(audio, video) AS path, media_state FROM utterance")
        assert {row["path"]: row["media_state"] for row in states} == {where[file]: MEDIA[file][0] for file in where}
    said = {problem["file"]: problem["what"] for problem in found["problems"]}
    assert set(said) == {where[file] for file in where if MEDIA[file][1]}
    assert all(MEDIA[file][1] in said[path] for file, path in where.items() if path in said)


# Any file under the name of a corpus's own: what is said of one that is no text, of an empty one, of another table.
TABLE = ("2 is no text", "2 is empty", "2 missing")
LINES = ("2 is no text", "2 holds nothing", "2 stands below no recording")
JSON = ("2 is no text", "2 cannot be read as JSON", "2 cannot be read as JSON")
LIST = ("2 is no text", "2 holds nothing", "2 is no name of a recording")
LATIN = {"transcript_latin1.csv": "0 is not all UTF-8; the other bytes were read as Windows-1252"}
TABLES = ("good", "duplicate_ids", "zero_duration", "huge_timestamp", "gender_values")
ANOTHER = dict.fromkeys(
    ("transcript_latin1.csv", *(f"utterances_{name}.csv" for name in TABLES)), "2 holds several tables of utterances"
)
RATED = dict.fromkeys(
    (f"ratings_{name}.csv" for name in ("good", "bom_crlf", "semicolon", "unknown_clip", "unknown_emotion")),
    "2 line 2: there is no utterance “1001_IEO_NEU_XX” in this corpus",
)
VOTED = {
    "ratings_unknown_clip.csv": "2 line 4: there is no utterance “9999_XXX_ANG_XX” in this corpus (and 12 more",
    **dict.fromkeys(
        ("ratings_good.csv", "ratings_bom_crlf.csv", "ratings_semicolon.csv"),
        "2 line 4: there is no utterance “1001_IEO_ANG_HI” in this corpus (and 11 more problems)",
    ),
}


def podcast(root: Path, prefix: str = "MSP") -> Path:
    return msp_builders.podcast(root, msp_builders.renamed(msp_builders.PODCAST, "MSP", prefix), recordings=False)


def listed(root: Path) -> Path:
    """MSP-Podcast without tables of labels, for its other forms."""
    podcast(root)
    for path in (root / "Labels").iterdir():
        path.unlink()
    return root


def own(root: Path) -> Path:
    (root / "m.csv").write_text("utterance_id,media,emotion\nu1,a.wav,happy\n")
    return root


DIALOGUE = "Session1/dialog/{}/Ses01F_impro01.txt"
ALIGNMENT = "Session1/sentences/ForcedAlignment/Ses01F_impro01/Ses01F_impro01_F000.wdseg"
# Importer, corpus and place in it; what is said of binary files, of the empty one and of the others; exceptions.
PLACES: list[tuple[str, Callable[[Path], object], str, tuple[str, str, str], dict[str, str]]] = [
    ("crema-d", crema_d, "SentenceFilenames.csv", TABLE, {}),
    ("crema-d", crema_d, "VideoDemographics.csv", TABLE, {}),
    ("crema-d", crema_d, "processedResults/tabulatedVotes.csv", TABLE, VOTED),
    ("crema-d", crema_d, "finishedResponses.csv", TABLE, {}),
    ("crema-d", crema_d, "finishedEmoResponses.csv", TABLE, {}),
    ("meld", test_meld.build, "train_sent_emo.csv", TABLE, {}),
    ("msp-podcast", podcast, "Labels/labels_consensus.csv", TABLE, {}),
    ("msp-podcast", podcast, "Labels/labels_detailed.csv", TABLE, {}),
    ("msp-podcast", listed, "Labels/labels_consensus.json", JSON, {}),
    ("msp-podcast", listed, "Labels/labels_detailed.json", JSON, {}),
    ("msp-podcast", listed, "Labels/labels.txt", LINES, {}),
    ("msp-podcast", podcast, "Partition.txt", LIST, {"ratings_semicolon.csv": "2 line 1: “rowId” is no partition"}),
    ("msp-podcast", podcast, "Speaker_ids.txt", ("2 is no text", "2 holds nothing", "0 is neither a speaker nor"), {}),
    ("msp-podcast", podcast, "Transcripts/MSP-PODCAST_0001_0008.txt", ("0 is no plain text", "0", "0"), LATIN),
    ("biic-podcast", lambda root: podcast(root, "BIIC"), "Labels/labels_consensus.csv", TABLE, {}),
    ("biic-podcast", lambda root: podcast(root, "BIIC"), "Transcripts/BIIC-PODCAST_0001_0008.txt",
     ("0 is not UTF-8; its text was left out", "0", "0"), {"transcript_latin1.csv": "0 its text was left out"}),
    ("msp-improv", msp_builders.improv, "Evalution.txt", LINES, {}),
    ("iemocap", iemocap_builder.build, DIALOGUE.format("EmoEvaluation"),
     ("2 is no plain text", "2 holds no turn", "2 line 1: “"), {}),
    ("iemocap", iemocap_builder.build, DIALOGUE.format("transcriptions"),
     ("0 is no plain text", "0", "0 has lines that are no turn and its words"), LATIN),
    ("iemocap", iemocap_builder.build, ALIGNMENT,
     ("0 is no plain text", "0", "0 the turn comes in without times of words"), {}),
    ("iemocap", iemocap_builder.build, "face_region_overrides.csv", TABLE, {}),
    ("emodb", lambda root: sounds(root, ["03a01Fa.wav"]), "labels.csv", ("0", "0", "0"),
     {"emodb_labels_contradict_names.csv": "0 calls 03a01Fa “disgust”, but the file name says happy"}),
    ("audformat", database, "db.yaml", ("2 holds no header",) * 3, {}),
    ("audformat", database, "db.emotion.csv", TABLE, {}),
    ("audformat", database, "db.emotion.parquet", ("2 cannot be read as Parquet",) * 3, {}),
    ("audformat", database, "db.people.csv", TABLE, {}),
    ("manifest", own, "m_ratings.csv", TABLE, RATED | ANOTHER),
    ("manifest", own, "words.csv", TABLE, ANOTHER),
    ("manifest", own, "raters.csv", TABLE, ANOTHER),
    ("manifest", own, "labels.csv", TABLE, ANOTHER),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "build", "place", "outcomes", "exceptions"),
    PLACES,
    ids=[f"{each[0]}-{Path(each[2]).name}" for each in PLACES],
)
def test_any_broken_file_in_place_of_a_corpus_own(
    shared_data: Path,
    workspace: Path,
    tmp_path: Path,
    name: str,
    build: Callable[[Path], object],
    place: str,
    outcomes: tuple[str, str, str],
    exceptions: dict[str, str],
) -> None:
    root = tmp_path / "corpus"
    root.mkdir()
    build(root)
    before = dump(workspace)
    for file in broken(shared_data):
        content = file.read_bytes()
        (root / place).write_bytes(content)
        outcome = exceptions.get(file.name) or outcomes[0 if b"\0" in content else 2 if content else 1]
        result = run("import", name, root, "-w", workspace, "--name", "it")
        check(result, Path(place).name, outcome, file)
        if result.exit_code == 0:
            before = dump(workspace)
        assert dump(workspace) == before


# A table of utterances, imported as one.
UTTERANCES = {
    "utterances_good.csv": "0",
    "utterances_duplicate_ids.csv": "2 line 5: the id “u2” stands already on line 3",
    "utterances_zero_duration.csv": "2 line 2: it ends at 0 s, which is not after its start at 0 s (and 1 more",
    "utterances_huge_timestamp.csv": "2 line 2: end is 1e12, which is outside 0 to 604800 (and 2 more problems)",
    "utterances_gender_values.csv": "0 the rows disagree about the gender of “s1” (“female” on line 2, nothing",
    "transcript_latin1.csv": "2 line 3: is not UTF-8 (in Latin-1 it would read “Sie wird auf dem Hof fröhlich begrüßt",
    "zero_byte.wav": "2 is empty",
    "ratings_semicolon.csv": "2 line 1: the columns “utterance_id” and “media” are missing",
    "ratings_unknown_emotion.csv": "2 line 1: the column “media” is missing",
    "emodb_labels_contradict_names.csv": "2 line 1: the columns “utterance_id” and “media” are missing",
    **dict.fromkeys((f"ratings_{name}.csv" for name in ("good", "bom_crlf", "unknown_clip")), "2 are missing"),
    **dict.fromkeys(("ratings_missing_columns.csv", "text_renamed.mp4"), "2 are missing"),
}
# A file of ratings, added to the corpus in the workspace.
RATINGS = {
    "ratings_good.csv": "0",
    "ratings_bom_crlf.csv": "0",
    "ratings_semicolon.csv": "0 semicolons between the columns were recognised",
    "ratings_unknown_clip.csv": "2 line 4: there is no utterance “9999_XXX_ANG_XX” in this corpus (and 1 more problem)",
    "ratings_unknown_emotion.csv": "2 line 4: “Q” is no emotion of this corpus",
    "ratings_missing_columns.csv": "2 line 1: the columns “F” and “numResponses” are missing",
    "zero_byte.wav": "2 is empty",
    "emodb_labels_contradict_names.csv": "2 line 1: the columns “utterance_id” and “rater” are missing",
    "text_renamed.mp4": "2 line 1: the columns “utterance_id” and “rater” and “emotion” are missing",
    "transcript_latin1.csv": "2 line 1: the column “rater” is missing",
    **dict.fromkeys((f"utterances_{name}.csv" for name in TABLES), "2 line 1: the column “rater” is missing"),
}
# Lines named one by one, each with what is wrong.
NAMED = {
    "utterances_zero_duration.csv": ("line 2: it ends at 0 s", "line 3: it ends at 1.2 s"),
    "utterances_huge_timestamp.csv": ("line 2: end is 1e12", "line 3: start is -3", "line 4: end is “NaN”"),
    "transcript_latin1.csv": ("line 3: is not UTF-8", "line 4: is not UTF-8"),
    "ratings_unknown_clip.csv": ("“9999_XXX_ANG_XX”", "line 8: there is no utterance “1001_ieo_neu_xx”"),
    "ratings_unknown_emotion.csv": ("line 4: “Q”", "line 7: the emotion is empty; an empty cell is not neutral"),
}


def check_lines(result: Result, file: Path) -> None:
    """Every bad line is named, where the file is a table of this kind at all."""
    if "missing" not in result.stderr:
        assert all(words in result.stderr for words in NAMED.get(file.name, ())), result.stderr


def test_a_table_of_utterances(shared_data: Path, workspace: Path, tmp_path: Path) -> None:
    for file in (shared_data / "faces").glob("*.m*"):
        shutil.copy(file, tmp_path)
    for file in broken(shared_data):
        table = Path(shutil.copy(file, tmp_path))
        before = dump(workspace)
        result = run("import", "manifest", table, "-w", workspace)
        check(result, file.name, UTTERANCES.get(file.name, "2 is no text"), file)
        if result.exit_code:
            assert dump(workspace) == before, file.name
            check_lines(result, file)
        else:
            assert "3 utterances" in result.stdout


def test_a_file_of_ratings(shared_data: Path, made: Path, tmp_path: Path) -> None:
    counted = []
    for file in broken(shared_data):
        workspace = shutil.copytree(made, tmp_path / f"{file.name}.fairemo")
        result = run("ratings", "import", file, "-w", workspace)
        check(result, file.name, RATINGS.get(file.name, "2 is no text"), file)
        if result.exit_code:
            assert dump(workspace) == dump(made), file.name
            check_lines(result, file)
        else:
            assert "18 rows of counted votes, 18 new" in result.stdout
            with Workspace(workspace) as opened:
                counted.append(list(opened.db.query("SELECT utterance_id, condition, counts FROM label")))
    assert counted[0] == counted[1] == counted[2]


@pytest.mark.parametrize("name", [name for name in IMPORTERS if name != "manifest"])
def test_a_broken_file_given_as_the_corpus(shared_data: Path, workspace: Path, name: str) -> None:
    before = dump(workspace)
    for file in broken(shared_data):
        result = run("import", name, file, "-w", workspace)
        check(result, file.name, "2 is a file: give the folder the corpus lies in", file)
    assert dump(workspace) == before


def test_only_tables_of_utterances_are_recognised(shared_data: Path) -> None:
    for file in broken(shared_data):
        matches = [match.importer for match in detect(file)]
        assert matches == (["manifest"] if file.name in ANOTHER else [])


def test_no_file_is_forgotten(shared_data: Path) -> None:
    names = {file.name for file in broken(shared_data)}
    assert len(names) == 22
    assert set(MEDIA) | set(UTTERANCES) | set(RATINGS) == names
