"""Targets for text that is taken apart in memory: raters' lines, filters, headers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from fairemo_gui.core.emotions import CREMA_D, IEMOCAP, MSP_IMPROV, MSP_PODCAST, ClassSelection
from fairemo_gui.core.records import Condition
from fairemo_gui.core.spreadsheet import neutralised, restored
from fairemo_gui.corpora import iemocap_text, msp_labels, msp_lists
from fairemo_gui.corpora.audformat_files import header_in
from fairemo_gui.corpora.audformat_tables import condition_in, seconds_of
from fairemo_gui.corpora.iemocap_text import SCALE, Turn
from fairemo_gui.corpora.msp_answers import Collector, Kind, Labels, code_of, letter_of, main_and_second, split_line
from fairemo_gui.corpora.msp_improv import KIND as IMPROV_KIND
from fairemo_gui.corpora.msp_improv import evaluation
from fairemo_gui.corpora.msp_podcast import MspPodcast
from fairemo_gui.corpora.plain_text import as_windows, read_text
from fairemo_gui.corpora.values import CellError, condition_of, emotion_of, number_of, truth_of, whole_number_of
from fairemo_gui.errors import UserError
from fairemo_gui.services.filter_grammar import FilterError
from fairemo_gui.services.filter_words import completions
from fairemo_gui.services.filters import compile_filter
from tests.fuzz import oracle
from tests.fuzz.inputs import ODD, target, text_of
from tests.unit.corpora import iemocap_builder, msp_builders
from tests.unit.corpora.iemocap_builder import lines
from tests.unit.services.columns import columns_of

DIALOGUE = "Ses01F_impro01"
COLUMNS = columns_of(40)
FILTERS = (
    'gender:f true:happy pred:neutral p<0.5 "eleven" not flagged', "disagree:voice,av or (wrong -rated)",
    "p(happy) >= .3 age:30-49,<30,50+,unknown", "bin:0.4-0.5 duration<2 fold:2 code:tie", "not (flagged or rated)",
    'race:"african american" speaker:1001 state:missing split:test dialogue:d1 intended:sad', "correct predicted",
)  # fmt: skip
HEADER = """\
name: mini
source: test
usage: research
license: CC0-1.0
raters:
  ann: {type: human}
schemes:
  emotion: {dtype: str, labels: [happiness, sadness]}
  speaker: {dtype: str, labels: {s1: {gender: female, age: 31}}}
  time: {dtype: time}
splits:
  dev: {type: dev}
tables:
  emotion.voice:
    type: segmented
    split_id: dev
    columns: {emotion: {scheme_id: emotion, rater_id: ann}}
misc_tables:
  people:
    levels: {id: str}
    columns: {gender: {}}
