"""A target for whole corpora: small folders as tests build them, with files damaged, renamed, linked and doubled."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from fairemo_gui.corpora.importer import detect, importer
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.exports.plan import Format
from fairemo_gui.services.importing import import_corpus
from fairemo_gui.store import corpora
from fairemo_gui.store.workspace import Workspace
from tests.fuzz import oracle
from tests.fuzz.inputs import ODD, TARGETS, Target, text_of
from tests.fuzz.tables import UTTERANCE, crema_d_tables, rating_tables, written
from tests.unit.corpora import iemocap_builder, msp_builders, test_meld
from tests.unit.corpora.builders import sound, sounds
from tests.unit.corpora.test_audformat_db import database
from tests.unit.services import export_builders as export

# Path below the corpus's folder → what is there: its content, or where a link leads.
Tree = dict[str, "Node"]
Node = tuple[str, str]
_TEXT = (".csv", ".txt", ".json", ".yaml", ".wdseg")
_CELL = re.compile(r"([,;\t\n\r:\[\] ])")
_NAMES = (
    "a\udcff", "a\n", "\x1b[31m", "\u00e9", "e\u0301", " ", "..\\x", "C:\\a", "a" * 240, "-", "%s", "._", ".", "\u202e",
    "名", "'=",
)  # fmt: skip
_LINKS = ("", "/etc/passwd", "/dev/zero", "..", ".", "gone", "../../../../../../etc/hostname")
_MANY = 3000


def _crema_d(root: Path) -> None:
    for name, text in crema_d_tables().items():
        (root / name).write_text(text)
    sounds(root, ["AudioWAV/1001_IEO_NEU_XX.wav", "AudioWAV/1001_IEO_HAP_LO.wav"])


def _meld(root: Path) -> None:
    test_meld.build(root)
    test_meld.clip(root, "train", "dia0_utt0")


def _iemocap(root: Path) -> None:
    iemocap_builder.build(root)
    iemocap_builder.turn_sound(root, "Ses01F_impro01_F000")
    (root / "face_region_overrides.csv").write_text("dialogue,left\nSes01F_impro01,M\n")


def _manifest(root: Path) -> None:
    rows = [{**UTTERANCE, "audio": "a.wav", "video": "", "end": "0.1"}, {**UTTERANCE, "utterance_id": "u2"}]
    (root / "m.csv").write_text(written(rows))
    (root / "m_ratings.csv").write_text(str(next(iter(rating_tables()))))
    sound(root / "a.wav")


def _exported(root: Path) -> None:
    """What this program exports, beside its media: every companion there is."""
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder)
        corpus = export.bundle(export.media(there / "media"))
        with export.workspace(there / "w.fairemo", corpus) as opened:
            export.export(opened, there / "out", Format.CSV)
        shutil.copytree(there / "out", root, dirs_exist_ok=True)
        shutil.copytree(there / "media", root, dirs_exist_ok=True)


BUILDERS: dict[str, Callable[[Path], object]] = {
    "iemocap": _iemocap,
    "crema-d": _crema_d,
    "msp-podcast": msp_builders.podcast,
    "biic-podcast": lambda root: msp_builders.podcast(
        root, msp_builders.renamed(msp_builders.PODCAST, "MSP-PODCAST", "BIIC-PODCAST")
    ),
    "msp-improv": msp_builders.improv,
    "meld": _meld,
    "ravdess": lambda root: sounds(root, ["Actor_01/03-01-06-01-02-01-01.wav", "Actor_12/03-01-03-02-01-01-12.wav"]),
    "emodb": lambda root: sounds(root, ["wav/03a01Fa.wav", "wav/16b10Wb.wav"]),
    "audformat": database,
    "manifest": _manifest,
    "exported": _exported,
}


@cache
def tree(corpus: str) -> Tree:
    """A small whole corpus."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "corpus"
        root.mkdir()
        BUILDERS[corpus](root)
        files = sorted(path for path in root.rglob("*") if path.is_file())
        return {path.relative_to(root).as_posix(): ("file", path.read_bytes().decode("latin-1")) for path in files}


def laid_out(nodes: Tree, root: Path) -> None:
    """Make the folder of a tree; what the file system does not take is left out."""
    for name, (kind, content) in nodes.items():
        path = root / os.fsencode(name).decode("utf-8", "surrogateescape")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if kind == "file":
                path.write_bytes(content.encode("latin-1"))
            elif kind == "link":
                path.symlink_to(content or path.name)
            elif kind == "folder":
                path.mkdir()
            else:
                os.mkfifo(path)
        except (OSError, ValueError):
            continue


