"""Targets for tables and what lies beside them: written to a folder, read by the importer as a person's would be."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from fairemo_gui.core.emotions import CREMA_D
from fairemo_gui.corpora.companions import ABOUT, LABELS, RATERS, WORDS, about_beside, companions_beside
from fairemo_gui.corpora.crema_d import CLIPS, PEOPLE, VOTES, CremaD
from fairemo_gui.corpora.crema_d_single import FIRST_CLICKS, RESPONSES
from fairemo_gui.corpora.iemocap_media import OVERRIDES, who_is_left
from fairemo_gui.corpora.importer import Importer
from fairemo_gui.corpora.manifest import COLUMNS, Manifest
from fairemo_gui.corpora.meld import TABLES, Meld
from fairemo_gui.corpora.ratings import COUNTED, SINGLE, read_ratings
from fairemo_gui.corpora.table import peek_columns, read_table
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from tests.fuzz import oracle
from tests.fuzz.inputs import target
from tests.unit.corpora import crema_d_builders
from tests.unit.corpora.test_meld import HEADER, ROWS

CODES = (*crema_d_builders.CLIP_NAMES, "u1", "u2")
UUIDS = ("12345678-1234-5678-1234-567812345678", "12345678-1234-5678-1234-567812345679")
_UTTERANCE = "u1|a.mp4|s1|F|0.0|1.2|happy|So it is|31|Asian|No|d1|1|train|0|left|a.wav|b.mp4|no sound"
_RATING = (
    f"u1|voice|ann|happy|55|1.5|-2|3|80|sad|2100|1|{UUIDS[0]}|yes|{UUIDS[1]}|2026-01-31T12:00:00Z||calm;glad|so|"
    "main|3|1200|1|fairemo 1"
)
UTTERANCE = dict(zip(COLUMNS, _UTTERANCE.split("|"), strict=True))
RATING = dict(zip(SINGLE, _RATING.split("|"), strict=True))


def written(rows: Sequence[dict[str, str]], delimiter: str = ",") -> str:
    """Rows as a table."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def utterance_tables() -> Iterable[bytes | str]:
    rows = [UTTERANCE, {**UTTERANCE, "utterance_id": "u2", "gender": "", "emotion": "tedium", "end": "", "speaker": ""}]
    few = [{column: row[column] for column in COLUMNS[:8]} for row in rows]
    return [
        written(rows),
        written(few),
        written(few, ";").replace("0.0", "0,0"),
        written(few, "\t").encode("utf-8-sig"),
    ]


def rating_tables() -> Iterable[bytes | str]:
    rows = [RATING, {**RATING, "uuid": "", "undoes": UUIDS[0], "emotion": "happy+sad"}]
    few = [{column: row[column] for column in SINGLE[:4]} for row in rows]
    counted = [dict(zip(COUNTED, ("100001", "1", "0", "0", "0", "2", "0", CODES[0], "3"), strict=True))]
    return [written(rows), written(few).replace("rater", "annotator"), written(few, ";"), written(counted)]


def corpus(importer: Importer, folder: Path, *names: str) -> None:
    """Read a folder strictly and leniently: both are refused in a sentence, or hold together."""
    for skip_bad in (False, True):
        try:
            bundle, report = importer.read(TaskContext(), folder, skip_bad)
        except UserError as error:
            oracle.refusal(error, *names)
            continue
        oracle.bundle(bundle, Path(bundle.root))
        oracle.problems(report.problems)
        assert skip_bad or not report.left_out
        assert report.utterances == len(bundle.utterances)
        for warning in report.warnings:
            oracle.sentence(warning)


@target("table", lambda: [*utterance_tables(), *rating_tables()], share=4)
def any_table(data: bytes, folder: Path) -> None:
    path = folder / "t.csv"
    path.write_bytes(data)
    peek_columns(path, COLUMNS)
    for windows in (False, True):
        try:
            table = read_table(path, COLUMNS, windows=windows)
        except UserError as error:
            oracle.refusal(error, path.name)
            continue
        oracle.problems(table.problems, path.name, lines=data.count(b"\n") + data.count(b"\r") + 1)
        assert len(set(table.columns)) == len(table.columns)
        for row in table.rows:
            assert set(row.cells) == set(table.columns)
            "".join(row.cells.values()).encode()


@target("ratings", rating_tables, share=3)
def rating_table(data: bytes, folder: Path) -> None:
    path = folder / "r.csv"
    path.write_bytes(data)
    try:
        file = read_ratings(path, CREMA_D, CODES)
    except UserError as error:
        oracle.refusal(error, path.name)
        return
    oracle.ratings(file.ratings, CODES, CREMA_D, {rater.code for rater in file.raters})
    oracle.counts(file.vote_counts, CODES, CREMA_D)
    oracle.problems(file.problems, path.name)


