"""Makes one film in a process of its own: `python -m fairemo_gui.corpora.demo.worker SEED NUMBER PATH`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from fairemo_gui.corpora.demo.film import write_film
from fairemo_gui.corpora.demo.script import write_dialogue
from fairemo_gui.corpora.demo.soundtrack import Span, record
from fairemo_gui.corpora.demo.studio import CANNOT_WRITE, unfinished


def make_film(seed: int, number: int, path: Path) -> tuple[Span, ...]:
    """Make a film; the file appears only when it is whole. The process must not have spoken before."""
    dialogue = write_dialogue(seed, number)
    sound = record(dialogue)
    write_film(unfinished(path), dialogue, sound)
    unfinished(path).replace(path)
    return sound.spans


def main(arguments: list[str]) -> int:
    """Make the film named on the command line and write its timings to standard output as JSON."""
    seed, number, path = arguments
    try:
        spans = make_film(int(seed), int(number), Path(path))
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return CANNOT_WRITE
    rows = [{"start": s.start, "end": s.end, "words": [(w.text, w.start, w.end) for w in s.words]} for s in spans]
    sys.stdout.write(json.dumps(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