def _cell(draw: st.DrawFn, text: str) -> str:
    """One cell is another, as often in the header as below it."""
    end = draw(st.sampled_from([text.find("\n") + 1 or len(text), len(text)]))
    parts = _CELL.split(text[:end])
    place, other = (2 * draw(st.integers(0, len(parts) // 2)) for _ in range(2))
    parts[place] = draw(st.sampled_from(ODD) | st.just(None) | st.text(max_size=8)) or parts[other]
    return "".join(parts) + text[end:]


def _line(draw: st.DrawFn, text: str) -> str:
    """A line is gone, doubled, or there thousands of times."""
    lines = text.split("\n")
    place = draw(st.integers(0, len(lines) - 1))
    lines[place : place + 1] = [lines[place]] * draw(st.sampled_from([0, 2, _MANY if len(lines[place]) < _MANY else 2]))
    return "\n".join(lines)


def _long(draw: st.DrawFn, text: str) -> str:
    """A run of one sign, longer than any cell should be."""
    place = draw(st.integers(0, len(text)))
    return (
        text[:place]
        + draw(st.sampled_from("a0,;\"([\n -:+|.'")) * draw(st.sampled_from([70, 5000, 200_000]))
        + text[place:]
    )


def _piece(draw: st.DrawFn, text: str) -> str:
    """Cut off, or with something foreign in it."""
    place = draw(st.integers(0, len(text)))
    rest = text[place:] if draw(st.booleans()) else ""
    return (
        text[:place]
        + draw(st.sampled_from(["", "\0", "\udcff\udcfe", "\udc80", "\r", '"', "\x1a", "\udced\udca0\udc80"]))
        + rest
    )


def _delimiter(draw: st.DrawFn, text: str) -> str:
    return text.replace(draw(st.sampled_from(",;\t")), draw(st.sampled_from([",", ";", "\t", "|", "", "\n"])))


def _encoding(draw: st.DrawFn, text: str) -> str:
    name = draw(st.sampled_from(["utf-16", "utf-16-be", "utf-8-sig", "latin-1", "cp1252", "utf-32", "cp037"]))
    return text_of(text.encode(name, "replace"))


_TEXTS = (_cell, _cell, _cell, _cell, _line, _long, _piece, _delimiter, _encoding)


def _damaged(draw: st.DrawFn, nodes: Tree) -> None:
    """The content of one file."""
    names = [name for name, (kind, _) in nodes.items() if kind == "file" and name.endswith(_TEXT)]
    if not names:
        return
    name = draw(st.sampled_from(names))
    text = text_of(nodes[name][1].encode("latin-1"))
    changed = draw(st.sampled_from(_TEXTS))(draw, text)
    nodes[name] = ("file", changed.encode("utf-8", "surrogateescape").decode("latin-1"))


def _moved(draw: st.DrawFn, nodes: Tree) -> None:
    """The place of one file: another name, a copy elsewhere, a link, a folder, a pipe, or nothing."""
    name = draw(st.sampled_from(sorted(nodes)))
    folder, _, file = name.rpartition("/")
    stem, dot, ending = file.partition(".")
    odd = draw(st.sampled_from(_NAMES))
    other = draw(
        st.sampled_from(
            [f"{odd}{file}", f"{odd}{dot}{ending}", f"{odd}/{file}", file.upper(), f"{stem}{odd}{dot}{ending}"]
        )
    )
    node = nodes[name]
    match draw(st.sampled_from(["rename", "copy", "link", "folder", "pipe", "empty", "gone"])):
        case "rename":
            nodes[f"{folder}/{other}".lstrip("/")] = nodes.pop(name)
        case "copy":
            nodes[f"{folder}/{other}".lstrip("/")] = node
        case "link":
            nodes[name] = ("link", draw(st.sampled_from([*_LINKS, f"./{other}", *sorted(nodes)])))
        case "folder":
            nodes[name] = ("folder", "")
        case "pipe":
            nodes[name] = ("pipe", "")
        case "empty":
            nodes[name] = ("file", "")
        case "gone":
            del nodes[name]


@st.composite
def corpora_with_faults(draw: st.DrawFn) -> bytes:
    """An input: importer, leniency and tree, as JSON."""
    corpus = draw(st.sampled_from(sorted(BUILDERS)))
    nodes = dict(tree(corpus))
    for _ in range(draw(st.integers(1, 4))):
        if nodes:
            draw(st.sampled_from([_damaged, _damaged, _moved]))(draw, nodes)
    return encoded(corpus, draw(st.booleans()), nodes)


def encoded(corpus: str, skip_bad: bool, nodes: Tree) -> bytes:
    return json.dumps({"corpus": corpus, "skip_bad": skip_bad, "nodes": nodes}).encode()


def run(data: bytes, folder: Path) -> None:
    """Import a folder: refused in a sentence with no workspace made, or stored whole."""
    case: dict[str, Any] = json.loads(data)
    root, workspace = folder / "corpus", folder / "w.fairemo"
    root.mkdir()
    laid_out({name: (kind, content) for name, (kind, content) in case["nodes"].items()}, root)
    detect(root)
    name = importer("manifest" if case["corpus"] == "exported" else case["corpus"]).name
    try:
        report, _ = import_corpus(TaskContext(), workspace, name, root, skip_bad=case["skip_bad"])
    except UserError as error:
        oracle.refusal(error, root.name, *_file_names(root))
        assert not workspace.exists()
        return
    bundle, again = importer(name).read(TaskContext(), root, case["skip_bad"])
    oracle.bundle(bundle, root)
    oracle.problems(report.problems)
    assert again.to_json() == report.to_json()
    for warning in report.warnings:
        oracle.sentence(warning)
    with Workspace(workspace) as opened:
        assert len(corpora.utterance_ids(opened, 1)) == len(bundle.utterances) == report.utterances
        assert opened.db.table("rating").count == len(bundle.ratings)


def _file_names(root: Path) -> set[str]:
    """Files and their stems: what is absent is named after what is there."""
    names = {name for _, folders, files in os.walk(root) for name in (*folders, *files)}
    return names | {Path(name).stem for name in names}


TARGETS["folders"] = Target(
    "folders",
    run,
    lambda: [encoded(corpus, False, tree(corpus)) for corpus in BUILDERS],
    generated=corpora_with_faults,
    share=0.6,
)
