"""Take the pictures of the README anew (`make screenshots`): they come from the tour of the demo."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PICTURES = Path(__file__).resolve().parent.parent / "resources" / "screenshots"
SHOWN = (
    "analyse-dark", "analyse-light", "compare-light", "charts-dark", "annotate-face-dark", "organise-adjudicate-dark",
)  # fmt: skip


def main() -> int:
    """Tour the window in a scratch folder and put the pictures in their place."""
    with tempfile.TemporaryDirectory() as scratch:
        tour = subprocess.run(
            [sys.executable, "-m", "fairemo_gui", "demo", "--no-window", "--out", scratch], check=False
        ).returncode
        if tour:
            return tour
        PICTURES.mkdir(parents=True, exist_ok=True)
        for name in SHOWN:
            shutil.copyfile(Path(scratch) / "tour" / f"{name}.png", PICTURES / f"{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
