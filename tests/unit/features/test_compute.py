from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairemo_gui.errors import UserError
from fairemo_gui.features.cache import FeatureCache, list_caches
from fairemo_gui.features.compute import extract_task
from fairemo_gui.jobs.task import CancelledError, Progress, TaskContext
from tests.unit.features.clips import clip, tone, tones


def extract(folder: Path, clips: list[dict[str, Any]], **settings: object) -> dict[str, Any]:
    return extract_task(TaskContext(), "mfcc", settings, clips, None, str(folder))


def test_features_are_made_once(tmp_path: Path) -> None:
    clips = tones(tmp_path, 20)
    first = extract(tmp_path / "features", clips)
    assert (first["made"], first["kept"], first["skipped"], first["remade"]) == (20, 0, [], [])
    assert (first["encoder"], first["modality"], first["dim"]) == ("mfcc", "audio", 13)
    again = extract(tmp_path / "features", clips)
    assert (again["made"], again["kept"]) == (0, 20)
    assert again["cache"] == first["cache"]


def test_arrays_are_those_of_the_encoder_whatever_the_batch(tmp_path: Path) -> None:
    clips = tones(tmp_path, 20)
    together = FeatureCache(Path(extract(tmp_path / "a", clips)["cache"]))
    alone = FeatureCache(Path(extract(tmp_path / "b", clips[7:8])["cache"]))
    np.testing.assert_array_equal(together.read(8), alone.read(8))
    assert together.read(8).shape == (1 + round(16000 * 0.44) // 160, 13)
    assert not together.read(8).flags.writeable


def test_other_settings_are_another_cache(tmp_path: Path) -> None:
    clips = tones(tmp_path, 2)
    some, others = (extract(tmp_path / "features", clips, coefficients=n) for n in (13, "20"))
    assert some["name"] != others["name"]
    assert others["dim"] == 20
    infos = list_caches(tmp_path / "features")
    assert sorted(info.settings["coefficients"] for info in infos) == [13, 20]
    assert {info.name for info in infos} == {some["name"], others["name"]}


def test_a_changed_file_or_range_is_made_again(tmp_path: Path) -> None:
    clips = tones(tmp_path, 3)
    cache = Path(extract(tmp_path / "features", clips)["cache"])
    before = FeatureCache(cache).read(2).copy()
    tone(tmp_path / "2.wav", 0.6, 900.0)
    clips[0]["end"] = 0.2
    again = extract(tmp_path / "features", clips)
    assert (again["made"], again["kept"]) == (2, 1)
    after = FeatureCache(cache)
    assert len(after.read(2)) != len(before)
    assert len(after.read(1)) == 21


def test_unusable_media_are_listed_with_reasons(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("this is no sound")
    clips = [
        clip(1, tone(tmp_path / "good.wav")),
        clip(2, tmp_path / "gone.wav"),
        clip(3, tmp_path / "text.wav"),
        clip(4),
        clip(5, tone(tmp_path / "short.wav", 0.01)),
    ]
    result = extract(tmp_path / "features", clips)
    reasons = {each["utterance"]: each["reason"] for each in result["skipped"]}
    assert result["made"] == 1
    assert set(reasons) == {2, 3, 4, 5}
    assert "gone.wav" in reasons[2]
    assert "text.wav" in reasons[3]
    assert reasons[4] == "no sound"
    assert "shorter than one window" in reasons[5]
    assert 2 not in FeatureCache(Path(result["cache"]))


@pytest.mark.parametrize("harm", ["flip", "cut", "delete", "index"])
def test_a_broken_shard_is_named_and_made_again(tmp_path: Path, harm: str) -> None:
    clips = tones(tmp_path, 6)
    cache = Path(extract(tmp_path / "features", clips[:3])["cache"])
    extract(tmp_path / "features", clips)
    shard = min(cache.glob("*.npy"))
    expected = FeatureCache(cache).read(2).copy()
    data = shard.read_bytes()
    if harm == "flip":
        shard.write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
    elif harm == "cut":
        shard.write_bytes(data[:-100])
    elif harm == "delete":
        shard.unlink()
    else:
        shard.with_suffix(".json").write_text('{"format": 1, "entries": [[')
    again = extract(tmp_path / "features", clips)
    assert again["remade"] == [shard.name]
    assert (again["made"], again["kept"]) == (3, 3)
    np.testing.assert_array_equal(FeatureCache(cache).read(2), expected)


def test_reading_a_damaged_shard_says_what_to_do(tmp_path: Path) -> None:
    cache = Path(extract(tmp_path / "features", tones(tmp_path, 2))["cache"])
    shard = next(cache.glob("*.npy"))
    shard.write_bytes(shard.read_bytes()[:-4])
    with pytest.raises(UserError, match=rf"{shard.name} is damaged: extract mfcc again"):
        FeatureCache(cache).read(1)
    with pytest.raises(UserError, match="Utterance 99 has no features"):
        FeatureCache(cache).read(99)


def test_a_cancel_keeps_what_is_done(tmp_path: Path) -> None:
    clips = tones(tmp_path, 60)

    def stop(progress: Progress) -> None:
        if progress.done >= 16:
            ctx.cancel()

    ctx = TaskContext(on_progress=stop)
    with pytest.raises(CancelledError):
        extract_task(ctx, "mfcc", {}, clips, None, str(tmp_path / "features"))
    cache = FeatureCache(next((tmp_path / "features").iterdir()))
    assert 16 <= len(cache) < 60
    result = extract(tmp_path / "features", clips)
    assert result["kept"] == len(cache)
    assert result["made"] == 60 - len(cache)


def test_leftovers_of_an_interrupted_write_are_no_features(tmp_path: Path) -> None:
    clips = tones(tmp_path, 2)
    cache = Path(extract(tmp_path / "features", clips[:1])["cache"])
    half, unlisted, young = cache / "00001-abcdef.part", cache / "00001-abcdee.npy", cache / "00002-abcdef.part"
    for path in (half, unlisted, young):
        path.write_bytes(b"half a shard")
    for path in (half, unlisted):
        os.utime(path, (0, 0))
    result = extract(tmp_path / "features", clips)
    assert (result["made"], result["kept"], result["remade"]) == (1, 1, [])
    assert [path.exists() for path in (half, unlisted, young)] == [False, False, True]


def test_progress_runs_to_the_end(tmp_path: Path) -> None:
    seen: list[Progress] = []
    extract_task(TaskContext(on_progress=seen.append), "mfcc", {}, tones(tmp_path, 20), None, str(tmp_path / "f"))
    assert [p.done for p in seen] == sorted(p.done for p in seen)
    assert (seen[-1].done, seen[-1].total) == (20, 20)


def test_results_cross_to_another_process(tmp_path: Path) -> None:
    result = extract(tmp_path / "features", tones(tmp_path, 2))
    assert json.loads(json.dumps(result)) == result


def test_unknown_encoders_and_settings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no encoder “mfc”: choose one of mfcc, hog, words, wav2vec2"):
        extract_task(TaskContext(), "mfc", {}, [], None, str(tmp_path))
    with pytest.raises(UserError, match="mfcc has no setting “coefs”"):
        extract(tmp_path, [], coefs=3)
