"""Fixtures every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Chart and encoder libraries otherwise take every core for tiny arrays.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

REPO = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The pack of real recordings and broken files that lies beside the checkout (or where FAIREMO_DATA says)."""
    folder = Path(os.environ.get("FAIREMO_DATA", REPO.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("needs the data pack of real recordings: set FAIREMO_DATA to its folder")
    return folder
