"""Extraction as a task of the compute process: clips in, a filled cache out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, fields
from itertools import islice
from os import cpu_count
from pathlib import Path
from typing import Any, TypeVar

import torch

from fairemo_gui.core.records import Clip, FaceRegion, FaceTrack
from fairemo_gui.errors import UserError
from fairemo_gui.features.cache import FeatureCache, create_cache, describe
from fairemo_gui.features.extractor import Array, Extractor
from fairemo_gui.features.origins import Origins
from fairemo_gui.features.registry import make_encoder
from fairemo_gui.jobs.task import TaskContext

_SHARD_BYTES = 32 << 20
_SHARD_SECONDS = 20.0

Result = TypeVar("Result")


@dataclass(frozen=True)
class _Item:
    """A clip that has to be encoded, and its place among all clips."""

    position: int
    clip: Clip
    track: FaceTrack | None
    origin: str


class _Shelf:
    """Collects arrays and writes them a shard at a time."""

    def __init__(self, cache: FeatureCache) -> None:
        self._cache = cache
        self._made: list[tuple[int, str, Array]] = []
        self._bytes = 0
        self._since = time.monotonic()

    def add(self, item: _Item, array: Array) -> None:
        self._made.append((item.clip.utterance, item.origin, array))
        self._bytes += array.nbytes
        if self._bytes >= _SHARD_BYTES or time.monotonic() - self._since > _SHARD_SECONDS:
            self.flush()

    def flush(self) -> None:
        self._cache.write(self._made)
        self._made, self._bytes, self._since = [], 0, time.monotonic()


def extract_task(
    ctx: TaskContext,
    encoder: str,
    settings: dict[str, Any],
    clips: list[dict[str, Any]],
    tracks: dict[Any, Any] | None,
    folder: str,
) -> dict[str, Any]:
    """Encode clips into the cache of an encoder; what is there and still true is kept.

    Args:
        ctx: Progress and cancelling; what was encoded before a cancel is kept.
        encoder: Name of the encoder.
        settings: Its settings, text or typed.
        clips: Fields of `Clip`.
        tracks: Fields of `FaceTrack` per utterance id; None where the encoder looks at no faces.
        folder: The workspace's features folder.

    Returns:
        `cache` (its path), `name`, `encoder`, `modality`, `dim`, `made`, `kept`, `remade` (names of damaged shards),
        and `skipped`: `utterance` and `reason` of each clip that could not be encoded.

    Raises:
        UserError: The encoder or a setting is unknown, or its checkpoint is not there.
    """
    ctx.report(0, len(clips), f"Preparing {encoder}")
    extractor = make_encoder(encoder, settings)
    cache = create_cache(Path(folder), describe(extractor))
    remade = cache.remove_broken()
    records = [clip_from(values) for values in clips]
    followed = {int(utterance): track_from(values) for utterance, values in (tracks or {}).items()}
    made, skipped = _extract(ctx, extractor, cache, records, followed)
    return {
        "cache": str(cache.folder),
        "name": cache.info.name,
        "encoder": cache.info.encoder,
        "modality": cache.info.modality,
        "dim": cache.info.dim,
        "made": made,
        "kept": len(clips) - made - len(skipped),
        "remade": remade,
        "skipped": [{"utterance": utterance, "reason": reason} for utterance, reason in skipped.items()],
    }


def clip_from(values: dict[str, Any]) -> Clip:
    """A clip from its fields as they cross to the compute process."""
    return Clip(**{**values, "face_region": FaceRegion(values.get("face_region", FaceRegion.FULL))})


def track_from(values: dict[str, Any]) -> FaceTrack:
    """A face track from its fields as they cross to the compute process."""
    known = {field.name for field in fields(FaceTrack)}
    return FaceTrack(**{name: value for name, value in values.items() if name in known})


def _extract(
    ctx: TaskContext, extractor: Extractor, cache: FeatureCache, clips: list[Clip], tracks: dict[int, FaceTrack]
) -> tuple[int, dict[int, str]]:
    """Encode what is missing; returns how many were made and the reasons of those that could not be."""
    skipped: dict[int, str] = {}
    origins = Origins(cache.folder, extractor.modality)
    shelf = _Shelf(cache)
    made = 0
    todo = _missing(ctx, cache, origins, clips, tracks, skipped)
    try:
        for batch in _encoded(extractor, todo, skipped):
            for item, array in batch:
                shelf.add(item, array)
            made += len(batch)
            ctx.report(batch[-1][0].position + 1, len(clips), f"Extracting {extractor.name}")
    finally:
        shelf.flush()
        origins.remember()
    return made, skipped


def _missing(
    ctx: TaskContext,
    cache: FeatureCache,
    origins: Origins,
    clips: Iterable[Clip],
    tracks: dict[int, FaceTrack],
    skipped: dict[int, str],
) -> Iterator[_Item]:
    """Clips whose array is absent or was made from something else."""
    for position, clip in enumerate(clips):
        ctx.check()
        track = tracks.get(clip.utterance)
        try:
            origin = origins.of(clip, track)
        except UserError as error:
            skipped[clip.utterance] = error.message
            continue
        if cache.origin(clip.utterance) != origin:
            yield _Item(position, clip, track, origin)


def _encoded(
    extractor: Extractor, items: Iterator[_Item], skipped: dict[int, str]
) -> Iterator[list[tuple[_Item, Array]]]:
    """Batches of arrays in the order of the clips."""
    if not extractor.parallel:
        for batch in _loaded(extractor.load, extractor.batch_size, items, skipped):
            arrays = extractor.encode([source for _, source in batch])
            yield [(item, array) for (item, _), array in zip(batch, arrays, strict=True)]
        return

    def both(clip: Clip, track: FaceTrack | None) -> Array:
        return extractor.encode([extractor.load(clip, track)])[0]

    with _single_threaded():
        yield from _loaded(both, extractor.batch_size, items, skipped)


def _loaded(
    work: Callable[[Clip, FaceTrack | None], Result], size: int, items: Iterator[_Item], skipped: dict[int, str]
) -> Iterator[list[tuple[_Item, Result]]]:
    """Batches of results, in order; threads run ahead of whoever takes them."""
    with ThreadPoolExecutor(cpu_count() or 1, thread_name_prefix="extract") as pool:
        waiting: list[tuple[_Item, Future[Result]]] = []
        try:
            while True:
                for item in islice(items, 2 * size - len(waiting)):
                    waiting.append((item, pool.submit(work, item.clip, item.track)))
                if not waiting:
                    return
                now, waiting = waiting[:size], waiting[size:]
                found = [(item, _result(item, future, skipped)) for item, future in now]
                batch = [(item, result) for item, result in found if result is not None]
                if batch:
                    yield batch
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _result(item: _Item, future: Future[Result], skipped: dict[int, str]) -> Result | None:
    try:
        return future.result()
    except UserError as error:
        skipped[item.clip.utterance] = error.message
        return None


@contextmanager
def _single_threaded() -> Iterator[None]:
    """Keep torch from using several cores per clip while every core has a clip of its own."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
