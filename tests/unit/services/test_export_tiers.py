"""ELAN and Praat read what was written: times, tiers, overlaps, texts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from praatio import textgrid
from pympi.Elan import Eaf

from fairemo_gui.core.records import Speaker
from fairemo_gui.errors import UserError
from fairemo_gui.services.exports.plan import ExportReport, Format, Level
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.export_builders import bundle, export, media, workspace

Tiers = dict[str, list[tuple[float, float, str]]]
LOST = "utterances without times whose media cannot be measured"


@pytest.fixture
def opened(tmp_path: Path) -> Workspace:
    return workspace(tmp_path / "w.fairemo", bundle(media(tmp_path / "corpus")))


def elan(file: Path) -> tuple[Tiers, Any]:
    document = Eaf(str(file))
    tiers = {}
    for name in document.get_tier_names():
        found = sorted(document.get_annotation_data_for_tier(name))
        tiers[name] = [(start / 1000, end / 1000, text) for start, end, text in found]
    return tiers, document


def praat(file: Path) -> tuple[Tiers, Any]:
    grid = textgrid.openTextgrid(str(file), includeEmptyIntervals=False, reportingMode="error")
    return {name: [tuple(e) for e in grid.getTier(name).entries] for name in grid.tierNames}, grid


@pytest.mark.parametrize(("form", "suffix", "read"), [(Format.EAF, "eaf", elan), (Format.TEXTGRID, "TextGrid", praat)])
def test_a_dialogue_in_which_two_talk_at_once(
    opened: Workspace, tmp_path: Path, form: Format, suffix: str, read: Any
) -> None:
    report: ExportReport = export(opened, tmp_path / "out", form)
    assert report.files == {f"*.{suffix}": 3}
    assert report.left_out == {
        LOST: 1,
        "ratings that were replaced or taken back (tiers hold what stands)": 3,
        "ratings without an emotion (tiers hold what stands)": 1,
    }
    assert {path.name for path in (tmp_path / "out").rglob(f"*.{suffix}")} == {
        f"d1.{suffix}", f"clip.{suffix}", f"+clip2.{suffix}",
    }  # fmt: skip
    tiers, _ = read(tmp_path / f"out/d1/d1.{suffix}")
    assert tiers == {
        "utterance@ann": [(1.0, 3.0, "d1_000"), (4.25, 6.0, "d1_002")],
        "utterance@=bob": [(2.5, 4.25, "d1_001")],
        "transcript@ann": [(1.0, 3.0, 'Well, "yes" and no')],
        "transcript@=bob": [(2.5, 4.25, "=SUM(A1:A2)")],
        "words@ann": [(1.0, 1.25, "Well"), (1.25, 3.0, "=yes")],
        "consensus:voice@ann": [(1.0, 3.0, "anger:sad")],
        "consensus:av@ann": [(1.0, 3.0, "happy"), (4.25, 6.0, "anger:neutral")],
        "consensus:voice@=bob": [(2.5, 4.25, "fear")],
        "intended@ann": [(1.0, 3.0, "anger"), (4.25, 6.0, "sad")],
        "intended@=bob": [(2.5, 4.25, "neutral")],
        "voice:zoe@ann": [(1.0, 3.0, "anger")],
        "voice:-1@ann": [(1.0, 3.0, "sad")],
        "av:zoe@ann": [(1.0, 3.0, "happy")],
        "voice:zoe@=bob": [(2.5, 4.25, "fear")],
        "voice:-1@=bob": [(2.5, 4.25, "fear")],
        "voice:=bob@=bob": [(2.5, 4.25, "neutral")],
        "voice:chief@=bob": [(2.5, 4.25, "sad")],
    }


def test_a_clip_without_times_lasts_as_long_as_its_media(opened: Workspace, tmp_path: Path) -> None:
    export(opened, tmp_path / "e", Format.EAF)
    export(opened, tmp_path / "t", Format.TEXTGRID)
    assert elan(tmp_path / "e/clip.eaf")[0]["voice:zoe"] == [(0.0, 0.5, "neutral+sad+happy")]
    tiers, grid = praat(tmp_path / "t/clip.TextGrid")
    assert tiers["consensus:voice"] == [(0.0, 0.5, "happy:neutral:sad")]
    assert (grid.minTimestamp, grid.maxTimestamp) == (0.0, 0.5)
    assert praat(tmp_path / "t/d1/d1.TextGrid")[1].maxTimestamp == 8.0


def test_elan_finds_media_speakers_and_raters(opened: Workspace, tmp_path: Path) -> None:
    export(opened, tmp_path / "out", Format.EAF)
    _, document = elan(tmp_path / "out/d1/d1.eaf")
    linked = document.get_linked_files()
    assert [(each["RELATIVE_MEDIA_URL"], each["MIME_TYPE"]) for each in linked] == [("./d1.wav", "audio/x-wav")]
    assert linked[0]["MEDIA_URL"] == f"file://{tmp_path.as_posix()}/corpus/d1/d1.wav"
    parameters = document.get_parameters_for_tier("voice:zoe@=bob")
    assert (parameters["PARTICIPANT"], parameters["ANNOTATOR"]) == ("=bob", "zoe")


def test_no_sign_in_a_name_spoils_a_file(tmp_path: Path) -> None:
    """XML knows no control characters, and neither format more than one line."""
    odd, corpus = 'a\x01"<&>\n=b', bundle(media(tmp_path / "corpus"))
    speakers = (*corpus.speakers, Speaker(odd))
    utterances = tuple(replace(u, speaker=odd, transcript=odd) if u.code == "clip" else u for u in corpus.utterances)
    ratings = tuple(replace(r, rater=odd) if r.utterance == "clip" else r for r in corpus.ratings)
    corpus = replace(corpus, speakers=speakers, utterances=utterances, ratings=ratings)
    with workspace(tmp_path / "w.fairemo", corpus) as opened:
        export(opened, tmp_path / "eaf", Format.EAF)
        export(opened, tmp_path / "grid", Format.TEXTGRID)
    tiers = Eaf(str(tmp_path / "eaf/clip.eaf")).tiers
    grid = textgrid.openTextgrid(str(tmp_path / "grid/clip.TextGrid"), includeEmptyIntervals=False)
    assert 'voice:a "<&> =b' in tiers
    assert 'voice:a "<&> =b' in grid.tierNames
    assert grid.getTier("transcript").entries[0].label == 'a "<&> =b'


def test_levels_choose_tiers(opened: Workspace, tmp_path: Path) -> None:
    export(opened, tmp_path / "d", Format.TEXTGRID, level=Level.DETAILED)
    export(opened, tmp_path / "c", Format.TEXTGRID, level=Level.CONSENSUS)
    assert set(praat(tmp_path / "d/clip.TextGrid")[0]) == {"utterance", "transcript", "voice:zoe"}
    assert set(praat(tmp_path / "c/clip.TextGrid")[0]) == {"utterance", "transcript", "consensus:voice"}


def test_one_rater_who_answered_twice_has_two_tiers(tmp_path: Path) -> None:
    corpus = bundle(media(tmp_path / "corpus"))
    again = replace(corpus.ratings[10], uuid="00000000-0000-0000-0000-000000000001", votes=("fear",))
    opened = workspace(tmp_path / "w.fairemo", replace(corpus, ratings=(*corpus.ratings, again)))
    export(opened, tmp_path / "out", Format.EAF)
    tiers, _ = elan(tmp_path / "out/clip.eaf")
    assert tiers["voice:zoe"] == [(0.0, 0.5, "neutral+sad+happy")]
    assert tiers["voice:zoe (2)"] == [(0.0, 0.5, "fear")]


def test_without_any_clock_there_is_a_sentence(tmp_path: Path) -> None:
    opened = workspace(tmp_path / "w.fairemo", bundle(tmp_path / "nowhere"))
    with pytest.raises(UserError, match=r"can be placed on a clock.*3 utterances without times"):
        export(opened, tmp_path / "out", Format.EAF, where="code:clip or code:lost")
    assert not (tmp_path / "out").exists()
