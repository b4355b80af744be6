"""Praat's TextGrids: one per media file, one tier per rater and condition."""

from __future__ import annotations

from pathlib import Path

from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.exports.material import Material
from fairemo_gui.services.exports.plan import Tally
from fairemo_gui.services.exports.tiers import Sheet, sheets

_MICROSECONDS = 6


def write_textgrids(ctx: TaskContext, material: Material, folder: Path, tally: Tally) -> None:
    """Write one long `.TextGrid` per media file; gaps are empty intervals, as Praat wants them."""
    for sheet in sheets(ctx, material, tally, ".TextGrid", _MICROSECONDS):
        target = folder / sheet.path
        target.parent.mkdir(parents=True, exist_ok=True)
        _save(sheet, target)
        tally.files["*.TextGrid"] += 1


def _save(sheet: Sheet, target: Path) -> None:
    from praatio.data_classes.interval_tier import IntervalTier
    from praatio.data_classes.textgrid import Textgrid
    from praatio.utilities.constants import Interval

    grid = Textgrid(0.0, sheet.end)
    for tier in sheet.tiers:
        entries = [Interval(each.start, each.end, each.text) for each in tier.intervals]
        grid.addTier(IntervalTier(tier.name, entries, 0.0, sheet.end))
    grid.save(str(target), "long_textgrid", includeBlankSpaces=True, minimumIntervalLength=None)
