"""Paths that stay inside, files found at any depth, recordings told apart."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairemo_gui.corpora.companions import ABOUT, About, about_beside
from fairemo_gui.corpora.folder import (
    check_root,
    find_media,
    find_table,
    other_tables,
    safe_relative,
    same_recordings,
    stays_inside,
    walk,
)
from fairemo_gui.corpora.importer import IMPORTERS, detect
from fairemo_gui.corpora.msp_podcast import first_recording
from fairemo_gui.corpora.plain_text import read_text
from fairemo_gui.corpora.table import peek_columns, read_table
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from tests.unit.corpora.builders import sound, sounds, table


@pytest.mark.parametrize(
    ("written", "path"),
    [("a.wav", "a.wav"), (" x/a.wav ", "x/a.wav"), ("x\\a.wav", "x/a.wav"), ("./x//a.wav", "x/a.wav")],
)
def test_paths_inside_are_plain(tmp_path: Path, written: str, path: str) -> None:
    assert safe_relative(written, tmp_path.resolve()) == path


@pytest.mark.parametrize("written", ["", " ", "/a", "..", "a/../b", "..\\a", "C:\\a", "c:a", "\\\\h\\a", "nul\0"])
def test_paths_outside_are_none(tmp_path: Path, written: str) -> None:
    assert safe_relative(written, tmp_path.resolve()) is None


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.text(max_size=30) | st.text(alphabet="./\\ab:~", max_size=12))
def test_whatever_is_written_stays_inside(tmp_path: Path, written: str) -> None:
    root = tmp_path.resolve()
    path = safe_relative(written, root)
    assert path is None or (not Path(path).is_absolute() and stays_inside(root / path, root))


def test_the_walk_is_in_order_and_passes_over_hidden_files(tmp_path: Path) -> None:
    sounds(tmp_path, ["b.wav", "a/z.wav", "a/._z.wav", ".git/x.wav", "__MACOSX/b.wav"])
    (tmp_path / "a/loop").symlink_to(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in walk(tmp_path)] == ["b.wav", "a/z.wav"]


def test_tables_are_found_in_any_letter_case_nearest_first(tmp_path: Path) -> None:
    for name in ("deep/er/Votes.csv", "deep/VOTES.CSV"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    found = find_table(tmp_path, "votes.csv")
    assert found is not None
    assert found.name == "VOTES.CSV"
    assert find_table(tmp_path, "other.csv") is None


def test_tables_of_a_second_release_are_named(tmp_path: Path) -> None:
    for name, text in (("v2/Votes.csv", "x"), ("v1/votes.csv", "y"), ("v3/votes.csv", "y"), ("v1/other.csv", "x")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert find_table(tmp_path, "VOTES.csv") == tmp_path / "v1/votes.csv"
    assert [str(problem) for problem in other_tables(tmp_path, ("votes.csv", "other.csv"))] == [
        "v2/Votes.csv: is not read, for v1/votes.csv is; give the folder of one release"
    ]


def test_a_dangling_link_is_left_out(tmp_path: Path) -> None:
    sounds(tmp_path, ["a.wav"])
    (tmp_path / "b.wav").symlink_to("/nonexistent/b.wav")
    (tmp_path / "c.wav").symlink_to("inside.wav")
    (tmp_path / "d.wav").symlink_to("d.wav")
    (tmp_path / "e.wav").symlink_to("e" * 300)
    media = find_media(tmp_path.resolve())
    assert set(media.paths) == {"a"}
    assert [problem.file for problem in media.problems] == ["b.wav", "c.wav", "d.wav", "e.wav"]
    assert not stays_inside(tmp_path / "d.wav", tmp_path.resolve())


def test_folders_that_are_not_looked_into_are_named(tmp_path: Path) -> None:
    """A session on another disk, linked in, is half the corpus; a link within the folder loses nothing."""
    root = sounds(tmp_path / "corpus", ["a/a.wav", "closed/b.wav"]).resolve()
    sounds(tmp_path / "disk", ["c.wav"])
    (root / "linked").symlink_to(tmp_path / "disk")
    (root / "twin").symlink_to("a")
    scan = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    with patch("os.scandir", scandir):
        media = find_media(root)
    assert set(media.paths) == {"a"}
    assert [str(problem) for problem in media.problems] == [
        "“linked”: is a link to a folder elsewhere and is not followed; copy the folder",
        "“closed”: cannot be looked into (Permission denied); check its permissions",
    ]


@pytest.mark.parametrize("odd", ["a\udcff", "a\n", "\x1b[31m"])
def test_names_that_can_neither_be_stored_nor_shown_are_left_out_and_said(tmp_path: Path, odd: str) -> None:
    (tmp_path / odd).mkdir()
    for name in ("a.wav", f"{odd}.wav", f"{odd}/b.wav", f"{odd}.csv"):
        (tmp_path / name).write_text("x")
    media = find_media(tmp_path.resolve())
    assert set(media.paths) == {"a"}
    assert [path.name for path in walk(tmp_path)] == ["a.wav"]
    assert len(media.problems) == 3
    assert all("rename it" in str(problem) and str(problem).isprintable() for problem in media.problems)
    with pytest.raises(UserError, match="rename it"):
        check_root(tmp_path / odd)


def test_a_pipe_in_place_of_a_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "labels_consensus.csv"
    os.mkfifo(pipe)
    with pytest.raises(UserError, match="is no plain file"):
        read_table(pipe, ())
    text, problem = read_text(pipe, pipe.name)
    assert (text, "is no plain file" in str(problem)) == (None, True)
    assert peek_columns(pipe, ()) == ()
    assert first_recording(pipe) == ""
    os.mkfifo(tmp_path / ABOUT)
    assert about_beside(pipe) == About()
    for each in IMPORTERS.values():
        each.recognises(tmp_path)


def test_a_link_to_a_name_too_long_is_no_file_to_any_importer(tmp_path: Path) -> None:
    for name in ("labels_consensus.csv", "ratings.csv", "m_ratings.csv", "words.csv", "db.yaml", "Evalution.txt"):
        (tmp_path / name).symlink_to("x" * 300)
    table(tmp_path / "m.csv", "utterance_id,media,emotion\nu1,a.wav,happy")
    assert [match.importer for match in detect(tmp_path)] == ["msp-improv", "manifest"]
    bundle, _ = IMPORTERS["manifest"].read(TaskContext(), tmp_path)
    assert (len(bundle.utterances), bundle.ratings) == (1, ())


def test_the_same_bytes_are_found_whatever_the_name(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav", seed=1)
    sound(tmp_path / "b.wav", seed=2)
    sound(tmp_path / "c.wav", seed=1)
    for name in ("d.wav", "e.wav"):
        (tmp_path / name).write_bytes(b"")
    assert same_recordings(tmp_path, ["c.wav", "a.wav", "b.wav", "d.wav", "e.wav"]) == [["a.wav", "c.wav"]]


def test_nothing_at_a_path_is_said(tmp_path: Path) -> None:
    for path in (tmp_path / "gone", tmp_path / ("x" * 5000), tmp_path / "nul\0"):
        with pytest.raises(UserError, match="There is nothing at"):
            check_root(path)
