"""Charts of the report as SVG text, in the same colours as the window's light theme."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fairemo_gui.core import numbers
from fairemo_gui.core.colours import (
    LIGHT,
    GroupStyle,
    diverging_table,
    group_style,
    group_word,
    ink_on,
    ramp_colour,
    sequential_table,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARKERS = {"●": "o", "○": "o", "■": "s", "▲": "^", "◆": "D"}


@dataclass(frozen=True)
class SignedRow:
    """A signed difference of one class with its interval, where it has one."""

    label: str
    value: float
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class ReliabilityCurve:
    """Bins of one group: mean probability, observed rate and, where it has one, its interval."""

    group: str
    style: GroupStyle
    predicted: Sequence[float]
    observed: Sequence[float]
    intervals: Sequence[tuple[float, float] | None]


@dataclass(frozen=True)
class SeedRow:
    """One number over nets that differ in their seed.

    Attributes:
        style: Of the group whose number it is; None = everyone's, or what lies between groups.
        values: One per net.
        interval: Of their mean, over speakers.
    """

    label: str
    style: GroupStyle | None
    values: Sequence[float]
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class ChangeRow:
    """New − old of one number.

    Attributes:
        better: Whether there is evidence that it is better (True) or worse (False); None = no evidence.
    """

    label: str
    delta: float
    interval: tuple[float, float] | None
    better: bool | None


def _figure(size: tuple[float, float], panels: int, columns: int = 3) -> tuple[Figure, list[Axes]]:
    """Panels of one size (inches) side by side, in as many rows as they need."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as MatplotlibFigure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    mpl.rcParams["font.family"] = ["Inter", "DejaVu Sans"]
    across = min(panels, columns)
    down = -(-panels // across)
    # What stands beside one panel's axes keeps clear of the next panel's names.
    layout = ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.08)
    figure = MatplotlibFigure(figsize=(size[0] * across, size[1] * down), layout=layout, facecolor=LIGHT.panel)
    FigureCanvasSVG(figure)
    axes = figure.subplots(down, across, squeeze=False).ravel()
    for each in axes:
        for side in each.spines.values():
            side.set_visible(False)
        each.tick_params(length=0, labelsize=9, labelcolor=LIGHT.text2)
    for each in axes[panels:]:
        each.set_axis_off()
    return figure, list(axes[:panels])


