"""Whole, odd and broken media files, made here and from the data pack."""

from __future__ import annotations

import threading
import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from fairemo_gui.core.records import MediaState
from fairemo_gui.jobs.task import CancelledError, Progress, TaskContext
from fairemo_gui.media.probe import MEDIA_SUFFIXES, MediaInfo, probe, probe_all

RATE = 22050
Samples = npt.NDArray[np.int16]


def tone(seconds: float, peak: float = 0.5) -> Samples:
    return np.asarray(peak * 32767 * np.sin(np.arange(int(seconds * RATE)) * 0.3), dtype=np.int16)


def write_wav(path: Path, samples: Samples) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return path


def encode(
    path: Path, seconds: float = 2.0, sound: str | None = None, picture: str | None = None, fast: bool = False
) -> Path:
    """A file with a tone and noise; with `fast` its index stands in front."""
    with av.open(str(path), "w", options={"movflags": "faststart"} if fast else {}) as container:
        video = container.add_stream(picture, rate=25) if picture else None
        audio = container.add_stream(sound, rate=RATE) if sound else None
        if isinstance(video, VideoStream):
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
            for frame in noise(int(seconds * 25)):
                container.mux(video.encode(frame))
            container.mux(video.encode())
        if isinstance(audio, AudioStream):
            for part in blocks(audio, tone(seconds)):
                container.mux(audio.encode(part))
            container.mux(audio.encode())
    return path


def noise(count: int) -> Iterator[av.VideoFrame]:
    random = np.random.default_rng(0)
    for k in range(count):
        frame = av.VideoFrame.from_ndarray(random.integers(0, 255, (48, 64, 3), dtype=np.uint8), format="rgb24")
        frame.pts, frame.time_base = k, Fraction(1, 25)
        yield frame


def blocks(stream: AudioStream, samples: Samples) -> list[av.AudioFrame]:
    whole = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
    whole.sample_rate, whole.pts, whole.time_base = RATE, 0, Fraction(1, RATE)
    fifo = av.AudioFifo()
    for part in av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=RATE).resample(whole):
        fifo.write(part)
    return fifo.read_many(stream.codec_context.frame_size or 1024, partial=True)


def cut(path: Path, share: float) -> Path:
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])
    return path


def test_a_whole_wav_is_described(tmp_path: Path) -> None:
    info = probe(write_wav(tmp_path / "a.wav", tone(1.5)))
    assert info == MediaInfo(MediaState.OK, 1.5, has_audio=True, rate=RATE)


@pytest.mark.parametrize(
    ("name", "sound", "picture"),
    [
        ("a.flac", "flac", None),
        ("a.mp3", "libmp3lame", None),
        ("a.ogg", "flac", None),
        ("a.m4a", "aac", None),
        ("a.mp4", "aac", "mpeg4"),
        ("a.mov", "pcm_s16le", "mpeg4"),
        ("a.mkv", "flac", "mpeg4"),
        ("a.avi", "pcm_s16le", "mpeg4"),
        ("a.flv", "pcm_s16le", "flv1"),
    ],
)
def test_whole_files_of_every_kind_are_ok(tmp_path: Path, name: str, sound: str, picture: str | None) -> None:
    info = probe(encode(tmp_path / name, 2.0, sound, picture))
    assert (info.state, info.note) == (MediaState.OK, "")
    assert (info.has_audio, info.has_video, info.rate) == (True, picture is not None, RATE)
    assert (info.width, info.height) == ((64, 48) if picture else (None, None))
    assert info.duration == pytest.approx(2.0, abs=0.15)
    assert Path(name).suffix in MEDIA_SUFFIXES


@pytest.mark.parametrize(
    ("name", "sound", "picture"),
    [
        ("a.wav", "pcm_s16le", None),
        ("a.flac", "flac", None),
        ("a.mkv", "flac", "mpeg4"),
        ("a.avi", "pcm_s16le", "mpeg4"),
    ],
)
def test_a_lost_tail_is_said(tmp_path: Path, name: str, sound: str, picture: str | None) -> None:
    info = probe(cut(encode(tmp_path / name, 4.0, sound, picture), 0.6))
    assert info.state is MediaState.TRUNCATED
    assert "cut off" in info.note
    assert info.has_audio


def test_a_cut_mp4_with_its_index_in_front_has_lost_frames(tmp_path: Path) -> None:
    whole = encode(tmp_path / "a.mp4", 4.0, "aac", "mpeg4", fast=True)
    assert probe(whole).state is MediaState.OK
    info = probe(cut(whole, 0.6))
    assert info.state is MediaState.TRUNCATED
    assert "frames of its index lie past its end" in info.note


