"""MELD: three tables whose ids begin anew, and the clips beside them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairemo_gui.core.emotions import MELD
from fairemo_gui.core.records import Gender, MediaState
from fairemo_gui.corpora.importer import detect
from fairemo_gui.corpora.meld import EMOTIONS, TABLES, WHOLE, Meld
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import CancelledError, TaskContext
from tests.unit.corpora.builders import Reader, sound

CORPUS = Reader(Meld())
read, utterances = CORPUS.read, CORPUS.utterances

HEADER = "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime"
TIMES = '8,21,"00:16:16,059","00:16:21,731"'
ROWS = {
    "train": f"""
        1,"also I was the point person, on my company\x92s transition",Chandler,neutral,neutral,0,0,{TIMES}
        2,You must\x92ve had your hands full.,The Interviewer,neutral,neutral,0,1,{TIMES}
        3,That I did. That I did.,Chandler,joy,positive,0,2,{TIMES}
        4,"Oh!
        No!",Monica,surprise,negative,0,3,{TIMES}
        5,Oh.,Monica,surprise,positive,0,4,{TIMES}
        6,Oh?,Monica,surprise,negative,0,5,{TIMES}
        7,Broken.,Ross,anger,negative,125,3,{TIMES}
    """,
    "dev": f"""
        1,Hi,Phoebe,sadness,negative,0,0,{TIMES}
        2,No clip.,Joey,disgust,negative,110,7,{TIMES}
    """,
    "test": """
        1,Hey,Rachel,fear,negative,0,0,8,21,"00:16:21,731","00:16:21,731"
        2,Yes,Monica and Ross,neutral,neutral,0,1,8,21,,
    """,
}
FOLDERS = {"train": "train_splits", "dev": "dev_splits_complete", "test": "output_repeated_splits_test"}


def split_table(root: Path, split: str, rows: str) -> Path:
    """The table of a split, as Windows writes it."""
    path = root / TABLES[split]
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [line.strip() for line in rows.strip().split("\n")]
    path.write_bytes("\r\n".join([HEADER, *lines, ""]).encode("latin-1"))
    return path


def build(root: Path) -> Path:
    """The three tables."""
    for split, rows in ROWS.items():
        split_table(root, split, rows)
    return root


def clip(root: Path, split: str, name: str) -> Path:
    """A clip; it holds sound alone, which is enough to be found and looked into."""
    path = root / FOLDERS[split] / f"{name}.mp4"
    path.parent.mkdir(parents=True, exist_ok=True)
    return sound(root / "raw.wav", seed=len(split) + sum(name.encode())).rename(path)


def test_it_is_recognised(tmp_path: Path) -> None:
    (match,) = detect(build(tmp_path / "meld"))
    assert (match.importer, match.why) == (
        "meld", "its tables train_sent_emo.csv, dev_sent_emo.csv, test_sent_emo.csv",
    )  # fmt: skip
    assert Meld().recognises(tmp_path / "meld" / TABLES["dev"]) is None


def test_rows_of_each_split_are_utterances_of_their_own(tmp_path: Path) -> None:
    bundle, report = read(build(tmp_path))
    assert [u.code for u in bundle.utterances if u.code.endswith("dia0_utt0")] == [
        "train_dia0_utt0",
        "dev_dia0_utt0",
        "test_dia0_utt0",
    ]
    found = {utterance.code: utterance for utterance in bundle.utterances}
    one = found["train_dia0_utt2"]
    assert (one.speaker, one.dialogue, one.turn, one.split) == ("Chandler", "train_dia0", 2, "train")
    assert (one.start, one.end, one.transcript) == (None, None, "That I did. That I did.")
    assert one.intended == MELD.classes.index("happy")
    assert report.by_emotion == {
        "anger": 1, "disgust": 1, "fear": 1, "happy": 1, "neutral": 3, "sad": 1, "surprise": 3,
    }  # fmt: skip
    assert bundle.scheme == MELD
    assert bundle.ratings == ()
    assert set(EMOTIONS.values()) == set(MELD.classes)


def test_punctuation_of_windows_is_read_and_said(tmp_path: Path) -> None:
    bundle, report = read(build(tmp_path))
    assert bundle.utterances[0].transcript == "also I was the point person, on my company’s transition"
    assert bundle.utterances[3].transcript == "Oh! No!"
    assert "train_sent_emo.csv is not all UTF-8; the other bytes were read as Windows-1252." in report.warnings
    assert not any(text.startswith("dev_sent_emo.csv") for text in report.warnings)


def test_only_the_six_main_characters_have_a_known_gender(tmp_path: Path) -> None:
    bundle, report = read(build(tmp_path))
    genders = {speaker.code: speaker.gender for speaker in bundle.speakers}
    assert genders == {
        "Chandler": Gender.MALE, "Joey": Gender.MALE, "Monica": Gender.FEMALE, "Monica and Ross": None,
        "Phoebe": Gender.FEMALE, "Rachel": Gender.FEMALE, "Ross": Gender.MALE, "The Interviewer": None,
    }  # fmt: skip
    assert (
        "Of 2 speakers the gender is unknown, for MELD does not give it (2 utterances): Monica and Ross, "
        "The Interviewer." in report.warnings
    )


def test_sentiments_are_kept_without_repeating_the_emotion(tmp_path: Path) -> None:
    bundle, _ = read(build(tmp_path))
    sentiment = bundle.facts["sentiment"]
    assert isinstance(sentiment, dict)
    assert sentiment["by_emotion"]["surprise"] == "negative"
    assert sentiment["by_emotion"]["happy"] == "positive"
    assert sentiment["otherwise"] == {"train_dia0_utt4": "positive"}


def test_what_is_missing_or_odd_is_said(tmp_path: Path) -> None:
    bundle, report = read(build(tmp_path))
    assert "Not all of MELD is here: train 7 of 9989, dev 2 of 1109, test 2 of 2610." in report.warnings
    assert (
        "Times in the episode that mean nothing (1): test_dia0_utt0; they are not needed, for a clip is one whole file."
        in report.warnings
    )
    defects = {u.code: u.defect for u in bundle.utterances if u.defect}
    assert defects == {
        "train_dia125_utt3": "its clip was released broken",
        "dev_dia110_utt7": "its clip was never released",
    }
    assert sum(WHOLE.values()) == 13_708


def test_clips_are_found_by_split_at_any_depth(tmp_path: Path) -> None:
    root = build(tmp_path)
    for split in FOLDERS:
        clip(root, split, "dia0_utt0")
    (root / "MELD.Raw/train").mkdir(parents=True)
    (root / "train_splits").rename(root / "MELD.Raw/train/train_splits")
    clip(root, "test", "dia0_utt1").rename(root / "output_repeated_splits_test/final_videos_testdia0_utt1.mp4")
    (root / "output_repeated_splits_test/._dia0_utt1.mp4").write_bytes(b"\0")
    clip(root, "test", "dia77_utt0").with_name("Dia1_Utt0.mp4").write_bytes(b"x")
    clip(root, "test", "dia0_utt9").rename(root / "dia0_utt1.mp4")
    found = utterances(root)
    assert found["train_dia0_utt0"].audio == "MELD.Raw/train/train_splits/dia0_utt0.mp4"
    assert found["dev_dia0_utt0"].audio == "dev_splits_complete/dia0_utt0.mp4"
    assert found["test_dia0_utt0"].audio == "output_repeated_splits_test/dia0_utt0.mp4"
    assert found["test_dia0_utt1"].media_state is MediaState.MISSING
    _, report = read(root)
    assert report.media == {"missing": 8, "no picture": 3}
    assert "Files called final_videos_test… are copies and were left out: 1." in report.warnings
    odd = "output_repeated_splits_test/Dia1_Utt0.mp4"
    assert f"Clips that stand in no table were left out (2): {odd}, test_dia77_utt0." in report.warnings
    assert (
        "No clips are here for 8 of 11 utterances: such utterances can be charted and compared, but not played."
        in report.warnings
    )
    assert "dia0_utt1.mp4: lies in no folder of train, dev or test and was left out" in map(str, report.problems)


def test_without_clips_utterances_wait_where_the_release_keeps_them(tmp_path: Path) -> None:
    utterance = utterances(build(tmp_path))["dev_dia110_utt7"]
    assert (utterance.audio, utterance.video) == ("dev_splits_complete/dia110_utt7.mp4",) * 2
    assert utterance.media_state is MediaState.MISSING


def test_a_split_alone_needs_no_folder_that_names_it(tmp_path: Path) -> None:
    split_table(tmp_path, "dev", ROWS["dev"])
    clip(tmp_path, "dev", "dia0_utt0").rename(tmp_path / "dia0_utt0.mp4")
    assert utterances(tmp_path)["dev_dia0_utt0"].audio == "dia0_utt0.mp4"


def test_a_sound_beside_a_clip_is_heard(shared_data: Path, tmp_path: Path) -> None:
    root = build(tmp_path)
    shutil.copy(shared_data / "faces/single_face.mp4", clip(root, "train", "dia0_utt0"))
    sound(root / "train_splits/dia0_utt0.wav")
    utterance = utterances(root)["train_dia0_utt0"]
    assert (utterance.audio, utterance.video) == ("train_splits/dia0_utt0.wav", "train_splits/dia0_utt0.mp4")
    assert utterance.media_state is MediaState.OK


def test_broken_clips_are_marked(shared_data: Path, tmp_path: Path) -> None:
    root = build(tmp_path)
    bad = {
        "dia0_utt0": ("text_renamed.mp4", MediaState.BROKEN),
        "dia0_utt1": ("truncated_video.mp4", MediaState.BROKEN),
        "dia0_utt2": ("no_audio_stream.mp4", MediaState.NO_SOUND),
        "dia0_utt3": ("zero_byte.wav", MediaState.EMPTY),
        "dia125_utt3": ("rotated_90.mp4", MediaState.OK),
    }
    for name, (file, _) in bad.items():
        shutil.copy(shared_data / "malformed" / file, clip(root, "train", name))
    found = utterances(root)
    assert {name: found[f"train_{name}"].media_state for name in bad} == {n: state for n, (_, state) in bad.items()}
    assert read(root)[1].left_out == ()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (f"9,x,Ross,bored,neutral,0,0,{TIMES}", "the emotion is “bored”; MELD has anger, disgust, fear, joy"),
        (f"9,x,Ross,,neutral,0,0,{TIMES}", "the emotion is “”"),
        (f"9,x,Ross,joy,good,0,0,{TIMES}", "the sentiment is “good”; MELD has negative, neutral, positive"),
        (f"9,x,,joy,positive,0,0,{TIMES}", "names no speaker"),
        (f"9,x,Ross,joy,positive,,0,{TIMES}", "Dialogue_ID is empty"),
        (f"9,x,Ross,joy,positive,0,-1,{TIMES}", "Utterance_ID is -1, which is outside 0 to 1000000"),
        (f"9,x,Ross,joy,positive,0,a,{TIMES}", "Utterance_ID is “a”, which is no number"),
        (f"9,x,Ross,joy,positive,7,7,{TIMES}", "dev_dia7_utt7 stands already on line 2"),
        ("9,x,Ross", "has 3 cells where the header has 11"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: str, said: str) -> None:
    root = build(tmp_path)
    split_table(root, "dev", f"1,Hi,Phoebe,sadness,negative,7,7,{TIMES}\n{row}")
    with pytest.raises(UserError) as caught:
        read(root)
    assert str(caught.value).startswith("dev_sent_emo.csv, line 3: ")
    assert said in str(caught.value)
    bundle, report = read(root, skip_bad=True)
    assert [u.code for u in bundle.utterances if u.split == "dev"] == ["dev_dia7_utt7"]
    assert len(report.left_out) == 1


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    (build(tmp_path) / TABLES["test"]).write_text("Utterance,Speaker,Emotion\nx,Ross,joy\n")
    with pytest.raises(
        UserError, match=r"test_sent_emo\.csv, line 1: the columns “Sentiment” and “Dialogue_ID” and “Utterance_ID”"
    ):
        read(tmp_path)


def test_two_clips_of_one_name_must_be_the_same(tmp_path: Path) -> None:
    root = build(tmp_path)
    first = clip(root, "train", "dia0_utt0")
    (root / "again/train").mkdir(parents=True)
    shutil.copy(first, root / "again/train/dia0_utt0.mp4")
    assert any("is the same file as one of its name elsewhere" in str(p) for p in read(root)[1].problems)
    clip(root, "train", "dia5_utt5").rename(root / "again/train/dia0_utt0.mp4")
    with pytest.raises(UserError, match="and other content; keep one of them"):
        read(root)


@pytest.mark.parametrize("name", ["nothing", "file.txt", "empty"])
def test_what_is_no_corpus_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(UserError) as caught:
        read(tmp_path / name)
    assert name in str(caught.value)


def test_a_corpus_read_twice_is_the_same_and_a_cancel_stops_it(tmp_path: Path) -> None:
    root = build(tmp_path)
    assert read(root)[0] == read(root)[0]
    clip(root, "train", "dia0_utt0")
    ctx = TaskContext(on_progress=lambda progress: ctx.cancel() if "media" in progress.text else None)
    with pytest.raises(CancelledError):
        Meld().read(ctx, root)


WORDS = "x Ross joy anger positive neutral 0 1 -1 1e999 ٣ 1_0 00:16:16,059"
cells = st.sampled_from([*WORDS.split(), ""])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            *[st.sampled_from(each) for each in (["1"], ["Hi"], ["Ross"], ["joy"], ["positive"], "01", "01")]
        ).map(lambda row: [*row, "1", "2", "00:00:01,0", "00:00:02,0"])
        | st.lists(cells | st.text(max_size=5), min_size=9, max_size=12),
        max_size=5,
    ),
    skip_bad=st.booleans(),
)
def test_whatever_a_table_holds(tmp_path: Path, rows: list[list[str]], skip_bad: bool) -> None:
    lines = [",".join('"' + cell.replace('"', "") + '"' for cell in row) for row in rows]
    path = tmp_path / TABLES["test"]
    path.write_text("\n".join([HEADER, *lines]), encoding="utf-8", errors="surrogatepass")
    try:
        bundle, report = read(tmp_path, skip_bad)
    except UserError as error:
        assert all("\n" not in text and len(text) < 1500 for text in (str(error), *error.problems))
        return
    assert report.utterances == len(bundle.utterances) == len({u.code for u in bundle.utterances}) > 0
    assert {u.speaker for u in bundle.utterances} == {speaker.code for speaker in bundle.speakers}
    assert all(u.intended is not None and 0 <= u.intended < len(MELD) for u in bundle.utterances)