def _svg(figure: Figure, says: str) -> str:
    """The figure as markup that stands in a page; `says` is read out to those who cannot see it."""
    import matplotlib as mpl

    text = io.StringIO()
    # Words stay words, and the same figures give the same file.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "fairemo"}):
        figure.savefig(text, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Type", "Format")))
    whole = text.getvalue()
    return f'<svg role="img" aria-label="{escape(says, quote=True)}"' + whole[whole.index("<svg") + 4 :]


def confusion(counts: Sequence[npt.NDArray[np.int64]], titles: Sequence[str], classes: Sequence[str]) -> str:
    """Row-normalised matrices side by side; with two of them also their difference, second minus first.

    Args:
        counts: One (C, C) matrix per group, rows = truth.
        titles: Group per matrix.
        classes: Class names.
    """
    shares = [_row_shares(matrix) for matrix in counts]
    difference = [shares[1] - shares[0]] if len(shares) == 2 else []
    figure, axes = _figure((3.4, 3.4), len(shares) + len(difference))
    for axis, share, title, matrix in zip(axes, shares, titles, counts, strict=False):
        _matrix(axis, share, classes, f"{group_word(title)} (n = {matrix.sum():,})", signed=False, limit=1.0)
    if difference:
        limit = max(0.05, float(np.nanmax(np.abs(difference[0]))))
        title = f"{group_word(titles[1])} − {group_word(titles[0]).lower()}, points"
        _matrix(axes[-1], difference[0], classes, title, signed=True, limit=limit)
    return _svg(figure, f"Confusion matrices of {', '.join(map(group_word, titles))}")


def _row_shares(matrix: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(matrix / matrix.sum(axis=1, keepdims=True), dtype=np.float64)


def _matrix(
    axis: Axes, values: npt.NDArray[np.float64], classes: Sequence[str], title: str, *, signed: bool, limit: float
) -> None:
    ramp = diverging_table(LIGHT) if signed else sequential_table(LIGHT)
    size = len(classes)
    image = np.full((size, size, 3), 255, dtype=np.uint8)
    for (row, column), value in np.ndenumerate(values):
        if np.isnan(value):
            continue
        share = 0.5 + value / (2 * limit) if signed else value / limit
        image[row, column] = ramp[int(np.clip(round(share * 255), 0, 255))]
        words = _points(value) if signed else f"{100 * value:.0f}"
        ink = ink_on(ramp_colour(ramp, share))
        axis.text(column, row, words, ha="center", va="center", fontsize=8, color=ink)
    axis.imshow(image, aspect="equal", interpolation="nearest")
    axis.set_xticks(range(size), [name[:3] for name in classes])
    axis.set_yticks(range(size), classes if not signed else [""] * size)
    axis.xaxis.tick_top()
    axis.set_title(title, fontsize=10, loc="left", color=LIGHT.text)


def _points(share: float) -> str:
    points = round(100 * share)
    return f"{points:+d}".replace("-", "−") if points else "0"


def signed_bars(panels: Sequence[tuple[str, Sequence[SignedRow]]], first: str, second: str) -> str:
    """Signed differences with intervals; positive favours `second`.

    Filled and coloured where the interval excludes zero, hollow grey where it does not.
    """
    figure, axes = _figure((4.6, 0.36 * max(len(rows) for _, rows in panels) + 1.1), len(panels))
    for axis, (title, rows) in zip(axes, panels, strict=True):
        axis.axvline(0, color=LIGHT.zero, linewidth=1)
        for position, row in enumerate(rows):
            _signed_point(axis, len(rows) - 1 - position, row, first, second)
        axis.set_yticks(range(len(rows)), [row.label for row in reversed(rows)])
        axis.set_ylim(-0.7, len(rows) - 0.3)
        axis.set_title(title, fontsize=10, color=LIGHT.text, pad=20)
        sides = ((f"◂ {group_word(first).lower()}", "right", -6), (f"{group_word(second).lower()} ▸", "left", 6))
        for words, side, away in sides:
            axis.annotate(
                words, (0, 1.02), (away, 0), xycoords=("data", "axes fraction"), textcoords="offset points", ha=side,
                fontsize=9, color=LIGHT.text2,
            )  # fmt: skip
    return _svg(figure, f"Signed differences per emotion: {', '.join(title for title, _ in panels)}")


def _signed_point(axis: Axes, y: int, row: SignedRow, first: str, second: str) -> None:
    sure = row.interval is not None and (row.interval[0] > 0 or row.interval[1] < 0)
    style = group_style(LIGHT, second if row.value > 0 else first, position=int(row.value > 0))
    colour = style.colour if sure else LIGHT.text3
    if row.interval is not None:
        axis.plot(row.interval, [y, y], color=colour, linewidth=2)
    face = colour if sure else LIGHT.panel
    axis.plot(
        [row.value], [y], _MARKERS[style.marker] if sure else "o", color=colour, markerfacecolor=face, markersize=6
    )
    digits = numbers.digits_of(row.value, *(row.interval or (None, None)))
    axis.annotate(
        numbers.signed(row.value, digits), (1.02, y), xycoords=("axes fraction", "data"), va="center", fontsize=8,
        color=LIGHT.text if sure else LIGHT.text2,
    )  # fmt: skip


def reliability(curves: Sequence[ReliabilityCurve]) -> str:
    """One reliability diagram per group; points are bins, bars the intervals of the observed rates."""
    figure, axes = _figure((3.2, 3.2), len(curves))
    for axis, curve in zip(axes, curves, strict=True):
        axis.plot([0, 1], [0, 1], color=LIGHT.zero, linewidth=1)
        colour, marker = curve.style.colour, _MARKERS[curve.style.marker]
        for p, ends in zip(curve.predicted, curve.intervals, strict=True):
            if ends is not None:
                axis.plot([p, p], ends, color=colour, linewidth=1.2, alpha=0.55, clip_on=False)
        # Not cut where a bin lies on the frame.
        axis.scatter(curve.predicted, curve.observed, s=30, color=colour, marker=marker, clip_on=False, zorder=3)
        axis.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
        axis.set_xlabel("predicted probability", fontsize=9, color=LIGHT.text2)
        axis.set_title(group_word(curve.group), fontsize=10, loc="left", color=LIGHT.text)
    axes[0].set_ylabel("observed rate", fontsize=9, color=LIGHT.text2)
    return _svg(figure, f"Reliability of {', '.join(group_word(curve.group) for curve in curves)}")


def seeds(panels: Sequence[tuple[str, Sequence[SeedRow]]]) -> str:
    """Numbers over seeds.

    A point per net, a box over the quartiles with the median; below it, in grey, the mean's interval over speakers.
    """
    figure, axes = _figure((4.8, 0.5 * max(len(rows) for _, rows in panels) + 0.8), len(panels))
    for axis, (title, rows) in zip(axes, panels, strict=True):
        for position, row in enumerate(reversed(rows)):
            _seed_row(axis, position, row)
        axis.set_yticks(range(len(rows)), [row.label for row in reversed(rows)])
        axis.set_ylim(-0.6, len(rows) - 0.4)
        axis.set_title(title, fontsize=10, loc="left", color=LIGHT.text)
        axis.grid(axis="x", color=LIGHT.grid, linewidth=0.8)
        axis.set_axisbelow(True)
        if any(min(row.values, default=0) < 0 for row in rows):
            axis.axvline(0, color=LIGHT.zero, linewidth=1)
    return _svg(figure, f"Distributions over seeds: {', '.join(title for title, _ in panels)}")


def _seed_row(axis: Axes, y: int, row: SeedRow) -> None:
    colour = row.style.colour if row.style else LIGHT.text
    low, middle, high = np.quantile(row.values, (0.25, 0.5, 0.75))
    axis.barh(y + 0.12, high - low, 0.3, low, color=colour, alpha=0.18, linewidth=0)
    axis.plot([middle, middle], [y - 0.03, y + 0.27], color=colour, linewidth=2)
    marker = _MARKERS[row.style.marker] if row.style else "o"
    axis.scatter(row.values, [y + 0.12] * len(row.values), s=16, color=colour, marker=marker, alpha=0.8, linewidth=0)
    if row.interval is not None:
        axis.plot(row.interval, [y - 0.22] * 2, color=LIGHT.text3, linewidth=1.5, marker="|", markersize=5)


def changes(rows: Sequence[ChangeRow]) -> str:
    """New − old with intervals; filled and coloured where there is evidence, hollow grey where there is none."""
    figure, (axis,) = _figure((8.4, 0.34 * len(rows) + 0.7), 1)
    axis.axvline(0, color=LIGHT.zero, linewidth=1)
    for y, row in enumerate(reversed(rows)):
        colour = LIGHT.text3 if row.better is None else LIGHT.better if row.better else LIGHT.worse
        if row.interval is not None:
            axis.plot(row.interval, [y, y], color=colour, linewidth=2)
        marker = "o" if row.better is None else "^" if row.better else "v"
        face = LIGHT.panel if row.better is None else colour
        axis.plot([row.delta], [y], marker, color=colour, markerfacecolor=face, markersize=6)
    axis.set_yticks(range(len(rows)), [row.label for row in reversed(rows)])
    axis.set_ylim(-0.7, len(rows) - 0.3)
    axis.set_xlabel("new − old", fontsize=9, color=LIGHT.text2)
    axis.grid(axis="x", color=LIGHT.grid, linewidth=0.8)
    axis.set_axisbelow(True)
    return _svg(figure, "Changes from the old to the new net, with intervals")
