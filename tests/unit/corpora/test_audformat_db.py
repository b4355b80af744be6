"""audformat: databases the package itself wrote come in; pickles, tags and paths that lead out do not."""

from __future__ import annotations

import pickle
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import audformat
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from fairemo_gui.core.records import Condition, CorpusBundle, Gender, MediaState, RaterKind, Truth
from fairemo_gui.corpora.audformat_db import AudformatDatabase
from fairemo_gui.corpora.audformat_files import header_in
from fairemo_gui.corpora.audformat_tables import condition_in, seconds_of
from fairemo_gui.corpora.importer import detect
from fairemo_gui.corpora.report import ImportReport
from fairemo_gui.corpora.values import CellError
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import CancelledError, TaskContext
from tests.unit.corpora.builders import Reader, sound, sounds

read = Reader(AudformatDatabase()).read

FILES = ("audio/a.wav", "audio/b.wav", "audio/c.wav")


def column(table: Any, name: str, values: list[object], scheme: str | None = None, rater: str | None = None) -> None:
    table[name] = audformat.Column(scheme_id=scheme, rater_id=rater)
    table[name].set(values)


def database(root: Path, storage: str = "csv", extra: Callable[[Any], None] = lambda _: None) -> Path:
    """Three files: one label each, two raters, speakers in a table of their own, a split, times of two segments."""
    db = audformat.Database("mini", source="test", usage="research", license="CC0-1.0")
    db.schemes["emotion"] = audformat.Scheme(labels=["happiness", "sadness", "tedium", "no_agreement"])
    db.schemes["arousal"] = audformat.Scheme("float", minimum=-1, maximum=1)
    db.raters["gold"] = audformat.Rater("vote")
    db.raters["ann"] = audformat.Rater("human")
    db.raters["net"] = audformat.Rater("machine")
    db.splits["train"], db.splits["dev"] = audformat.Split("train"), audformat.Split("dev")
    db["people"] = audformat.MiscTable(pd.Index(["s1", "s2"], name="speaker", dtype="string"))
    column(db["people"], "gender", ["female", "male"])
    column(db["people"], "age", ["31", None])
    db.schemes["speaker"] = audformat.Scheme("str", labels="people")
    db["files"] = audformat.Table(audformat.filewise_index(list(FILES)))
    column(db["files"], "speaker", ["s1", "s2", "s1"], "speaker")
    column(db["files"], "transcription", ["So, “yes”;", None, "x"])
    db["emotion"] = audformat.Table(audformat.filewise_index(list(FILES)))
    column(db["emotion"], "emotion", ["happiness", "no_agreement", None], "emotion", "gold")
    column(db["emotion"], "arousal", [0.5, 0.25, None], "arousal", "gold")
    column(db["emotion"], "by ann", ["happiness", "sadness", "tedium"], "emotion", "ann")
    column(db["emotion"], "arousal by ann", [0.75, None, -1.0], "arousal", "ann")
    column(db["emotion"], "by the net", ["sadness", None, None], "emotion", "net")
    db["train"] = audformat.Table(audformat.filewise_index(list(FILES[:2])), split_id="train")
    db["dev"] = audformat.Table(audformat.filewise_index([FILES[2]]), split_id="dev")
    extra(db)
    db.save(str(root), storage_format=storage)
    sounds(root, FILES)
    return root


def segments(db: Any) -> None:
    """A table of emotions by segment."""
    index = audformat.segmented_index([FILES[0], FILES[0]], ["0s", "0.1s"], ["0.1s", None])
    db["segments"] = audformat.Table(index)
    column(db["segments"], "emotion", ["sadness", "tedium"], "emotion")


@pytest.fixture(scope="module")
def mini(tmp_path_factory: pytest.TempPathFactory) -> tuple[CorpusBundle, ImportReport]:
    return read(database(tmp_path_factory.mktemp("mini")))


