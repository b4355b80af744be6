"""What a rating plan's form says below, and the clips it is told of."""

from __future__ import annotations

import re

from fairemo_gui.core.rating_plan import Known
from fairemo_gui.core.records import Condition
from fairemo_gui.errors import UserError
from fairemo_gui.gui.controls import numbers
from fairemo_gui.services.campaign.preview import PlanPreview

_KNOWN = re.compile(rf"(.+)\s({'|'.join(Condition)})\s+(.+)")


def preview_words(found: PlanPreview) -> str:
    """What a plan comes to, in a sentence or two."""
    times = "as measured here" if found.measured else "assumed"
    clips, trials = numbers.counted(found.clips, "clip", "clips"), numbers.counted(found.trials, "trial", "trials")
    words = (
        f"{clips}; a sitting has {trials} and takes about {max(round(found.minutes), 1)} min "
        f"({found.clip:.1f} s a clip, {found.answer:.1f} s to answer, {times}); "
        f"{numbers.counted(found.sittings, 'sitting', 'sittings')} in all."
    )
    if found.practice:
        words += f" {found.practice} for practice come first."
    lacking = ", ".join(f"{numbers.count(n)} cannot be given in {c}" for c, n in found.missing.items())
    return f"{words} Of them {lacking}." if lacking else words


def known_lines(text: str, kind: str) -> tuple[Known, ...]:
    """Clips whose answer is known, one a line.

    Raises:
        UserError: A line cannot be read.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        parts = _KNOWN.fullmatch(line.strip())
        if parts is None:
            raise UserError(f"The plan: “{kind}”, line {number}, cannot be read; write UTTERANCE condition emotion.")
        found.append(Known(parts[1].strip(), Condition(parts[2]), tuple(parts[3].split("+"))))
    return tuple(found)
