"""Extracting features beside the loop one would write by hand: open, mix, resample, MFCC, save, file by file."""

from __future__ import annotations

import shutil
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import torch
import torchaudio

from fairemo_gui.features.compute import extract_task
from fairemo_gui.jobs.task import TaskContext

PEER = "plain loop: PyAV, torchaudio resampling and MFCC, np.save"
FILES = 200
SECONDS = 4.0
RATE = 22050
# On a busy machine several threads per file are slower than one: the peer may have what suits it best.
RUN_THREADS = (1, torch.get_num_threads(), 1, torch.get_num_threads())


def rows() -> list[dict[str, Any]]:
    """The benchmark's row; ours hashes, checks, writes the cache durably and can be cancelled all the while."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [speech(Path(folder) / f"{k}.wav", k) for k in range(FILES)]
        clips = [clip(k, path) for k, path in enumerate(paths)]
        ours, peer = Path(folder) / "ours", Path(folder) / "peer"
        extract(clips[:4], ours)
        by_hand(paths[:4], peer)
        pairs = [(timed(extract, clips, ours), timed(by_hand, paths, peer, threads)) for threads in RUN_THREADS]
    speed, peer_speed = (FILES * SECONDS / min(times) for times in zip(*pairs, strict=True))
    return [
        {
            "name": "extract", "ours": speed, "peer": peer_speed, "peer_name": PEER, "ratio": speed / peer_speed,
            "unit": "s of audio per s", "n": FILES,
        }
    ]  # fmt: skip


def speech(path: Path, seed: int) -> Path:
    """Noise with the loudness of syllables, 16 bit."""
    time_axis = np.arange(round(RATE * SECONDS)) / RATE
    loudness = 0.2 * (1 + np.sin(2 * np.pi * 4 * time_axis))
    samples = np.random.default_rng(seed).normal(size=len(time_axis)) * loudness
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes())
    return path


def clip(utterance: int, path: Path) -> dict[str, Any]:
    """Fields of a clip."""
    nothing = {"video": None, "start": None, "end": None, "face_region": "full", "transcript": None}
    return {"utterance": utterance, "audio": str(path), **nothing}


def extract(clips: list[dict[str, Any]], folder: Path) -> None:
    """Our way."""
    extract_task(TaskContext(), "mfcc", {}, clips, None, str(folder))


def by_hand(paths: list[Path], folder: Path) -> None:
    """The plain way."""
    folder.mkdir(exist_ok=True)
    resample = torchaudio.transforms.Resample(RATE, 16000)
    mfcc = torchaudio.transforms.MFCC(
        16000, 13, melkwargs={"n_fft": 512, "win_length": 400, "hop_length": 160, "n_mels": 64}
    )
    for path in paths:
        with av.open(str(path)) as container:
            blocks = [frame.to_ndarray() for frame in container.decode(audio=0)]
        samples = torch.from_numpy(np.concatenate(blocks, axis=1).astype(np.float32).mean(axis=0) / 32768)
        np.save(folder / f"{path.stem}.npy", mfcc(resample(samples)).numpy().T)


def timed(work: Callable[..., None], given: list[Any], folder: Path, threads: int = RUN_THREADS[1]) -> float:
    """Seconds for everything, into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    torch.set_num_threads(threads)
    start = time.perf_counter()
    work(given, folder)
    return time.perf_counter() - start
