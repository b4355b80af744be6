"""IEMOCAP, a faithful miniature of it: texts, raters, media, and whose half of the picture it is."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairemo_gui.core.emotions import IEMOCAP, ClassSelection
from fairemo_gui.core.records import (
    Condition,
    FaceRegion,
    Gender,
    MediaState,
    RaterKind,
    Truth,
    Word,
)
from fairemo_gui.corpora.iemocap import FIVE_CLASSES, FOUR_CLASSES, WHOLE, WHOLE_BY_EMOTION, Iemocap
from fairemo_gui.corpora.iemocap_media import OVERRIDES
from fairemo_gui.corpora.importer import detect
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import CancelledError, TaskContext
from fairemo_gui.store import corpora, labels, ratings
from fairemo_gui.store.workspace import Workspace
from tests.unit.corpora.builders import Reader, sound, table
from tests.unit.corpora.iemocap_builder import (
    EVALUATIONS,
    align,
    build,
    dialogue_sound,
    dialogue_video,
    evaluation,
    turn_sound,
    whole,
)

CORPUS = Reader(Iemocap())
read, utterances = CORPUS.read, CORPUS.utterances

FIRST = "Ses01F_impro01"
TURNS = {
    "Ses01F_impro01_F000": "neutral",
    "Ses01F_impro01_F001": "frustrated",
    "Ses01F_impro01_M000": None,
    "Ses01M_script02_1_F000": "excited",
    "Ses01M_script02_1_M000": "happy",
    "Ses03M_impro05a_M000": "sad",
    "Ses05M_script01_1b_F026": "other",
    "Ses05M_script01_1b_M010": "anger",
}


def test_it_is_recognised_and_nothing_else_is(tmp_path: Path) -> None:
    (match,) = detect(build(tmp_path / "release"))
    assert (match.importer, match.why) == ("iemocap", f"evaluations of dialogues such as EmoEvaluation/{FIRST}.txt")
    assert Iemocap().recognises(tmp_path / "release/Session1/dialog/EmoEvaluation") is not None
    assert Iemocap().recognises(tmp_path / "release/Session1/dialog/transcriptions") is None
    assert Iemocap().recognises(tmp_path / "release/Session1/dialog/EmoEvaluation" / f"{FIRST}.txt") is None


def test_turns_have_speaker_dialogue_order_session_and_label(tmp_path: Path) -> None:
    bundle, report = read(build(tmp_path))
    label = {u.code: None if u.intended is None else IEMOCAP.classes[u.intended] for u in bundle.utterances}
    assert label == TURNS
    assert [(u.dialogue, u.turn) for u in bundle.utterances[:3]] == [(FIRST, 0), (FIRST, 1), (FIRST, 2)]
    assert {(u.speaker, u.fold) for u in bundle.utterances} == {
        ("Ses01F", 0), ("Ses01M", 0), ("Ses03M", 2), ("Ses05F", 4), ("Ses05M", 4),
    }  # fmt: skip
    assert {s.code: s.gender for s in bundle.speakers}["Ses05F"] is Gender.FEMALE
    assert report.by_gender == {"female": 4, "male": 4}
    assert report.by_emotion["unknown"] == 1
    assert bundle.facts == {"scale": [1, 5]}


def test_consensus_means_are_kept_and_no_agreement_is_said(tmp_path: Path) -> None:
    bundle, _ = read(build(tmp_path))
    consensus = {each.utterance: each for each in bundle.consensus}
    assert set(consensus) == set(TURNS)
    none = consensus["Ses01F_impro01_M000"]
    assert (none.valence, none.activation, none.dominance, none.no_agreement) == (1.5, 4.0, 4.5, True)
    assert (none.condition, none.source) == (Truth.INTENDED, f"Session1/dialog/EmoEvaluation/{FIRST}.txt")
    assert [code for code, each in consensus.items() if each.no_agreement] == ["Ses01F_impro01_M000"]


def test_every_answer_of_every_rater_is_a_rating_of_sound_and_picture(tmp_path: Path) -> None:
    bundle, report = read(build(tmp_path))
    assert report.ratings == len(bundle.ratings) == len({rating.uuid for rating in bundle.ratings}) == 18
    assert {rating.condition for rating in bundle.ratings} == {Condition.AV}
    by = {(rating.utterance, rating.rater): rating for rating in bundle.ratings}
    bored = by["Ses01F_impro01_F000", "iemocap:E4"]
    assert (bored.votes, bored.comment) == (("neutral", "other"), "a bit; bored (really): C-E9 / calm")
    assert (bored.valence, bored.activation, bored.dominance) == (2, 3, 3)
    only_attributes = by["Ses01F_impro01_M000", "iemocap:E1"]
    assert (only_attributes.votes, only_attributes.valence) == ((), 2)
    assert by["Ses05M_script01_1b_M010", "iemocap:E6"].votes == ("anger", "disgust", "fear")
    assert "Answers that say nothing were left out: 1." in report.warnings


def test_actors_who_rate_themselves_are_raters_of_their_own_kind_and_other_people_in_each_session(
    tmp_path: Path,
) -> None:
    bundle, _ = read(build(tmp_path))
    raters = {rater.code: (rater.kind, rater.gender) for rater in bundle.raters}
    assert raters["iemocap:E2"] == (RaterKind.IMPORTED, None)
    assert {code: who for code, who in raters.items() if who[0] is RaterKind.SELF} == {
        "iemocap:Ses01:F1": (RaterKind.SELF, Gender.FEMALE),
        "iemocap:Ses01:M1": (RaterKind.SELF, Gender.MALE),
        "iemocap:Ses03:M1": (RaterKind.SELF, Gender.MALE),
    }
    assert {rating.rater for rating in bundle.ratings} == set(raters)


def test_ratings_keep_their_ids_wherever_their_lines_stand(tmp_path: Path) -> None:
    before = {(r.utterance, r.rater): r.uuid for r in read(build(tmp_path))[0].ratings}
    blocks = EVALUATIONS[FIRST].strip().split("\n\n")
    evaluation(tmp_path, FIRST, "\n\n".join(reversed(blocks)))
    assert {(r.utterance, r.rater): r.uuid for r in read(tmp_path)[0].ratings} == before


def test_stored_labels_are_the_votes_of_the_evaluators_alone(tmp_path: Path) -> None:
    bundle, _ = read(build(tmp_path / "release"))
    with Workspace(tmp_path / "w.fairemo", create=True) as workspace:
        corpora.add_bundle(workspace, bundle)
        rows = corpora.table(workspace, 1)
        counts = labels.counts(workspace, rows.ids, Truth.AV, len(IEMOCAP))
        ids = corpora.utterance_ids(workspace, 1)
        with workspace.transaction():
            ratings.insert_all(workspace, bundle.raters, bundle.ratings, ids, IEMOCAP)
        assert len(ratings.history(workspace, ids["Ses01F_impro01_F000"])) == 4
    votes = dict(zip(IEMOCAP.classes, counts[rows.codes.index("Ses01F_impro01_M000")].tolist(), strict=True))
    assert {name: n for name, n in votes.items() if n} == {"anger": 1, "frustrated": 1, "other": 1, "surprise": 1}


def test_words_are_read_with_their_encoding_and_without_what_is_no_turn(tmp_path: Path) -> None:
    root = build(tmp_path)
    said = {code: utterance.transcript for code, utterance in utterances(root).items()}
    assert said["Ses01F_impro01_F001"] == "Is that: a café [BREATHING]?"
    assert said["Ses01F_impro01_M000"] == "That’s all."
    assert said["Ses03M_impro05a_M000"] is None
    _, report = read(root)
    assert [str(p) for p in report.problems] == [
        f"Session1/dialog/transcriptions/{FIRST}.txt: is not all UTF-8; the other bytes were read as Windows-1252"
    ]
    assert "Turns without a transcription (2 of 8): Ses03M_impro05a_M000, Ses05M_script01_1b_M010." in report.warnings
    assert "Turns without times of words: 7 of 8." in report.warnings


def test_without_media_turns_wait_where_the_release_keeps_them(tmp_path: Path) -> None:
    bundle, report = read(build(tmp_path))
    turn = bundle.utterances[0]
    assert (turn.audio, turn.video) == (
        f"Session1/dialog/wav/{FIRST}.wav",
        f"Session1/dialog/avi/DivX/{FIRST}.avi",
    )
    assert (turn.start, turn.end, turn.media_state) == (6.2901, 8.2357, MediaState.MISSING)
    assert report.media == {"missing": 8}
    assert "No media are here: such turns can be charted and compared, but not played." in report.warnings
    inner = read(tmp_path / "Session1")[0].utterances[0]
    assert inner.audio == f"dialog/wav/{FIRST}.wav"


def test_the_picture_is_the_dialogues_and_the_wearer_of_the_markers_sits_on_its_left(tmp_path: Path) -> None:
    root = build(tmp_path)
    for dialogue in EVALUATIONS:
        dialogue_video(root, dialogue)
    found = utterances(root)
    assert {code: utterance.face_region for code, utterance in found.items()} == {
        "Ses01F_impro01_F000": FaceRegion.LEFT,
        "Ses01F_impro01_F001": FaceRegion.LEFT,
        "Ses01F_impro01_M000": FaceRegion.RIGHT,
        "Ses01M_script02_1_F000": FaceRegion.RIGHT,
        "Ses01M_script02_1_M000": FaceRegion.LEFT,
        "Ses03M_impro05a_M000": FaceRegion.LEFT,
        "Ses05M_script01_1b_F026": FaceRegion.RIGHT,
        "Ses05M_script01_1b_M010": FaceRegion.LEFT,
    }
    assert {utterance.media_state for utterance in found.values()} == {MediaState.OK}
    turn = found["Ses01F_impro01_F000"]
    assert turn.audio == turn.video == f"Session1/dialog/avi/DivX/{FIRST}.avi"
    assert turn.words == (Word("EXCUSE", 6.3901, 6.8901), Word("ME", 6.9901, 7.2901))


def test_beside_a_picture_the_sound_is_the_dialogues_so_that_both_have_one_clock(tmp_path: Path) -> None:
    root = build(tmp_path)
    dialogue_video(root, FIRST)
    dialogue_sound(root, FIRST)
    turn_sound(root, "Ses01F_impro01_F000")
    turn = utterances(root)["Ses01F_impro01_F000"]
    assert turn.audio == f"Session1/dialog/wav/{FIRST}.wav"
    assert turn.video == f"Session1/dialog/avi/DivX/{FIRST}.avi"
    assert (turn.start, turn.end) == (6.2901, 8.2357)


def test_without_a_picture_a_turn_is_its_own_file_or_a_part_of_the_dialogues(tmp_path: Path) -> None:
    root = build(tmp_path)
    dialogue_sound(root, FIRST)
    turn_sound(root, "Ses01F_impro01_F000")
    found = utterances(root)
    own, part = found["Ses01F_impro01_F000"], found["Ses01F_impro01_F001"]
    assert own.audio == f"Session1/sentences/wav/{FIRST}/Ses01F_impro01_F000.wav"
    assert (own.start, own.end, own.video, own.face_region) == (None, None, None, FaceRegion.FULL)
    assert own.words == (Word("EXCUSE", 0.1, 0.6), Word("ME", 0.7, 1.0))
    assert (part.audio, part.start, part.end) == (f"Session1/dialog/wav/{FIRST}.wav", 8.5, 9.9)
    assert (own.media_state, part.media_state) == (MediaState.OK, MediaState.OK)
    _, report = read(root)
    assert report.media == {"ok": 3, "missing": 5}
    assert "No dialogue has its video (AVI) here: the turns have no picture." in report.warnings


def test_a_turn_that_cannot_be_heard_in_its_dialogue_is_taken_from_its_own_file(
    shared_data: Path, tmp_path: Path
) -> None:
    root = build(tmp_path)
    dialogue_video(root, FIRST, heard=False)
    video = dialogue_video(root, "Ses01M_script02_1")
    shutil.copy(shared_data / "malformed/text_renamed.mp4", video)
    for code in ("Ses01F_impro01_F000", "Ses01M_script02_1_F000"):
        turn_sound(root, code)
    found = utterances(root)
    for code in ("Ses01F_impro01_F000", "Ses01M_script02_1_F000"):
        assert found[code].audio == f"Session1/sentences/wav/{code[:-5]}/{code}.wav"
        assert (found[code].start, found[code].video, found[code].media_state) == (None, None, MediaState.NO_PICTURE)
    assert found["Ses01F_impro01_F001"].media_state is MediaState.NO_SOUND
    assert found["Ses01M_script02_1_M000"].media_state is MediaState.BROKEN
    _, report = read(root)
    assert any("Ses01M_script02_1.avi: " in str(problem) for problem in report.problems)
    assert report.left_out == ()


def test_turns_after_the_end_of_their_dialogue_are_marked(tmp_path: Path) -> None:
    root = build(tmp_path)
    dialogue_sound(root, FIRST, seconds=9.6)
    found = utterances(root)
    assert [found[f"{FIRST}_{k}"].media_state for k in ("F000", "F001", "M000")] == [
        MediaState.OK,
        MediaState.OK,
        MediaState.TRUNCATED,
    ]
    _, report = read(root)
    assert f"Session1/dialog/wav/{FIRST}.wav: ends at 9.60 s, before these turns do: {FIRST}_M000" in map(
        str, report.problems
    )
    turn_sound(root, f"{FIRST}_M000")
    assert utterances(root)[f"{FIRST}_M000"].media_state is MediaState.OK


def test_broken_sounds_of_turns_are_marked_and_the_rest_comes_in(shared_data: Path, tmp_path: Path) -> None:
    root = build(tmp_path)
    bad = {
        "Ses01F_impro01_F000": ("truncated_tail.wav", MediaState.TRUNCATED),
        "Ses01F_impro01_F001": ("truncated_header.wav", MediaState.BROKEN),
        "Ses01F_impro01_M000": ("zero_byte.wav", MediaState.EMPTY),
        "Ses01M_script02_1_F000": ("zero_samples.wav", MediaState.EMPTY),
        "Ses01M_script02_1_M000": ("all_silence.wav", MediaState.SILENT),
        "Ses03M_impro05a_M000": ("text_renamed.mp4", MediaState.BROKEN),
    }
    for code, (name, _) in bad.items():
        shutil.copy(shared_data / "malformed" / name, turn_sound(root, code))
    turn_sound(root, "Ses05M_script01_1b_F026")
    found = utterances(root)
    assert {code: found[code].media_state for code in bad} == {code: state for code, (_, state) in bad.items()}
    assert found["Ses05M_script01_1b_F026"].media_state is MediaState.OK
    _, report = read(root)
    assert {Path(problem.file).stem for problem in report.problems} == {*bad, FIRST}
    assert report.left_out == ()


def test_a_table_says_for_single_dialogues_who_sits_on_the_left(tmp_path: Path) -> None:
    root = build(tmp_path)
    table(root / OVERRIDES, f"dialogue,left\n{FIRST},M\nSes03M_impro05a,male")
    found = utterances(root)
    assert found[f"{FIRST}_F000"].face_region is FaceRegion.RIGHT
    assert found[f"{FIRST}_M000"].face_region is FaceRegion.LEFT
    assert found["Ses03M_impro05a_M000"].face_region is FaceRegion.LEFT


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (f"{FIRST},left", f"{OVERRIDES}, line 2: on the left is “left”; write F or M"),
        (f"{FIRST},", f"{OVERRIDES}, line 2: on the left is “”; write F or M"),
        (
            "Ses09F_impro01,F",
            f"{OVERRIDES}, line 2: “Ses09F_impro01” is no dialogue of this folder (such as {FIRST})",
        ),
        (f"{FIRST},F\n{FIRST},M", f"{OVERRIDES}, line 3: {FIRST} stands already on line 2"),
        (f"{FIRST}", f"{OVERRIDES}, line 2: has 1 cells where the header has 2"),
    ],
)
def test_a_wrong_row_of_that_table_is_one_sentence(tmp_path: Path, row: str, said: str) -> None:
    root = build(tmp_path)
    table(root / OVERRIDES, f"dialogue,left\n{row}")
    with pytest.raises(UserError) as caught:
        read(root)
    assert str(caught.value) == f"{said}: correct it, or leave such rows out with --skip-bad."
    bundle, report = read(root, skip_bad=True)
    assert len(bundle.utterances) == 8
    assert [str(problem) for problem in report.left_out] == [said]


def test_a_table_of_sides_without_its_columns_is_refused(tmp_path: Path) -> None:
    root = build(tmp_path)
    table(root / OVERRIDES, f"dialogue,region\n{FIRST},left")
    with pytest.raises(UserError, match=f"{OVERRIDES}, line 1: the column “left” is missing"):
        read(root)


def test_bad_rows_abort_all_at_once_or_are_left_out(tmp_path: Path) -> None:
    root = build(tmp_path)
    evaluation(root, "Ses02F_impro01", "[1 - 2]\tSes02F_impro01_F000\tzzz\t[1, 1, 1]\nC-E1:\tAnger;\t()")
    evaluation(root, "Ses02F_impro02", "[1 - 2]\tSes02F_impro02_F000\tsad\t[1, 1, 1]\nC-E1:\tBlue;\t()")
    evaluation(root, "Ses02F_impro03", "")
    (root / "Session2/dialog/EmoEvaluation/Ses02F_impro04.txt").write_bytes(b"\0\0")
    with pytest.raises(UserError) as caught:
        read(root)
    folder = "Session2/dialog/EmoEvaluation"
    assert str(caught.value).startswith(f"{folder}/Ses02F_impro01.txt, line 3: the emotion of Ses02F_impro01_F000 is")
    assert [problem.split(": ")[0] for problem in caught.value.problems] == [
        f"{folder}/Ses02F_impro01.txt, line 3",
        f"{folder}/Ses02F_impro02.txt, line 4",
        f"{folder}/Ses02F_impro03.txt",
        f"{folder}/Ses02F_impro04.txt",
    ]
    bundle, report = read(root, skip_bad=True)
    assert [u.code for u in bundle.utterances if u.fold == 1] == ["Ses02F_impro02_F000"]
    assert len(report.left_out) == 4


def test_a_broken_alignment_or_transcription_stops_nothing(tmp_path: Path) -> None:
    root = build(tmp_path)
    align(root, "Ses01F_impro01_F000", "0 1 WORD")
    (root / f"Session1/dialog/transcriptions/{FIRST}.txt").write_bytes(b"\0\0")
    bundle, report = read(root)
    assert (bundle.utterances[0].words, bundle.utterances[0].transcript) == ((), None)
    assert sorted(str(problem) for problem in report.problems) == [
        f"Session1/dialog/transcriptions/{FIRST}.txt: is no plain text; copy it again from its source",
        f"Session1/sentences/ForcedAlignment/{FIRST}/{FIRST}_F000.wdseg, line 1: has 3 cells where start, end, score "
        "and word should be; the turn comes in without times of words",
    ]


def test_two_files_of_one_dialogue_must_be_the_same(tmp_path: Path) -> None:
    root = build(tmp_path)
    copy = root / "backup/EmoEvaluation" / f"{FIRST}.txt"
    copy.parent.mkdir(parents=True)
    shutil.copy(root / f"Session1/dialog/EmoEvaluation/{FIRST}.txt", copy)
    _, report = read(root)
    assert any("is the same file as one of its name elsewhere" in str(problem) for problem in report.problems)
    copy.write_text("other")
    with pytest.raises(UserError, match="and other content; keep one of them"):
        read(root)


def test_what_no_evaluation_speaks_of_is_not_left_out_in_silence(tmp_path: Path) -> None:
    """Names a careless copy changed, words and sounds of turns nobody evaluated, a dialogue without evaluation."""
    folder = build(tmp_path) / "Session1/dialog/EmoEvaluation"
    (folder / "Ses01M_script02_1.txt").rename(folder / "ses01m_script02_1.TXT")
    said = tmp_path / "Session1/dialog/transcriptions" / f"{FIRST}.txt"
    said.write_bytes(said.read_bytes() + f"{FIRST}_F077 [011.0000-012.0000]: Lost.\n".encode())
    turn_sound(tmp_path, f"{FIRST}_M055")
    align(tmp_path, f"{FIRST}_M066", "")
    dialogue_sound(tmp_path, "Ses02F_impro01", 0.2)
    bundle, report = read(tmp_path)
    assert len(bundle.utterances) == 6
    assert [p.what for p in report.problems if p.file.endswith("ses01m_script02_1.TXT")] == [
        f"is not named like IEMOCAP's dialogues ({FIRST}) and was left out; correct the name"
    ]
    names = f"{FIRST}_F077, {FIRST}_M055, {FIRST}_M066, Ses01M_script02_1, Ses02F_impro01"
    assert f"Turns and dialogues that no evaluation speaks of were left out (5): {names}." in report.warnings
    (tmp_path / "Session1").rename(tmp_path.with_name("elsewhere"))
    (tmp_path / "Session1").symlink_to(tmp_path.with_name("elsewhere"))
    assert any(p.file == "“Session1”" and "link to a folder elsewhere" in p.what for p in read(tmp_path)[1].problems)


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    root = build(tmp_path / "corpus")
    outside = evaluation(tmp_path / "elsewhere", "Ses04F_impro01", "[1 - 2]\tSes04F_impro01_F000\tsad\t[1, 1, 1]")
    (root / "Session1/dialog/EmoEvaluation/Ses04F_impro01.txt").symlink_to(outside)
    bundle, report = read(root)
    assert len(bundle.utterances) == 8
    assert any("is a link out of the corpus's folder" in str(problem) for problem in report.problems)


def test_means_that_are_not_those_of_the_answers_are_said(tmp_path: Path) -> None:
    root = build(tmp_path)
    evaluation(root, FIRST, EVALUATIONS[FIRST].replace("[1.5000, 4.0000", "[1.0000, 4.0000"))
    _, report = read(root)
    assert any(f"not those of their evaluators' answers (1): {FIRST}_M000;" in text for text in report.warnings)
    assert "not those" not in " ".join(read(build(tmp_path / "again"))[1].warnings)


def test_four_and_five_classes_of_the_literature(tmp_path: Path) -> None:
    bundle, report = read(build(tmp_path))
    labels_there = np.array([u.intended for u in bundle.utterances if u.intended is not None])
    one_each = np.eye(len(IEMOCAP), dtype=np.int64)[labels_there]
    four, five = ClassSelection.parse(FOUR_CLASSES, IEMOCAP), ClassSelection.parse(FIVE_CLASSES, IEMOCAP)
    assert four.names == ("neutral", "happy+excited", "sad", "anger")
    assert five.names == (*four.names, "frustrated")
    assert four.merge_counts(one_each).sum(axis=0).tolist() == [1, 2, 1, 1]
    assert five.merge_counts(one_each).sum(axis=0).tolist() == [1, 2, 1, 1, 1]
    assert f"--classes {FIVE_CLASSES} selects 6 turns." in report.warnings


def test_a_whole_release_is_checked_against_the_known_counts(tmp_path: Path) -> None:
    root = whole(tmp_path)
    begin = time.perf_counter()
    bundle, report = read(root)
    assert time.perf_counter() - begin < 20
    assert len(bundle.utterances) == sum(WHOLE.values()) == sum(WHOLE_BY_EMOTION.values()) == 10_039
    assert len(bundle.ratings) == 3 * 10_039
    assert report.problems == ()
    assert report.warnings == (
        f"--classes {FOUR_CLASSES} selects 5531 turns.",
        f"--classes {FIVE_CLASSES} selects 7380 turns.",
        "No media are here: such turns can be charted and compared, but not played.",
    )
    path = root / "Session1/dialog/EmoEvaluation" / f"{FIRST}.txt"
    path.write_text(path.read_text().replace("\txxx\t", "\tdis\t", 1))
    assert "The labels are not those of the release: no agreement 2506, not 2507, disgust 3, not 2." in (
        read(root)[1].warnings
    )
    path.unlink()
    assert any(text.startswith("9978 of IEMOCAP's 10039 turns are here (Ses01 17") for text in read(root)[1].warnings)


@pytest.mark.parametrize("name", ["nothing", "file.txt", "empty"])
def test_what_is_no_corpus_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(UserError) as caught:
        read(tmp_path / name)
    assert name in str(caught.value)


@pytest.mark.parametrize("text", ["Reading the dialogues", "Looking into the media files"])
def test_a_cancel_stops_the_reading(tmp_path: Path, text: str) -> None:
    root = build(tmp_path)
    turn_sound(root, "Ses01F_impro01_F000")
    ctx = TaskContext(on_progress=lambda progress: ctx.cancel() if progress.text == text else None)
    with pytest.raises(CancelledError):
        Iemocap().read(ctx, root)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.binary(max_size=80),
    rows=st.lists(st.sampled_from([*EVALUATIONS[FIRST].split("\n"), "[1 - 2]", "C-E1: Anger"]) | st.text(max_size=9)),
    sides=st.text(max_size=12) | st.just(f"dialogue,left\n{FIRST},F"),
    skip_bad=st.booleans(),
)
def test_whatever_the_files_hold(tmp_path: Path, said: bytes, rows: list[str], sides: str, skip_bad: bool) -> None:
    root = tmp_path / "r"
    path = evaluation(root, FIRST, "")
    path.write_text("\n".join(row.strip() for row in rows), encoding="utf-8", errors="surrogatepass")
    (path.parent.parent / "transcriptions").mkdir(exist_ok=True)
    (path.parent.parent / f"transcriptions/{FIRST}.txt").write_bytes(said)
    align(root, f"{FIRST}_F000", "").write_bytes(said)
    (root / OVERRIDES).write_text(sides, encoding="utf-8", errors="surrogatepass")
    sound(root / f"Session1/dialog/wav/{FIRST}.wav")
    try:
        bundle, report = read(root, skip_bad)
    except UserError as error:
        assert all("\n" not in text and len(text) < 1500 for text in (str(error), *error.problems))
        return
    assert report.utterances == len(bundle.utterances) > 0
    codes = {utterance.code for utterance in bundle.utterances}
    assert {rating.utterance for rating in bundle.ratings} <= codes
    assert {each.utterance for each in bundle.consensus} == codes
    assert {rating.rater for rating in bundle.ratings} == {rater.code for rater in bundle.raters}
