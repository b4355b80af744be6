"""MSP-Podcast and BIIC-Podcast: miniatures in every form, with what the real ones have in store."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from fairemo_gui.core.records import Condition, CorpusBundle, Gender, MediaState, RaterKind, Truth
from fairemo_gui.corpora.biic_podcast import BiicPodcast
from fairemo_gui.corpora.importer import detect
from fairemo_gui.corpora.msp_podcast import MspPodcast
from fairemo_gui.corpora.report import ImportReport
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import CancelledError, TaskContext
from tests.unit.corpora import msp_builders as build
from tests.unit.corpora.builders import Reader, sound

read = Reader(MspPodcast()).read


@pytest.fixture(scope="module")
def mini(tmp_path_factory: pytest.TempPathFactory) -> tuple[CorpusBundle, ImportReport]:
    return read(build.podcast(tmp_path_factory.mktemp("podcast")))


def test_turns(mini: tuple[CorpusBundle, ImportReport]) -> None:
    bundle, report = mini
    turns = {turn.code: turn for turn in bundle.utterances}
    first = turns["MSP-PODCAST_0001_0008"]
    assert (first.audio, first.video, first.media_state) == ("Audios/MSP-PODCAST_0001_0008.wav", None, MediaState.OK)
    assert (first.speaker, first.split, first.dialogue, first.turn) == ("127", "train", "MSP-PODCAST_0001", 8)
    assert first.transcript == "I'm so happy"
    assert bundle.scheme.classes[first.intended or 0] == "happy"
    assert (turns["MSP-PODCAST_0002_0003_0001"].turn, turns["MSP-PODCAST_0002_0003_0001"].split) == (3, "validation")
    assert report.by_emotion == {"happy": 1, "surprise": 1, "contempt": 1, "other": 1, "unknown": 2}
    assert report.by_gender == {"female": 2, "male": 2, "unknown": 2}
    assert (report.utterances, report.ratings, report.media, report.problems) == (6, 9, {"ok": 6}, ())


def test_a_hidden_label_is_no_label(mini: tuple[CorpusBundle, ImportReport]) -> None:
    bundle, report = mini
    hidden = bundle.utterances[-1]
    assert (hidden.code, hidden.split, hidden.intended) == ("MSP-PODCAST_2000_0001", "test3", None)
    assert "Turns without a label are kept without one (1): MSP-PODCAST_2000_0001." in report.warnings


def test_no_agreement_is_kept_with_the_means(mini: tuple[CorpusBundle, ImportReport]) -> None:
    bundle, report = mini
    said = {each.utterance: each for each in bundle.consensus}
    assert len(said) == 5
    x = said["MSP-PODCAST_0001_0019"]
    assert (x.no_agreement, x.condition, x.activation, x.valence, x.dominance) == (True, Truth.VOICE, 3.5, 4.0, 4.5)
    assert x.source == "labels_consensus.csv"
    assert "Turns on which the raters did not agree: 1." in report.warnings


def test_unknown_speakers_are_one_person_per_podcast_and_gender(mini: tuple[CorpusBundle, ImportReport]) -> None:
    bundle, report = mini
    people = {speaker.code: speaker.gender for speaker in bundle.speakers}
    assert people == {
        "127": Gender.FEMALE, "128": Gender.MALE, "129": Gender.FEMALE, "unknown MSP-PODCAST_0001": None,
        "unknown MSP-PODCAST_0001 male": Gender.MALE, "unknown MSP-PODCAST_2000": None,
    }  # fmt: skip
    assert any(warning.startswith("Turns of unknown speakers (3)") for warning in report.warnings)


def test_raters_are_named_after_the_corpus(mini: tuple[CorpusBundle, ImportReport]) -> None:
    bundle, _ = mini
    assert {rater.kind for rater in bundle.raters} == {RaterKind.IMPORTED}
    assert {rater.code for rater in bundle.raters} == {f"msp-podcast:{build.w(k)}" for k in (1, 2, 3, 4, 5, 9)}
    assert {rating.condition for rating in bundle.ratings} == {Condition.VOICE}


def test_reading_again_gives_the_same_whatever_the_form(tmp_path: Path) -> None:
    first, _ = read(build.podcast(tmp_path / "a"))
    again, _ = read(tmp_path / "a")
    assert first == again
    other = build.podcast(tmp_path / "b")
    for name in ("labels_consensus.csv", "labels_detailed.csv"):
        (other / "Labels" / name).unlink()
    (other / "Labels/labels_consensus.json").write_text(build.consensus_json())
    (other / "Labels/labels_detailed.json").write_text(build.detailed_json())
    second, _ = read(other)
    assert (second.ratings, second.utterances, second.speakers) == (first.ratings, first.utterances, first.speakers)


def test_plain_text_with_lists_beside_it(tmp_path: Path) -> None:
    root = build.podcast(tmp_path)
    for name in ("labels_consensus.csv", "labels_detailed.csv"):
        (root / "Labels" / name).unlink()
    (root / "Labels/Labels.txt").write_text(build.labels_txt())
    (root / "Partition.txt").rename(root / "Partitions.txt")
    lines = (root / "Speaker_ids.txt").read_text()
    (root / "Speaker_ids.txt").write_text(f"Speaker_127; Female\nSpeaker_128; Male\nSpeaker_129; Female\n{lines}")
    bundle, report = read(root)
    assert (report.ratings, report.by_gender) == (9, {"female": 2, "male": 1, "unknown": 3})
    assert Counter(u.split for u in bundle.utterances) == {"train": 3, "validation": 1, "test1": 1, "test3": 1}


def test_without_recordings_and_ratings_the_consensus_is_enough(tmp_path: Path) -> None:
    (tmp_path / "labels_consensus.csv").write_text(build.consensus_csv())
    bundle, report = read(tmp_path)
    assert (report.ratings, report.media) == (0, {"missing": 5})
    assert any(w.startswith("No recordings are here: such turns") for w in report.warnings)
    assert any("only the consensus" in warning for warning in report.warnings)
    assert bundle.utterances[0].audio == "Audios/MSP-PODCAST_0001_0008.wav"


def test_a_bad_row_aborts_or_is_left_out_with_its_ratings(tmp_path: Path) -> None:
    broken = replace(build.PODCAST[4], letter="Q")
    root = build.podcast(tmp_path, (*build.PODCAST[:4], broken))
    with pytest.raises(UserError) as caught:
        read(root)
    assert str(caught.value).startswith("labels_consensus.csv, line 6: “Q” is no class of msp-podcast")
    bundle, report = read(root, skip_bad=True)
    assert report.left_out[0].row == 6
    assert bundle.utterances[4].intended is None


def test_a_rating_of_an_unknown_recording_is_named(tmp_path: Path) -> None:
    root = build.podcast(tmp_path)
    with (root / "Labels/labels_detailed.csv").open("a") as file:
        file.write("MSP-PODCAST_9999_0001.wav,W; Sad; ; A:1; V:1; D:1;\n")
    with pytest.raises(
        UserError, match=r"labels_detailed\.csv, line 11: there is no recording “MSP-PODCAST_9999_0001”"
    ):
        read(root)
    assert read(root, skip_bad=True)[1].ratings == 9


def test_a_speaker_in_several_partitions_is_called_out(tmp_path: Path) -> None:
    turns = (*build.PODCAST[:4], replace(build.PODCAST[4], speaker="127"))
    _, report = read(build.podcast(tmp_path, turns, recordings=False))
    assert "Speakers in several partitions (1): 127 (test1, train); a test on them is no fair test." in report.warnings


def test_a_partition_nobody_knows_is_named(tmp_path: Path) -> None:
    root = build.podcast(tmp_path, (*build.PODCAST[:4], replace(build.PODCAST[4], split="Tset1")), recordings=False)
    with pytest.raises(UserError, match=r"labels_consensus\.csv, line 6: “Tset1” is no partition; write Train"):
        read(root)
    assert ("Partition.txt", 5) in {(problem.file, problem.row) for problem in read(root, skip_bad=True)[1].left_out}


def test_lists_that_disagree_are_called_out(tmp_path: Path) -> None:
    root = build.podcast(tmp_path, recordings=False)
    (root / "Partition.txt").write_text("Validation; MSP-PODCAST_0001_0008.wav\nTest1; MSP-PODCAST_1188_0020.wav\n")
    bundle, report = read(root)
    assert bundle.utterances[0].split == "train"
    assert any("disagrees with the labels about 1 turns" in warning for warning in report.warnings)


def test_lists_and_transcripts_of_other_turns_are_said(tmp_path: Path) -> None:
    root = build.podcast(tmp_path, recordings=False)
    (root / "Transcripts/msp-podcast_0001_0019.txt").write_text("Lost?")
    (root / "Speaker_ids.txt").write_text(
        "MSP-PODCAST_0001_0008.wav; Speaker_999\nMSP-PODCAST_0001_0019.wav; Unknown\nMSP-PODCAST_7777_0001.wav; 12\n"
    )
    bundle, report = read(root)
    assert bundle.utterances[0].speaker == "127"
    assert {w for w in report.warnings if "list of speakers" in w or w.startswith("Transcripts")} == {
        "The list of speakers disagrees with the labels about who speaks in 1 turns (MSP-PODCAST_0001_0008); "
        "the labels are taken.",
        "The list of speakers names turns that are in no other list (1): MSP-PODCAST_7777_0001.",
        "Transcripts that belong to no turn were left out (1): msp-podcast_0001_0019.",
    }


def test_a_second_release_beside_the_first_is_named(tmp_path: Path) -> None:
    for name, turns in (("1.11", build.PODCAST[:2]), ("1.12", build.PODCAST)):
        build.podcast(tmp_path / name, turns, recordings=False)
    _, report = read(tmp_path)
    passed = {p.file for p in report.problems if "is not read, for 1.11/" in p.what}
    assert {"1.12/Labels/labels_consensus.csv", "1.12/Labels/labels_detailed.csv"} <= passed


def test_media_faults_are_marked(shared_data: Path, tmp_path: Path) -> None:
    root = build.podcast(tmp_path)
    audios = root / "Audios"
    faults = ("zero_byte", "truncated_header", "all_silence", "zero_samples", "truncated_tail")
    for turn, fault in zip(build.PODCAST, faults, strict=True):
        (audios / turn.file).write_bytes((shared_data / f"malformed/{fault}.wav").read_bytes())
    (audios / build.HIDDEN.file).unlink()
    sound(audios / "MSP-PODCAST_7777_0001.wav")
    (audios / "._MSP-PODCAST_0001_0008.wav").write_bytes(b"mac")
    bundle, report = read(root)
    states = [utterance.media_state.value for utterance in bundle.utterances]
    assert states == ["empty", "broken", "silent", "empty", "truncated", "missing"]
    assert "Recordings that belong to no turn were left out (1): MSP-PODCAST_7777_0001." in report.warnings
    assert any(warning.startswith("No recordings are here for 1 of 6 turns") for warning in report.warnings)


def test_a_transcript_written_on_windows_is_read_and_said(tmp_path: Path) -> None:
    root = build.podcast(tmp_path, recordings=False)
    path = root / "Transcripts/MSP-PODCAST_0001_0019.txt"
    path.write_bytes("it’s".encode("cp1252"))
    bundle, report = read(root)
    assert bundle.utterances[1].transcript == "it’s"
    assert [str(p) for p in report.problems] == [
        "MSP-PODCAST_0001_0019.txt: is not all UTF-8; the other bytes were read as Windows-1252"
    ]


def test_lists_written_on_windows_are_read_and_said(tmp_path: Path) -> None:
    root = build.podcast(tmp_path, recordings=False)
    (root / "Speaker_ids.txt").write_bytes("MSP-PODCAST_0001_0019.wav; Zoë\n".encode("cp1252"))
    (root / "Partition.txt").write_bytes("Test2; MSP-PODCAST_2000_0001.wav; Prüfung\n".encode("cp1252"))
    bundle, report = read(root)
    said = {utterance.code: (utterance.speaker, utterance.split) for utterance in bundle.utterances}
    assert said["MSP-PODCAST_0001_0019"][0] == "Zoë"
    assert said["MSP-PODCAST_2000_0001"][1] == "test2"
    assert [str(p).split(";")[0] for p in report.problems] == [
        "Partition.txt: is not all UTF-8", "Speaker_ids.txt: is not all UTF-8"
    ]  # fmt: skip


@pytest.mark.parametrize("labels", ["labels_consensus.csv", "labels_detailed.csv", "labels_detailed.json"])
def test_every_broken_file_under_the_name_of_labels_is_refused_in_one_sentence(
    shared_data: Path, tmp_path: Path, labels: str
) -> None:
    root = build.podcast(tmp_path, recordings=False)
    (root / "Labels/labels_detailed.csv").unlink()
    for broken in (shared_data / "malformed").iterdir():
        (root / "Labels" / labels).write_bytes(broken.read_bytes())
        with pytest.raises(UserError, match=rf"^{labels}") as caught:
            read(root)
        assert "\n" not in str(caught.value), broken.name


def test_cancelling_stops_the_reading(tmp_path: Path) -> None:
    ctx = TaskContext()
    ctx.cancel()
    with pytest.raises(CancelledError):
        MspPodcast().read(ctx, build.podcast(tmp_path, recordings=False))


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no labels of MSP-Podcast"):
        read(tmp_path)


def test_biic_podcast_is_the_same_code_with_its_own_names(tmp_path: Path) -> None:
    turns = build.renamed(build.PODCAST, "MSP-PODCAST", "BIIC")
    root = build.podcast(tmp_path, turns, recordings=False)
    text = root / "Transcripts/BIIC_0001_0008.txt"
    text.write_text("我很開心", encoding="utf-8")
    (root / "Transcripts/BIIC_0001_0019.txt").write_bytes("我很開心".encode("big5"))
    bundle, report = BiicPodcast().read(TaskContext(), root)
    assert (bundle.name, bundle.importer, report.ratings) == ("biic-podcast", "biic-podcast 1", 9)
    assert bundle.ratings[0].rater == "biic-podcast:WORKER00000001"
    assert [u.transcript for u in bundle.utterances[:2]] == ["我很開心", None]
    assert "is not UTF-8; its text was left out" in report.problems[0].what


def test_each_podcast_is_recognised_as_itself(tmp_path: Path) -> None:
    msp = build.podcast(tmp_path / "msp", recordings=False)
    biic = build.podcast(tmp_path / "biic", build.renamed(build.PODCAST, "MSP-PODCAST_", "pod"), recordings=False)
    heard = tmp_path / "heard"
    sound(heard / "Audios/MSP-PODCAST_0001_0008.wav")
    found = {folder.name: [(m.importer, m.why) for m in detect(folder)] for folder in (msp, biic, heard)}
    assert found == {
        "msp": [("msp-podcast", "labels_consensus.csv with recordings such as MSP-PODCAST_0001_0008.wav")],
        "biic": [("biic-podcast", "labels_consensus.csv with recordings such as pod0001_0008.wav")],
        "heard": [("msp-podcast", "1 recordings such as MSP-PODCAST_0001_0008")],
    }