def test_utterances_and_speakers(mini: tuple[CorpusBundle, ImportReport]) -> None:
    bundle, report = mini
    first, second, third = bundle.utterances
    assert (first.code, first.audio, first.video, first.media_state) == (FILES[0], FILES[0], None, MediaState.OK)
    assert (first.speaker, first.transcript, first.split) == ("s1", "So, “yes”;", "train")
    assert (second.split, third.split) == ("train", "validation")
    people = {speaker.code: (speaker.gender, speaker.age) for speaker in bundle.speakers}
    assert people == {"s1": (Gender.FEMALE, 31), "s2": (Gender.MALE, None)}
    assert (bundle.name, bundle.licence, report.problems) == ("mini", "CC0-1.0", ())


def test_labels_and_ratings(mini: tuple[CorpusBundle, ImportReport]) -> None:
    bundle, report = mini
    assert bundle.scheme.classes == ("happy", "sad", "tedium")
    assert report.by_emotion == {"happy": 1, "unknown": 2}
    said = {each.utterance: each for each in bundle.consensus}
    assert (said[FILES[0]].activation, said[FILES[0]].no_agreement, said[FILES[0]].condition) == (
        0.5, False, Truth.INTENDED,
    )  # fmt: skip
    assert (said[FILES[1]].no_agreement, said[FILES[1]].source) == (True, "db.emotion.csv")
    answers = [(r.utterance, r.rater, r.votes, r.activation, r.condition) for r in bundle.ratings]
    assert answers == [
        (FILES[0], "mini:ann", ("happy",), 0.75, Condition.VOICE),
        (FILES[0], "mini:net", ("sad",), None, Condition.VOICE),
        (FILES[1], "mini:ann", ("sad",), None, Condition.VOICE),
        (FILES[2], "mini:ann", ("tedium",), -1.0, Condition.VOICE),
    ]
    assert {rater.code: rater.kind for rater in bundle.raters} == {
        "mini:ann": RaterKind.IMPORTED, "mini:net": RaterKind.MODEL,
    }  # fmt: skip


def test_parquet_and_csv_are_the_same(mini: tuple[CorpusBundle, ImportReport], tmp_path: Path) -> None:
    bundle, _ = read(database(tmp_path, "parquet"))
    assert not list(tmp_path.glob("*.csv"))
    assert (bundle.utterances, bundle.ratings, bundle.speakers) == (
        mini[0].utterances, mini[0].ratings, mini[0].speakers,
    )  # fmt: skip


@pytest.mark.parametrize("storage", ["csv", "parquet"])
def test_segments(tmp_path: Path, storage: str) -> None:
    bundle, report = read(database(tmp_path, storage, segments))
    places = {u.code: (u.start, u.end, u.speaker, u.intended) for u in bundle.utterances if "#" in u.code}
    assert places == {"audio/a.wav#0-0.1": (0.0, 0.1, "s1", 1), "audio/a.wav#0.1-": (0.1, None, "s1", 2)}
    assert report.utterances == 5


def test_speakers_in_the_labels_of_their_scheme(tmp_path: Path) -> None:
    def told(db: Any) -> None:
        db.schemes["who"] = audformat.Scheme(labels={"s9": {"gender": "male", "age": 40}, "s8": {}})
        db["more"] = audformat.Table(audformat.filewise_index([FILES[0]]))
        column(db["more"], "speaker", ["s9"], "who")
        db["files"] = audformat.Table(audformat.filewise_index(list(FILES)))

    bundle, _ = read(database(tmp_path, extra=told))
    people = {speaker.code: (speaker.gender, speaker.age) for speaker in bundle.speakers}
    assert people == {"s9": (Gender.MALE, 40), "unknown": (None, None)}


def test_votes_are_counted_where_no_ratings_stand_for_them(tmp_path: Path) -> None:
    def votes(db: Any) -> None:
        db.schemes["votes"] = audformat.Scheme("int", minimum=0)
        db["emotion.face.votes"] = audformat.Table(audformat.filewise_index(list(FILES[:2])))
        for name, counts in (("happiness", [3, 0]), ("sadness", [1, 2])):
            column(db["emotion.face.votes"], name, list(counts), "votes")

    bundle, report = read(database(tmp_path, extra=votes))
    assert [(v.utterance, v.condition, v.counts) for v in bundle.vote_counts] == [
        (FILES[0], Condition.FACE, (3, 1, 0)), (FILES[1], Condition.FACE, (0, 2, 0)),
    ]  # fmt: skip
    assert report.ratings == 4