def test_a_streamed_wav_of_unset_length_is_whole(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(1.0))
    raw = bytearray(path.read_bytes())
    raw[4:8] = raw[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(raw)
    assert probe(path).state is MediaState.OK


@pytest.mark.parametrize(("peak", "state"), [(0.0, MediaState.SILENT), (0.006, MediaState.OK)])
def test_silence_is_told_from_a_quiet_voice(tmp_path: Path, peak: float, state: MediaState) -> None:
    info = probe(write_wav(tmp_path / "a.wav", np.concatenate([np.zeros(RATE, np.int16), tone(1.0, peak)])))
    assert (info.state, info.silent) == (state, state is MediaState.SILENT)


def test_sound_of_not_a_number_is_silent_not_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_f32le", rate=RATE)
        frame = av.AudioFrame.from_ndarray(np.full((1, RATE), np.nan, np.float32), format="flt", layout="mono")
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
    assert probe(path).state is MediaState.SILENT


def test_a_sound_file_called_video_has_no_picture(tmp_path: Path) -> None:
    info = probe(encode(tmp_path / "a.mp4", 1.0, "aac"))
    assert (info.state, info.has_video) == (MediaState.NO_PICTURE, False)


@pytest.mark.parametrize(
    ("content", "state", "word"),
    [
        (b"", MediaState.EMPTY, "0 bytes"),
        (b"hello", MediaState.BROKEN, "cannot be read as sound or video"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\n", MediaState.MISSING, "git lfs pull"),
        (b"#EXTM3U\n#EXTINF:1,\n/etc/hostname\n", MediaState.BROKEN, "cannot be read"),
        (b"ffconcat version 1.0\nfile secret.wav\n", MediaState.BROKEN, "cannot be read"),
    ],
)
def test_what_is_no_recording_is_said_in_words(tmp_path: Path, content: bytes, state: MediaState, word: str) -> None:
    write_wav(tmp_path / "secret.wav", tone(1.0))
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    info = probe(path)
    assert info.state is state
    assert word in info.note
    assert "Errno" not in info.note


def test_what_is_not_there_or_no_file_is_missing(tmp_path: Path) -> None:
    assert probe(tmp_path / "nothing.wav").state is MediaState.MISSING
    assert probe(tmp_path).state is MediaState.MISSING
    assert probe(tmp_path / ("x" * 5000)).state in (MediaState.MISSING, MediaState.BROKEN)
    assert probe(tmp_path / "nul\0.wav").state in (MediaState.MISSING, MediaState.BROKEN)


def test_no_cut_or_flipped_file_escapes_as_an_exception(tmp_path: Path) -> None:
    raw = encode(tmp_path / "a.mp4", 1.0, "aac", "mpeg4", fast=True).read_bytes()
    random = np.random.default_rng(1)
    for k in range(60):
        bad = bytearray(raw[: random.integers(1, len(raw))] if k % 2 else raw)
        for place in random.integers(0, len(bad), 30):
            bad[place] = random.integers(0, 256)
        (tmp_path / "b.mp4").write_bytes(bad)
        assert isinstance(probe(tmp_path / "b.mp4").state, MediaState)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("malformed/truncated_tail.wav", MediaState.TRUNCATED),
        ("malformed/truncated_header.wav", MediaState.BROKEN),
        ("malformed/zero_byte.wav", MediaState.EMPTY),
        ("malformed/zero_samples.wav", MediaState.EMPTY),
        ("malformed/text_renamed.mp4", MediaState.BROKEN),
        ("malformed/truncated_video.mp4", MediaState.BROKEN),
        ("malformed/no_audio_stream.mp4", MediaState.NO_SOUND),
        ("malformed/all_silence.wav", MediaState.SILENT),
        ("malformed/rotated_90.mp4", MediaState.OK),
        ("faces/single_face.mp4", MediaState.OK),
        ("faces/no_face.mp4", MediaState.OK),
        ("faces/face_noface.mov", MediaState.OK),
    ],
)
def test_real_files(shared_data: Path, name: str, state: MediaState) -> None:
    info = probe(shared_data / name)
    assert info.state is state
    assert (info.note == "") == (state is MediaState.OK)


def test_rotation_is_honoured_in_the_size(shared_data: Path) -> None:
    info = probe(shared_data / "malformed/rotated_90.mp4")
    assert (info.width, info.height) == (640, 360)


def test_sound_that_starts_late_counts_on_the_clock(shared_data: Path) -> None:
    info = probe(shared_data / "faces/face_noface.mov")
    assert info.duration == pytest.approx(6.42, abs=0.02)
    assert not info.silent


def test_many_files_each_once_in_order_with_progress(tmp_path: Path) -> None:
    names = [f"{k}.wav" for k in range(30)]
    for name in names:
        write_wav(tmp_path / name, tone(0.2))
    heard: list[Progress] = []
    found = probe_all(TaskContext(on_progress=heard.append), tmp_path, [*names, *names, "absent.wav"])
    assert list(found) == [*names, "absent.wav"]
    assert found["absent.wav"].state is MediaState.MISSING
    assert all(found[name].state is MediaState.OK for name in names)
    assert [part.done for part in heard] == list(range(1, 32))
    assert {part.total for part in heard} == {31}


def test_a_cancel_stops_between_two_files(tmp_path: Path) -> None:
    for k in range(200):
        write_wav(tmp_path / f"{k}.wav", tone(0.1))
    done: list[int] = []
    ctx = TaskContext()

    def stop_soon(progress: Progress) -> None:
        done.append(progress.done)
        if progress.done == 5:
            ctx.cancel()

    ctx._on_progress = stop_soon
    before = threading.active_count()
    with pytest.raises(CancelledError):
        probe_all(ctx, tmp_path, [f"{k}.wav" for k in range(200)])
    assert max(done) == 5
    assert threading.active_count() == before


def test_nothing_to_look_at(tmp_path: Path) -> None:
    assert probe_all(TaskContext(), tmp_path, []) == {}
