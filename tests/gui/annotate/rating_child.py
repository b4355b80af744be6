"""A rater in a process of its own, for tests that kill it: `python -m tests.gui.annotate.rating_child WORKSPACE`.

Rates clip after clip by keys and writes a line for every answer that the window calls stored.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import Qt

from fairemo_gui.core.rating_plan import ClipRules, Items, RatingPlan, SittingRules
from fairemo_gui.gui import theme
from fairemo_gui.gui.app import make_application
from fairemo_gui.services.annotation.sitting import Stage
from tests.gui.annotate.rig import Desk, Waiter

PLAN = RatingPlan(
    "killed",
    "1",
    items=Items(one_condition=True),
    clip=ClipRules(answer_before_end=True),
    sitting=SittingRules(items=90),
)


def main(folder: Path) -> None:
    """Rate until everything is rated, or until somebody ends it."""
    application = make_application()
    theme.apply(application, theme.DARK)
    desk = Desk(Waiter(), folder, audible=lambda: True)
    desk.sit_down(PLAN)
    tell(f"at {desk.step.progress.done}")
    desk.conductor.stored.connect(lambda submitted: tell(f"stored {submitted.rating.position}"))
    while desk.step.stage is not Stage.DONE:
        tiles = desk.window.trial.tiles
        assert tiles is not None
        desk.bot.waitUntil(tiles.isEnabled)
        desk.go_on(Qt.Key.Key_1, Qt.Key.Key_Return)
    desk.close()
    tell("done")


def tell(line: str) -> None:
    """Say it at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