def test_reading_again_gives_the_same(tmp_path: Path) -> None:
    root = database(tmp_path)
    assert read(root)[0] == read(root)[0]


class _Bomb:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("storage", ["csv", "parquet"])
def test_a_cache_of_pickles_is_not_opened(tmp_path: Path, storage: str) -> None:
    root = database(tmp_path / "db", storage)
    mark = tmp_path / "opened"
    for name in ("emotion", "files", "people", "train", "dev"):
        (root / f"db.{name}.pkl").write_bytes(pickle.dumps(_Bomb(mark)))
    bundle, report = read(root)
    assert (len(bundle.utterances), mark.exists()) == (3, False)
    assert any(warning.startswith("Pickles were not opened (db.dev.pkl") for warning in report.warnings)


def simple(root: Path, table: str, mark: str = "") -> Path:
    """A header with one table of one column."""
    text = f"{HEAD}schemes:\n  emotion: {{dtype: str, labels: [happy, sad]}}\ntables:\n  e: {{type: filewise, columns: "
    (root / "db.yaml").write_text(f"{mark}{text}{{emotion: {{scheme_id: emotion}}}}}}\n".replace("\n", "\r\n"))
    (root / "db.e.csv").write_text(mark + table)
    return sounds(root, ["a.wav", "b.wav"])


def test_bad_rows_are_named_where_no_row_is_good(tmp_path: Path) -> None:
    root = simple(tmp_path, "file,emotion\na.wav,angry\n../b.wav,sad\n")
    with pytest.raises(UserError, match=r"db\.e\.csv, line 2: “angry” in “emotion” is none of the labels") as caught:
        read(root)
    assert [problem.partition(":")[0] for problem in caught.value.problems] == ["db.e.csv, line 2", "db.e.csv, line 3"]


def test_a_mark_of_byte_order_and_columns_beyond_the_header_cost_nothing(tmp_path: Path) -> None:
    bundle, report = read(simple(tmp_path, "file,emotion,naturalness\na.wav,happy,3\n", "\ufeff"))
    assert [utterance.intended for utterance in bundle.utterances] == [0]
    assert [str(problem) for problem in report.problems] == [
        "db.e.csv, line 1: has columns the header does not name, which are not used: “naturalness”"
    ]


def test_a_table_that_is_a_pickle_alone_is_refused(tmp_path: Path) -> None:
    root = database(tmp_path)
    (root / "db.emotion.csv").unlink()
    (root / "db.emotion.pkl").write_bytes(pickle.dumps(_Bomb(tmp_path / "opened")))
    with pytest.raises(
        UserError, match=r"db\.emotion\.pkl is a pickle, which could run any program, and is not opened"
    ):
        read(root)
    assert not (tmp_path / "opened").exists()


HEAD = "name: x\nsource: x\nusage: other\n"


