"""One seed for everything random in a training run, and a fixed number of threads, so that it repeats exactly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def seeded(seed: int, threads: int = 1) -> Iterator[np.random.Generator]:
    """Seed torch for the length of a block and hand out a generator for NumPy.

    Sums depend on how many threads share them, so their number is fixed too; small nets are fastest on one.
    """
    before = torch.get_num_threads()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        torch.set_num_threads(threads)
        try:
            yield np.random.default_rng(seed)
        finally:
            torch.set_num_threads(before)


def member_seeds(seed: int, members: int) -> list[int]:
    """Seeds of the members of a net, drawn up front: member 3 is the same whether or not member 2 was trained."""
    return [int(value) for value in np.random.SeedSequence(seed).generate_state(members)]