"""


def _windows_text(data: bytes, folder: Path) -> str:
    """An input as an importer of older corpora reads it; nothing where it is no text."""
    path = folder / "in.txt"
    path.write_bytes(data)
    text, problem = read_text(path, path.name)
    if problem is not None:
        oracle.problems([problem], path.name)
    return text or ""


def _turns(found: Iterable[Turn]) -> None:
    for turn in found:
        assert turn.code.startswith(f"{DIALOGUE}_")
        assert 0 <= turn.start < turn.end
        assert turn.emotion is None or turn.emotion in IEMOCAP.classes
        for answer in turn.answers:
            assert set(answer.votes or ()) <= set(IEMOCAP.classes)
            "".join(answer.comments).encode()
        for values in (turn.mean, *(answer.attributes for answer in turn.answers)):
            if values is not None:
                for value in (values.valence, values.activation, values.dominance):
                    oracle.number(value, *SCALE)


@target("iemocap-evaluation", lambda: map(lines, iemocap_builder.EVALUATIONS.values()), share=4)
def iemocap_evaluation(data: bytes, folder: Path) -> None:
    text = _windows_text(data, folder)
    turns, problems = iemocap_text.parse_evaluation(text, DIALOGUE, "in.txt")
    _turns(turns)
    oracle.problems(problems, "in.txt", lines=text.count("\n") + 1)
    assert len({turn.code for turn in turns}) == len(turns)


@target("iemocap-transcription", lambda: (lines(text) for text in iemocap_builder.TRANSCRIPTIONS.values()), share=4)
def iemocap_transcription(data: bytes, folder: Path) -> None:
    said, problems = iemocap_text.parse_transcription(_windows_text(data, folder), DIALOGUE, "in.txt")
    assert all(code.startswith(f"{DIALOGUE}_") for code in said)
    "".join(said.values()).encode()
    oracle.problems(problems, "in.txt")


@target("iemocap-alignment", lambda: [iemocap_builder.ALIGNMENT], share=4)
def iemocap_alignment(data: bytes, folder: Path) -> None:
    text = _windows_text(data, folder)
    words, problems = iemocap_text.parse_alignment(text, "in.txt")
    oracle.words(words)
    assert all(word.start < word.end for word in words)
    oracle.problems(problems, "in.txt", lines=text.count("\n") + 1)


def _labels(parse: msp_labels.Parse, kind: Kind, data: bytes, folder: Path) -> None:
    """A file of labels of the MSP family: verdicts and ratings of the corpus's own classes."""
    path = folder / "labels.txt"
    path.write_bytes(data)
    try:
        labels = msp_labels.read_labels(path, parse, kind)
    except UserError as error:
        oracle.refusal(error, path.name)
        return
    _verdicts(labels, kind)
    codes = {rating.utterance for rating in labels.ratings}
    oracle.ratings(labels.ratings, codes, kind.scheme, {rater.code for rater in labels.raters()})
    oracle.problems(labels.problems, path.name, lines=data.count(b"\n") + data.count(b"\r") + 1)
    for remark in labels.remarks():
        oracle.sentence(remark)


def _verdicts(labels: Labels, kind: Kind) -> None:
    assert len({verdict.code for verdict in labels.verdicts}) == len(labels.verdicts)
    for verdict in labels.verdicts:
        assert verdict.emotion is None or verdict.emotion in kind.scheme.classes
        for value in (verdict.activation, verdict.valence, verdict.dominance):
            oracle.number(value, *kind.scale)
        f"{verdict.code}{verdict.speaker}{verdict.gender}{verdict.split}".encode()


@target("msp-consensus-table", lambda: [msp_builders.consensus_csv()], share=3)
def msp_consensus_table(data: bytes, folder: Path) -> None:
    _labels(msp_labels.consensus_table, MspPodcast().kind, data, folder)


@target(
    "msp-detailed-table",
    lambda: [msp_builders.detailed_raw(), msp_builders.detailed_raw(quote=""), msp_builders.detailed_columns()],
    share=3,
)
def msp_detailed_table(data: bytes, folder: Path) -> None:
    _labels(msp_labels.detailed_table, MspPodcast().kind, data, folder)


@target("msp-labels-text", lambda: [msp_builders.labels_txt()], share=3)
def msp_labels_text(data: bytes, folder: Path) -> None:
    _labels(msp_labels.labels_text, MspPodcast().kind, data, folder)


@target(
    "msp-improv-text", lambda: [msp_builders.labels_txt(msp_builders.IMPROV).replace(";\n", "; N:4.0;\r\n")], share=3
)
def msp_improv_text(data: bytes, folder: Path) -> None:
    _labels(evaluation, IMPROV_KIND, data, folder)


@target(
    "msp-consensus-json", lambda: [msp_builders.consensus_json(), msp_builders.consensus_json(wrapped=True)], share=3
)
def msp_consensus_json(data: bytes, folder: Path) -> None:
    _labels(msp_labels.consensus_json, MspPodcast().kind, data, folder)


@target("msp-detailed-json", lambda: [msp_builders.detailed_json(), msp_builders.detailed_face_json()], share=3)
def msp_detailed_json(data: bytes, folder: Path) -> None:
    _labels(msp_labels.detailed_json, MspPodcast().kind, data, folder)