def _doubling(twice: str) -> str:
    """Thirty lines, each of which holds the one above twice: a gigabyte once references are followed."""
    return "n0: &n0 {a: 1}\n" + "".join(f"n{k}: &n{k} {twice.format(f'n{k - 1}')}\n" for k in range(1, 30))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"{HEAD}meta: !!python/object/apply:os.system ['touch opened']\n", "cannot be read as plain YAML"),
        (f"{HEAD}meta: {'[' * 100_000}", "is nested deeper than any header"),
        (f"{HEAD}meta: &m [*m]", "refers to itself or is larger than any header"),
        (f"{HEAD}{_doubling('[*{0}, *{0}]')}", "refers to itself or is larger than any header"),
        (f"{HEAD}{_doubling('{{<<: [*{0}, *{0}]}}')}", "refers to itself or is larger than any header"),
        (f"{HEAD}x: {{a: [}}", "cannot be read as plain YAML"),
        (f"{HEAD}expires: 2020-13-45", "cannot be read as plain YAML"),
        ("name: x\n", "is no header audformat understands"),
        (f"{HEAD}tables: {{t: 1}}", "is no header audformat understands"),
        (f"{HEAD}splits: {{dev: {{type: }}}}", "is no header audformat understands"),
        (f"{HEAD}schemes: {{emotion: {{dtype: nonsense}}}}\ntables: {{t: {{type: filewise}}}}", "emotion"),
        ("- 1\n", "is no header of an audformat database"),
        (HEAD, "names no column with the scheme “emotion”"),
    ],
)
def test_headers_that_are_none_are_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, what: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "db.yaml").write_text(text)
    with pytest.raises(UserError, match=what):
        header_in(text, "db.yaml")
        read(tmp_path)
    assert not (tmp_path / "opened").exists()


def test_tables_and_files_do_not_lead_out(tmp_path: Path) -> None:
    root = database(tmp_path / "db")
    sound(tmp_path / "secret.wav")
    path = root / "db.emotion.csv"
    path.write_text(path.read_text().replace("audio/b.wav", "../secret.wav"))
    with pytest.raises(UserError, match=r"db\.emotion\.csv, line 3: the file “\.\./secret\.wav” is empty or leads out"):
        read(root)
    assert read(root, skip_bad=True)[1].utterances == 2
    header = root / "db.yaml"
    header.write_text(header.read_text().replace("  emotion:\n    type", "  ../../emotion:\n    type"))
    with pytest.raises(UserError, match="would lie outside"):
        read(root)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("sadness", "sorrow", "“sorrow” in “by ann” is none of the labels of its scheme"),
        ("0.25", "loud", "activation is “loud”, which is no number"),
        ("audio/c.wav", "audio/b.wav", "audio/b.wav stands already on line 3"),
        ("tedium", "tedium,1,2,3", "cells where the header has"),
    ],
)
def test_a_bad_row_aborts_or_is_left_out(tmp_path: Path, old: str, new: str, what: str) -> None:
    root = database(tmp_path)
    path = root / "db.emotion.csv"
    lines = path.read_text().splitlines()
    lines[2:] = [line.replace(old, new) for line in lines[2:]]
    path.write_text("\n".join(lines))
    with pytest.raises(UserError) as caught:
        read(root)
    assert str(caught.value).startswith("db.emotion.csv, line ")
    assert what in str(caught.value)
    assert read(root, skip_bad=True)[1].left_out


def test_a_table_of_a_name_too_long_is_missing(tmp_path: Path) -> None:
    root = database(tmp_path)
    path = root / "db.yaml"
    path.write_text(path.read_text().replace("  emotion:\n    type", f"  {'e' * 300}:\n    type"))
    with pytest.raises(UserError, match="is not there, nor is"):
        read(root)


def test_a_missing_table_column_or_age_is_named(tmp_path: Path) -> None:
    root = database(tmp_path)
    people = root / "db.people.csv"
    people.write_text(people.read_text().replace("31", "310"))
    with pytest.raises(UserError, match=r"db\.people\.csv, line 2: age is 310, which is outside 0 to 120"):
        read(root)
    people.write_text("speaker\ns1\n")
    with pytest.raises(UserError, match=r"db\.people\.csv, line 1: the columns “gender” and “age” are missing"):
        read(root)
    people.unlink()
    with pytest.raises(UserError, match=r"db\.people\.csv is not there, nor is db\.people\.parquet"):
        read(root)


@pytest.mark.parametrize(("storage", "name"), [("csv", "db.emotion.csv"), ("parquet", "db.emotion.parquet")])
def test_every_broken_file_under_the_name_of_a_table_is_refused(
    shared_data: Path, tmp_path: Path, storage: str, name: str
) -> None:
    root = database(tmp_path, storage)
    for broken in (shared_data / "malformed").iterdir():
        (root / name).write_bytes(broken.read_bytes())
        with pytest.raises(UserError, match=rf"^{name}") as caught:
            read(root)
        assert "\n" not in str(caught.value), broken.name