@target("manifest", utterance_tables, share=0.7)
def manifest(data: bytes, folder: Path) -> None:
    path = folder / "m.csv"
    path.write_bytes(data)
    corpus(Manifest(), path, path.name)


def _companion(name: str, row: dict[str, str]) -> Callable[[bytes, Path], None]:
    def run(data: bytes, folder: Path) -> None:
        (folder / name).write_bytes(data)
        table = folder / "m.csv"
        try:
            found = companions_beside(table, CODES, CREMA_D)
        except UserError as error:
            oracle.refusal(error, name)
            return
        oracle.problems(found.problems, name)
        oracle.counts(found.vote_counts, CODES, CREMA_D)
        oracle.consensus(found.consensus, CODES)
        for words in found.words.values():
            oracle.words(words)
        "".join(rater.code for rater in found.raters).encode()

    target(f"export-{name.partition('.')[0]}", lambda: [written([row])], share=2)(run)
    return run


VOTE_COLUMNS = {f"votes_{name}": "1" for name in CREMA_D.classes}
words_table = _companion(WORDS, {"utterance_id": "u1", "position": "0", "text": "so", "start": "0.5", "end": "0.75"})
raters_table = _companion(RATERS, {"rater": "ann", "kind": "human", "gender": "F", "age": "31"})
labels_table = _companion(
    LABELS,
    {"utterance_id": "u1", "condition": "av", "source": "votes.csv", "activation": "2.5", "valence": "3",
     "dominance": "", "no_agreement": "1", **VOTE_COLUMNS},
)  # fmt: skip


ABOUT_IT = {
    "name": "x", "licence": "CC0", "synthetic": True, "scheme": "s", "classes": ["happy", "sad"],
    "facts": {"scale": [1, 5]},
}  # fmt: skip


@target("export-about", lambda: [json.dumps({"program": "fairemo", "corpus": ABOUT_IT})])
def about(data: bytes, folder: Path) -> None:
    (folder / ABOUT).write_bytes(data)
    path = folder / "m.csv"
    path.write_text(written([{"utterance_id": "u1", "media": "a.wav", "speaker": "s", "emotion": "happy"}]))
    about_beside(path)
    corpus(Manifest(), path, path.name, ABOUT)


def meld_tables() -> Iterable[bytes]:
    texts = ("\r\n".join([HEADER, *(line.strip() for line in rows.strip().split("\n"))]) for rows in ROWS.values())
    return [text.encode("latin-1") for text in texts]


@target("meld", meld_tables, share=0.5)
def meld(data: bytes, folder: Path) -> None:
    (folder / TABLES["train"]).write_bytes(data)
    corpus(Meld(), folder, TABLES["train"], folder.name)


def _crema_d(name: str) -> None:
    """A target for one of CREMA-D's tables, the others as they should be."""

    def seeds() -> Iterable[str]:
        return [crema_d_tables()[name]]

    def run(data: bytes, folder: Path) -> None:
        for other, text in crema_d_tables().items():
            (folder / other).write_text(text)
        (folder / name).write_bytes(data)
        corpus(CremaD(), folder, *crema_d_tables(), folder.name)

    target(f"crema-d-{name.partition('.')[0]}", seeds, share=0.5)(run)


def crema_d_tables() -> dict[str, str]:
    """Every table of a miniature, by name."""
    clips = "".join(f"{number},{name}\n" for number, name in enumerate(crema_d_builders.CLIP_NAMES, 1))
    replies = crema_d_builders.REPLIES
    answers = [crema_d_builders.row_of(number, reply) for number, reply in enumerate(replies, 1)]
    clicks = [crema_d_builders.click_of(number, reply) for number, reply in enumerate(replies, 1)]
    return {
        CLIPS: f"Stimulus_Number,Filename\n{clips}",
        PEOPLE: "ActorID,Age,Sex,Race,Ethnicity\n1001,51,Male,Caucasian,Not Hispanic\n1076,25,Female,Unknown,\n",
        VOTES: "\n".join([",".join(COUNTED), *crema_d_builders.counted(replies)]),
        RESPONSES: "\n".join([crema_d_builders.RESPONSES_HEADER, *answers]),
        FIRST_CLICKS: "\n".join([crema_d_builders.CLICKS_HEADER, *clicks]),
    }


for _name in (CLIPS, PEOPLE, VOTES, RESPONSES, FIRST_CLICKS):
    _crema_d(_name)


@target("iemocap-overrides", lambda: ["dialogue,left\nSes01F_impro01,M\nSes03M_impro05a,F\n"], share=2)
def overrides(data: bytes, folder: Path) -> None:
    (folder / OVERRIDES).write_bytes(data)
    try:
        left, problems = who_is_left(folder, ["Ses01F_impro01", "Ses03M_impro05a"])
    except UserError as error:
        oracle.refusal(error, OVERRIDES)
        return
    assert set(left) == {"Ses01F_impro01", "Ses03M_impro05a"}
    oracle.problems(problems, OVERRIDES)
