"""An export is there whole or not at all, in its own folder and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import CancelledError, Progress, TaskContext
from fairemo_gui.services.exports.export import export_corpus
from fairemo_gui.services.exports.folder import FreeNames, fresh_folder, listing, safe_name
from fairemo_gui.services.exports.plan import ExportPlan, Format
from fairemo_gui.store import corpora
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.export_builders import bundle, export, media, workspace


@pytest.fixture
def opened(tmp_path: Path) -> Workspace:
    return workspace(tmp_path / "w.fairemo", bundle(media(tmp_path / "corpus")))


def left(folder: Path) -> set[str]:
    """What lies beside the workspace and its corpus."""
    return {path.name for path in folder.iterdir()} - {"w.fairemo", "corpus"}


@pytest.mark.parametrize("form", list(Format))
def test_a_cancelled_export_leaves_nothing(opened: Workspace, tmp_path: Path, form: Format) -> None:
    heard: list[Progress] = []

    def hear(progress: Progress) -> None:
        heard.append(progress)
        if len(heard) == 3:
            ctx.cancel()

    ctx = TaskContext(hear)
    with pytest.raises(CancelledError):
        export_corpus(ctx, opened, corpora.corpus(opened), ExportPlan(form), tmp_path / "out")
    assert not left(tmp_path)


def test_a_failed_export_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="out cannot be written"), fresh_folder(tmp_path / "out", force=False) as folder:
        (folder / "half.csv").write_text("half")
        raise OSError(28, "No space left on device")
    assert not left(tmp_path)


def test_what_is_there_is_never_written_over(opened: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(opened, out, Format.CSV)
    with pytest.raises(UserError, match="--force"):
        export(opened, out, Format.JSON)
    assert (out / "manifest.csv").is_file()
    export_corpus(TaskContext(), opened, corpora.corpus(opened), ExportPlan(Format.JSON), out, force=True)
    assert not (out / "manifest.csv").exists()
    assert (out / "manifest.json").is_file()
    assert left(tmp_path) == {"out"}


@pytest.mark.parametrize("about", [None, "[]", "{}", '{"program": "other"}', "\x00"])
def test_force_replaces_exports_only(tmp_path: Path, about: str | None) -> None:
    out = tmp_path / "thesis"
    out.mkdir()
    (out / "chapter1.tex").write_text("years of work")
    if about is not None:
        (out / "about.json").write_text(about)
    with pytest.raises(UserError, match="something else than an export"), fresh_folder(out, force=True):
        pass
    assert (out / "chapter1.tex").read_text() == "years of work"


@pytest.mark.parametrize("foreign", ["notes.txt", "db/notes.txt", "empty/", "link"])
@pytest.mark.parametrize("form", [Format.CSV, Format.AUDFORMAT, Format.EAF])
def test_force_keeps_what_somebody_put_into_an_export(
    opened: Workspace, tmp_path: Path, form: Format, foreign: str
) -> None:
    out, place = tmp_path / "out", tmp_path / "out" / foreign
    export(opened, out, form)
    (place if foreign.endswith("/") else place.parent).mkdir(exist_ok=True)
    if foreign == "link":
        place.symlink_to(tmp_path / "corpus")
    elif not foreign.endswith("/"):
        place.write_text("mine")
    before = listing(out)
    with pytest.raises(UserError, match=f"“{foreign.rstrip('/')}”.*choose another folder, or move it away"):
        export_corpus(TaskContext(), opened, corpora.corpus(opened), ExportPlan(form), out, force=True)
    assert listing(out) == before
    assert left(tmp_path) == {"out"}


@pytest.mark.parametrize("form", list(Format))
def test_force_replaces_every_format_as_it_was_written(opened: Workspace, tmp_path: Path, form: Format) -> None:
    first = export(opened, tmp_path / "out", form)
    assert sorted([*json.loads((tmp_path / "out/about.json").read_text("utf-8"))["listing"], "about.json"]) == listing(
        tmp_path / "out"
    )
    export_corpus(TaskContext(), opened, corpora.corpus(opened), ExportPlan(Format.JSON), first.folder, force=True)
    assert (tmp_path / "out/manifest.json").is_file()


@pytest.mark.parametrize("paths", ["", ', "listing": 1', ', "listing": [["a.csv"], null]'])
def test_force_refuses_exports_that_do_not_list_their_files(tmp_path: Path, paths: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.csv").write_text("a")
    (tmp_path / "out/about.json").write_text(f'{{"program": "fairemo"{paths}}}')
    with pytest.raises(UserError, match=r"“a\.csv”"), fresh_folder(tmp_path / "out", force=True):
        pass
    assert (tmp_path / "out/a.csv").is_file()


@pytest.mark.parametrize("force", [True, False])
def test_what_comes_while_an_export_is_written_stays(tmp_path: Path, force: bool) -> None:
    with pytest.raises(UserError), fresh_folder(tmp_path / "out", force=force):
        (tmp_path / "out").mkdir()
        (tmp_path / "out/mine.txt").write_text("mine")
    assert (tmp_path / "out/mine.txt").is_file()
    assert left(tmp_path) == {"out"}


def test_files_and_links_are_not_replaced(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("mine")
    link.symlink_to(tmp_path)
    for place in (file, link):
        with pytest.raises(UserError, match="is a file"), fresh_folder(place, force=True):
            pass


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with fresh_folder(tmp_path / "out", force=False) as folder:
        (folder / "a").write_text("a")
    assert left(tmp_path) == {"out"}
    assert (tmp_path / "out/a").read_text() == "a"


@given(st.text(max_size=150))
def test_names_stay_in_their_folder(text: str) -> None:
    made = FreeNames().claim(PurePosixPath("/", text, ".."), ".eaf")
    assert not made.is_absolute()
    assert ".." not in made.parts
    for part in made.parts:
        assert part.strip(". ")
        assert not set(part) & set('/\\:*?"<>|\x00\n')


@pytest.mark.parametrize(
    ("text", "file"),
    [("..", "_"), ("a/b", "a_b"), ("CON", "_CON"), ("nul.txt", "_nul.txt"), ("=a b", "_a b"), ("é", "é")],
)
def test_safe_names(text: str, file: str) -> None:
    assert safe_name(text) == file


@pytest.mark.parametrize("letter", ["怒", "é", "a", "😠"])
def test_long_names_can_be_written(tmp_path: Path, letter: str) -> None:
    names = FreeNames()
    for _ in range(2):
        name = names.claim(PurePosixPath(letter * 300), ".TextGrid").name
        (tmp_path / name).write_text("a")
    assert len(safe_name(letter * 300).encode()) <= 200


def test_names_differ_whatever_their_letter_case() -> None:
    names = FreeNames()
    made = [names.claim(PurePosixPath(wanted), ".eaf").as_posix() for wanted in ("d/a", "d/A", "d/a", "d/:", "d/_")]
    assert made == ["d/a.eaf", "d/A (2).eaf", "d/a (3).eaf", "d/_.eaf", "d/_ (2).eaf"]


def test_the_export_is_of_one_moment(opened: Workspace, tmp_path: Path) -> None:
    """What another window writes while the export runs is not half in it."""
    with Workspace(tmp_path / "w.fairemo") as other:

        def hear(progress: Progress) -> None:
            if "manifest" in progress.text:
                with other.transaction() as db:
                    db.execute("DELETE FROM word")

        plan = ExportPlan(Format.CSV)
        report = export_corpus(TaskContext(hear), opened, corpora.corpus(opened), plan, tmp_path / "out")
    assert report.files["words.csv"] == 2
    assert opened.db.execute("SELECT COUNT(*) FROM word").fetchone()[0] == 0