def test_a_small_parquet_file_that_unpacks_to_a_large_table_is_held_once(tmp_path: Path) -> None:
    """Half a gigabyte of text in some kilobytes, and lists of it in a column nobody asked for."""
    root, rows = simple(tmp_path, "file,emotion\n"), 500
    (root / "db.e.csv").unlink()
    long = pa.DictionaryArray.from_arrays(pa.array([0] * rows), pa.array(["x" * 1_000_000]))
    files = [f"{k}.wav" for k in range(rows)]
    columns = {"file": files, "emotion": long, "more": [["y"]] * rows, "raw": [b"z"] * rows}
    parquet.write_table(pa.table(columns), root / "db.e.parquet")
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match=r"line 2: “x{60}…” in “emotion” is none of the labels.*499 more"):
            read(root)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


def test_broken_parquet_is_refused(tmp_path: Path) -> None:
    root = database(tmp_path, "parquet")
    path = root / "db.emotion.parquet"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UserError, match=r"db\.emotion\.parquet cannot be read as Parquet"):
        read(root)


def test_absent_and_broken_media_are_marked(shared_data: Path, tmp_path: Path) -> None:
    root = database(tmp_path)
    (root / FILES[0]).unlink()
    (root / FILES[1]).write_bytes((shared_data / "malformed/truncated_header.wav").read_bytes())
    bundle, _ = read(root)
    assert [utterance.media_state for utterance in bundle.utterances] == [
        MediaState.MISSING, MediaState.BROKEN, MediaState.OK,
    ]  # fmt: skip


def test_it_is_recognised_and_no_other(tmp_path: Path) -> None:
    (match,) = detect(database(tmp_path / "db"))
    assert (match.importer, match.why) == ("audformat", "the header db.yaml of a database")
    (tmp_path / "other.yaml").write_text("name: x\n")
    assert detect(tmp_path) == []
    with pytest.raises(UserError, match="holds no header of an audformat database"):
        read(tmp_path)


def test_cancelling_stops(tmp_path: Path) -> None:
    ctx = TaskContext()
    ctx.cancel()
    with pytest.raises(CancelledError):
        AudformatDatabase().read(ctx, database(tmp_path))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0 days 00:00:01.500000", 1.5),
        ("1 days 01:00:00", 90000.0),
        ("00:01:02", 62.0),
        ("1.5s", 1.5),
        ("1e-09s", 1e-9),
        ("NaT", None),
        ("", None),
    ],
)
def test_times(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["-1 days +23:59:59", "1500000000", "1e12s", "99999 days 00:00:00", "nan", "x"])
def test_times_that_are_none(text: str) -> None:
    with pytest.raises(CellError):
        seconds_of(text)


def test_conditions_in_names() -> None:
    assert condition_in("emotion.voice.votes") is Condition.VOICE
    assert condition_in("emotion.categories.desired") is None


PIECES = st.sampled_from(
    ["name: x\n", "source: x\n", "usage: other\n", "schemes:\n", "  emotion: {dtype: str, labels: [a, b]}\n",
     "tables:\n",
     "  t:\n    type: filewise\n", "    columns: {emotion: {scheme_id: emotion}}\n", "misc_tables:\n", "raters:\n",
     "  r: {type: human}\n", "&a ", "*a", "[", "{", "!!python/name:os.system ", ": ", "- ", "\t", "'", "null\n", "1\n"]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.lists(PIECES | st.text(max_size=3), max_size=14).map("".join))
def test_any_text_is_a_header_or_one_sentence(text: str) -> None:
    try:
        header = header_in(text, "db.yaml")
    except UserError as error:
        assert str(error).startswith("db.yaml")
        assert "\n" not in str(error)
        return
    assert all(isinstance(name, str) for name in (*header.schemes, *header.tables, *header.misc, *header.raters))