@target(
    "msp-answer",
    lambda: [a.line for turn in (*msp_builders.PODCAST, *msp_builders.IMPROV) for a in turn.answers],
    share=12,
)
def msp_answer(data: bytes, _: Path) -> None:
    text = data.decode("utf-8", "replace")
    found = Collector(Kind("any", MSP_IMPROV, Condition.AV, (1, 5), inverted_activation=True), "in.txt")
    found.add_line(1, "a.wav", text)
    labels = found.labels()
    assert len(labels.ratings) + len(labels.problems) == 1
    oracle.ratings(labels.ratings, {"a"}, MSP_IMPROV, {rater.code for rater in labels.raters()})
    oracle.problems(labels.problems, "in.txt")
    fields, _values = split_line(text)
    assert fields
    for read in (code_of, lambda text: letter_of(text, MSP_PODCAST), lambda _: main_and_second(fields)):
        try:
            read(text)
        except CellError as error:
            oracle.sentence(str(error))


@target(
    "msp-lists",
    lambda: [
        "Train; MSP-PODCAST_0001_0008.wav\nMSP-PODCAST_0001_0019.wav; Test1\n",
        "Speaker_0128; Female\nMSP-PODCAST_0001_0008.wav; Speaker_128\n",
    ],
    share=10,
)
def msp_partitions_and_speakers(data: bytes, _: Path) -> None:
    text, lines = as_windows(text_of(data))[0], data.count(b"\n") + data.count(b"\r") + 1
    splits = msp_lists.partitions_in(text, "in.txt")
    oracle.problems(splits.problems, "in.txt", lines=lines)
    assert all(code and split for code, split in splits.splits.items())
    spoken = msp_lists.speakers_in(text, "in.txt")
    oracle.problems(spoken.problems, "in.txt", lines=lines)
    for words in (splits.splits, spoken.speakers, spoken.genders):
        "".join((*words, *words.values())).encode()
    for split in splits.splits.values():
        msp_lists.split_of(split)


@target("filter", lambda: FILTERS, share=5)
def filter_language(data: bytes, _: Path) -> None:
    text = data.decode("utf-8", "replace")
    for completion in completions(text, len(text) // 2, COLUMNS):
        assert 0 <= completion.start <= completion.end <= len(text)
    try:
        mask = compile_filter(text, COLUMNS)
    except FilterError as error:
        assert 0 <= error.position <= len(text)
        assert error.length >= 0
        return
    assert mask.shape == (len(COLUMNS),)
    assert mask.dtype == np.bool_


@target("classes", lambda: ["neutral,happy,sad,anger", "neutral+sad,happy+fear"], share=5)
def classes(data: bytes, _: Path) -> None:
    text = data.decode("utf-8", "replace")
    try:
        chosen = ClassSelection.parse(text, CREMA_D)
    except UserError:
        return
    flat = [k for group in chosen.members for k in group]
    assert flat
    assert len(set(flat)) == len(flat)


@target("audformat-header", lambda: [HEADER], share=2)
def audformat_header(data: bytes, _: Path) -> None:
    try:
        header = header_in(text_of(data), "db.yaml")
    except UserError as error:
        oracle.refusal(error, "db.yaml")
        return
    for head in (*header.tables.values(), *header.misc.values()):
        assert all(isinstance(name, str) for name in head.known)


@target(
    "cells", lambda: [*(text for text in ODD if text), "0 days 00:00:01.5", "1.5s", "emotion.voice.votes"], share=12
)
def cells(data: bytes, _: Path) -> None:
    text = text_of(data).strip()
    readers = (
        seconds_of, condition_of, truth_of, lambda text: emotion_of(text, CREMA_D),
        lambda text: number_of(text, "it", 0, 10, decimal_comma=True), lambda text: whole_number_of(text, "it", 0, 10),
    )  # fmt: skip
    for read in readers:
        try:
            value = read(text)
        except CellError as error:
            oracle.sentence(str(error))
        else:
            oracle.number(value, 0, 7 * 86400) if isinstance(value, (int, float)) else None
    condition_in(text)
    assert restored(neutralised(text)) == text
