"""Where everything in a confusion chart lies, in logical pixels. Cells are 27×28, lower only where height is short."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF

CELL_WIDTH, CELL_HEIGHT, CELL_LOWEST = 27.0, 28.0, 18.0
LEFT, RIGHT, TOP = 6.0, 7.0, 70.0
KEY_HEIGHT, LINE = 26.0, 16.0
KEY_GAP, KEY_CLOSE = 21.0, 9.0
SIDE_WIDTH, SIDE_GAP = 190.0, 20.0
_GAP, _GAP_WIDEST = 4.0, 18.0
_TIGHT = 12.0
_N_NARROWEST = 32.0
_BAND_TITLE, _BAND_GAP = 20.0, 10.0


@dataclass(frozen=True)
class Needs:
    """What the words of a chart need.

    Attributes:
        classes: Number of classes.
        matrices: Number of groups' matrices.
        labels: Widest word left of the first matrix.
        counts: Widest n at the right of a matrix.
        header: Widest header above a matrix.
        difference: Whether there is a difference matrix.
        footnote: Width of the footnote on one line.
        bands: Rows of matrices under one another: the net's, people's, what lies between them.
    """

    classes: int
    matrices: int
    labels: float
    counts: float
    header: float
    difference: bool
    footnote: float
    bands: int = 1


@dataclass(frozen=True)
class Geometry:
    """Places of the parts.

    Attributes:
        matrices: Frame of the cells per group, in the first band.
        difference: Frame of the difference matrix, likewise; None = there is none.
        block: Width of a matrix with its header and n.
        cell: Height of a cell.
        key_top: Where the colour keys begin.
        lines: Lines the footnote takes.
        side: Room at the right for keys and footnote, where they do not fit below; None = below.
        room: Width laid out for.
        width: Least width at which nothing is cut off.
        height: Likewise.
        step: How far each band lies below the one before.
    """

    matrices: tuple[QRectF, ...]
    difference: QRectF | None
    block: float
    cell: float
    key_top: float
    lines: int
    side: QRectF | None
    room: float
    width: float
    height: float
    step: float = 0.0

    @property
    def tight(self) -> bool:
        """Whether matrices stand so close that an n at the edge of its block would lie beside the next."""
        frames = [*self.matrices, *([] if self.difference is None else [self.difference])]
        return len(frames) > 1 and frames[1].left() - frames[0].left() - self.block < _TIGHT

    def band(self, which: int) -> Geometry:
        """The same with the frames of another band."""
        down = which * self.step
        matrices = tuple(frame.translated(0, down) for frame in self.matrices)
        difference = None if self.difference is None else self.difference.translated(0, down)
        return replace(self, matrices=matrices, difference=difference)

    def cell_rect(self, frame: QRectF, truth: int, predicted: int) -> QRectF:
        """A cell of a matrix."""
        return QRectF(frame.left() + predicted * CELL_WIDTH, frame.top() + truth * self.cell, CELL_WIDTH, self.cell)


def place(needs: Needs, width: float, height: float) -> Geometry:
    """Lay a chart out for the room there is; it may need more than that, and is scrolled then."""
    grid = needs.classes * CELL_WIDTH
    block = max(grid + max(_N_NARROWEST, needs.counts + 3), needs.header)
    first = LEFT + needs.labels + 8
    columns = needs.matrices + needs.difference
    tail = grid if needs.difference else block
    least = first + (columns - 1) * (block + _GAP) + tail + RIGHT
    lines = math.ceil(needs.footnote / (max(width, least) - 2 * LEFT))
    head = _head(needs.bands)
    rows = needs.bands * needs.classes
    fits = needs.bands == 1 and width >= least + SIDE_GAP + SIDE_WIDTH
    aside = fits and height < _below(head, rows, 22, KEY_CLOSE, lines)
    room = width - (SIDE_GAP + SIDE_WIDTH if aside else 0)
    gap = _GAP if columns == 1 else min(_GAP_WIDEST, _GAP + max(0.0, room - least) / (columns - 1))
    key_gap = KEY_CLOSE if height < _below(head, rows, CELL_HEIGHT, KEY_GAP, lines) else KEY_GAP
    around = TOP + 4 if aside else _below(head, rows, 0, key_gap, lines)
    cell = float(math.floor(min(CELL_HEIGHT, max(CELL_LOWEST, (height - around) / rows))))
    top = head - (needs.bands - 1) * (TOP + _BAND_TITLE + _BAND_GAP)
    frames = [QRectF(first + k * (block + gap), top, grid, needs.classes * cell) for k in range(columns)]
    end = frames[-1].left() + tail
    return Geometry(
        matrices=tuple(frames[: needs.matrices]),
        difference=frames[-1] if needs.difference else None,
        block=block,
        cell=cell,
        key_top=head + rows * cell + key_gap,
        lines=lines,
        side=QRectF(end + SIDE_GAP, 10, width - end - SIDE_GAP - RIGHT, height - 14) if aside else None,
        room=max(width, least),
        width=least,
        height=around + rows * CELL_LOWEST,
        step=TOP + _BAND_TITLE + _BAND_GAP + needs.classes * cell,
    )


def _head(bands: int) -> float:
    """Height of everything above the rows of all bands."""
    return TOP if bands == 1 else bands * (TOP + _BAND_TITLE) + (bands - 1) * _BAND_GAP


def _below(head: float, rows: int, cell: float, key_gap: float, lines: int) -> float:
    """Height of a chart whose keys and footnote stand below."""
    return head + rows * cell + key_gap + KEY_HEIGHT + lines * LINE + 6
