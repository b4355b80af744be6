"""Decoding keeps to the clock of the file, to the frame and to the sample, and says in words what it cannot read."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import CancelledError, TaskContext
from fairemo_gui.media.decode import audio_info, iter_frames, read_audio, read_sound, resample, video_info
from fairemo_gui.media.pitch import track_pitch
from tests.unit.media.films import RATE, chirps, read_number, write_film, write_sound


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_film(tmp_path_factory.mktemp("film") / "film.mp4", 4.0, 25, sound=chirps(4.0))


def numbers(path: Path, start: float | None = None, end: float | None = None) -> list[int]:
    return [read_number(picture) for _, picture in iter_frames(path, start, end)]


def test_whole_film_has_every_frame_once(film: Path) -> None:
    assert numbers(film) == list(range(100))


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [(2.0, 3.0, 50, 74), (2.001, 3.0, 51, 74), (1.99, 2.04, 50, 50), (0.0, 0.04, 0, 0), (3.9, 9.0, 98, 99)],
)
def test_range_of_frames_is_exact(film: Path, start: float, end: float, first: int, last: int) -> None:
    assert numbers(film, start, end) == list(range(first, last + 1))


def test_range_is_exact_where_frames_lean_on_later_ones(tmp_path: Path) -> None:
    path = write_film(tmp_path / "leaning.mp4", 3.0, 25, preset="medium")
    for first in range(0, 70, 7):
        assert numbers(path, first / 25, (first + 3) / 25) == [first, first + 1, first + 2]


def test_frame_times_are_presentation_times(film: Path) -> None:
    times = [pts for pts, _ in iter_frames(film, 1.0, 2.0)]
    np.testing.assert_allclose(times, np.arange(25, 50) / 25, atol=1e-9)


@pytest.mark.parametrize(
    ("name", "codec", "sound_codec"),
    [("a.avi", "mpeg4", "pcm_s16le"), ("b.avi", "mpeg4", "mp3"), ("c.flv", "flv1", "mp3")],
)
def test_a_range_holds_the_same_frames_as_the_whole_film(
    tmp_path: Path, name: str, codec: str, sound_codec: str
) -> None:
    path = write_film(tmp_path / name, 3.0, 25, codec=codec, sound=chirps(3.0), sound_codec=sound_codec)
    whole = [(pts, read_number(picture)) for pts, picture in iter_frames(path)]
    part = [(pts, read_number(picture)) for pts, picture in iter_frames(path, 1.2, 2.3)]
    assert part == [(pts, number) for pts, number in whole if 1.2 <= pts < 2.3]
    assert [number for _, number in whole] == list(range(75))


def test_pixel_aspect_is_applied(tmp_path: Path) -> None:
    path = write_film(tmp_path / "wide.mp4", 0.4, 25, (160, 120), pixel_aspect=Fraction(4, 3))
    assert (video_info(path).width, video_info(path).height) == (213, 120)
    assert next(iter_frames(path))[1].shape == (120, 213, 3)


def test_size_asked_for_is_given(film: Path) -> None:
    pts, picture = next(iter_frames(film, 1.0, 1.1, size=(128, 72)))
    assert picture.shape == (72, 128, 3)
    assert read_number(picture) == round(pts * 25)


def test_sound_of_a_range_is_exact_to_the_sample(tmp_path: Path) -> None:
    ramp = (np.arange(RATE) / RATE * 2 - 1).astype(np.float32)
    path = write_sound(tmp_path / "ramp.wav", ramp)
    sound = read_sound(path, 0.25, 0.5)
    assert (sound.rate, sound.start) == (RATE, 0.25)
    np.testing.assert_allclose(sound.samples[:, 0], ramp[12000:24000], atol=1e-4)


def test_sound_of_a_compressed_range_is_that_of_the_whole(film: Path) -> None:
    whole = read_audio(film, rate=RATE)
    for start, end in ((0.5, 0.9), (2.013, 3.0)):
        part = read_audio(film, start, end, RATE)
        assert len(part) == round((end - start) * RATE)
        first = round(start * RATE)
        np.testing.assert_allclose(part, whole[first : first + len(part)], atol=1e-3)


def test_range_beyond_the_end_is_shorter_not_padded(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "four.wav", chirps(4.0))
    assert len(read_audio(path, 3.5, 9.0)) == 8000
    assert len(read_audio(path, 7.0, 9.0)) == 0
    assert len(read_audio(path, 0.0, 1e12)) == 64000


def test_resampling_keeps_step() -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(44100) / 44100, dtype=np.float64)[:, None].astype(np.float32)
    made = resample(tone, 44100, 16000)
    wanted = np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)
    assert made.shape == (16000, 1)
    assert np.abs(made[200:-200, 0] - wanted[200:-200]).max() < 1e-3


@pytest.mark.parametrize(("rate", "wanted"), [(48000, 16000), (8000, 48000), (96000, 48000)])
def test_hardly_any_samples_are_resampled(rate: int, wanted: int) -> None:
    for count in (0, 1, 2, 47):
        assert resample(np.ones((count, 2), np.float32), rate, wanted).shape == (round(count * wanted / rate), 2)


def test_long_work_on_sound_can_be_ended(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "two.wav", chirps(2.0))
    ctx = TaskContext()
    sound = read_sound(path, check=ctx.check)
    ctx.cancel()
    for work in (
        lambda: read_sound(path, check=ctx.check),
        lambda: resample(sound.samples, sound.rate, 16000, ctx.check),
        lambda: track_pitch(sound.samples[:, 0], sound.rate, check=ctx.check),
    ):
        with pytest.raises(CancelledError):
            work()


def test_late_picture_and_sound_share_one_clock(tmp_path: Path) -> None:
    path = write_film(tmp_path / "late.mp4", 2.0, 25, sound=chirps(2.0), start_frame=25)
    assert video_info(path).start_time == pytest.approx(1.0)
    assert numbers(path, 1.2, 1.4) == [5, 6, 7, 8, 9]
    assert numbers(path, 0.0, 0.9) == []


@pytest.mark.parametrize("start", [-1.0, float("nan"), float("inf")])
def test_times_that_are_no_times_are_refused(film: Path, start: float) -> None:
    with pytest.raises(UserError, match=r"film\.mp4"):
        read_audio(film, start, 2.0)
    with pytest.raises(UserError, match=r"film\.mp4"):
        list(iter_frames(film, start, 2.0))


def test_a_playlist_under_a_video_name_opens_nothing_else(tmp_path: Path, film: Path) -> None:
    path = tmp_path / "list.mp4"
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{film}\n#EXT-X-ENDLIST\n")
    with pytest.raises(UserError, match=r"list\.mp4"):
        video_info(path)
    path.write_text(f"ffconcat version 1.0\nfile '{film}'\n")
    with pytest.raises(UserError, match=r"list\.mp4"):
        video_info(path)


def test_rotation_is_applied(shared_data: Path) -> None:
    turned, straight = shared_data / "malformed/rotated_90.mp4", shared_data / "faces/single_face.mp4"
    assert (video_info(turned).width, video_info(turned).height) == (640, 360)
    for (_, one), (_, other), _ in zip(iter_frames(turned), iter_frames(straight), range(3), strict=False):
        assert np.abs(one.astype(int) - other).mean() < 3
    small = next(iter_frames(turned, size=(160, 90)))[1]
    assert small.shape == (90, 160, 3)


def test_sound_that_begins_late_is_lined_up(shared_data: Path) -> None:
    path = shared_data / "faces/face_noface.mov"
    assert audio_info(path).start_time == pytest.approx(2.43, abs=0.001)
    sound = read_audio(path)
    assert not sound[: int(2.42 * 16000)].any()
    assert np.flatnonzero(np.abs(sound) > 1e-4)[0] / 16000 == pytest.approx(2.43, abs=0.01)
    np.testing.assert_allclose(read_audio(path, 3.0, 4.0), sound[48000:64000], atol=2e-3)


def test_uneven_frame_times_are_kept(shared_data: Path) -> None:
    times = [pts for pts, _ in iter_frames(shared_data / "faces/face_noface.mov", size=(96, 54))]
    gaps = np.diff(times)
    assert len(times) == 169
    assert gaps.min() > 0
    assert gaps.max() > 1.5 * gaps.min()


@pytest.mark.parametrize("name", ["zero_byte.wav", "truncated_header.wav", "text_renamed.mp4", "truncated_video.mp4"])
def test_broken_files_are_named_in_plain_words(shared_data: Path, name: str) -> None:
    path = shared_data / "malformed" / name
    for ask in (audio_info, video_info, read_audio, lambda p: list(iter_frames(p))):
        with pytest.raises(UserError) as caught:
            ask(path)
        assert str(caught.value).startswith(name)
        assert "Errno" not in str(caught.value)


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"gone\.wav is not where"):
        read_audio(tmp_path / "gone.wav")
    with pytest.raises(UserError, match="is a folder"):
        read_audio(tmp_path)


def test_odd_but_whole_files_are_read(shared_data: Path) -> None:
    folder = shared_data / "malformed"
    assert len(read_audio(folder / "zero_samples.wav")) == 0
    assert not read_audio(folder / "all_silence.wav").any()
    assert audio_info(folder / "truncated_tail.wav").duration == pytest.approx(42474 / 22050, abs=1e-3)
    info = video_info(folder / "no_audio_stream.mp4")
    assert (info.has_audio, info.has_video) == (False, True)
    with pytest.raises(UserError, match="no sound track"):
        read_audio(folder / "no_audio_stream.mp4")
    with pytest.raises(UserError, match="no picture"):
        list(iter_frames(folder / "all_silence.wav"))
