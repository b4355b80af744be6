"""Charts of the report as SVG text, in the same colours as the window's light theme."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fairemo_gui.core.colours import (
    LIGHT,
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

_MARKERS = {"o": "o", "s": "s", "t1": "^", "d": "D"}


@dataclass(frozen=True)
class SignedRow:
    """A signed difference of one class with its interval, where it has one."""

    label: str
    value: float
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class ReliabilityCurve:
    """Bins of one group: mean probability, observed rate, number of pairs."""

    group: str
    predicted: Sequence[float]
    observed: Sequence[float]
    counts: Sequence[int]


def _figure(width: float, height: float, panels: int) -> tuple[Figure, list[Axes]]:
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as MatplotlibFigure

    mpl.rcParams["font.family"] = ["Inter", "DejaVu Sans"]
    figure = MatplotlibFigure(figsize=(width, height), layout="constrained", facecolor=LIGHT.panel)
    FigureCanvasSVG(figure)
    axes = figure.subplots(1, panels, squeeze=False)[0]
    for each in axes:
        for side in each.spines.values():
            side.set_visible(False)
        each.tick_params(length=0, labelsize=9, labelcolor=LIGHT.text2)
    return figure, list(axes)


def _svg(figure: Figure) -> str:
    import matplotlib as mpl

    text = io.StringIO()
    # Words stay words, and the same figures give the same file.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "fairemo"}):
        figure.savefig(text, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Type", "Format")))
    whole = text.getvalue()
    return whole[whole.index("<svg") :]


def confusion(counts: Sequence[npt.NDArray[np.int64]], titles: Sequence[str], classes: Sequence[str]) -> str:
    """Row-normalised matrices side by side; with two of them also their difference, second minus first.

    Args:
        counts: One (C, C) matrix per group, rows = truth.
        titles: Group per matrix.
        classes: Class names.
    """
    shares = [_row_shares(matrix) for matrix in counts]
    difference = [shares[1] - shares[0]] if len(shares) == 2 else []
    figure, axes = _figure(3.4 * (len(shares) + len(difference)), 3.4, len(shares) + len(difference))
    for axis, share, title, matrix in zip(axes, shares, titles, counts, strict=False):
        _matrix(axis, share, classes, f"{group_word(title)} (n = {matrix.sum():,})", signed=False, limit=1.0)
    if difference:
        limit = max(0.05, float(np.nanmax(np.abs(difference[0]))))
        title = f"{group_word(titles[1])} − {group_word(titles[0]).lower()}, points"
        _matrix(axes[-1], difference[0], classes, title, signed=True, limit=limit)
    return _svg(figure)


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
    figure, axes = _figure(4.2 * len(panels), 0.36 * max(len(rows) for _, rows in panels) + 1.1, len(panels))
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
    return _svg(figure)


def _signed_point(axis: Axes, y: int, row: SignedRow, first: str, second: str) -> None:
    sure = row.interval is not None and (row.interval[0] > 0 or row.interval[1] < 0)
    style = group_style(LIGHT, second if row.value > 0 else first, position=int(row.value > 0))
    colour = style.colour if sure else LIGHT.text3
    if row.interval is not None:
        axis.plot(row.interval, [y, y], color=colour, linewidth=2)
    face = colour if sure else LIGHT.panel
    axis.plot(
        [row.value], [y], _MARKERS[style.symbol] if sure else "o", color=colour, markerfacecolor=face, markersize=6
    )
    axis.annotate(
        f"{row.value:+.3f}".replace("-", "−"), (1.02, y), xycoords=("axes fraction", "data"), va="center", fontsize=8,
        color=LIGHT.text if sure else LIGHT.text2,
    )  # fmt: skip


def reliability(curves: Sequence[ReliabilityCurve]) -> str:
    """One reliability diagram per group; points are bins, sized by how many pairs they hold."""
    figure, axes = _figure(3.2 * len(curves), 3.2, len(curves))
    for axis, curve in zip(axes, curves, strict=True):
        style = group_style(LIGHT, curve.group)
        axis.plot([0, 1], [0, 1], color=LIGHT.zero, linewidth=1)
        counts = np.asarray(curve.counts, dtype=np.float64)
        sizes = 12 + 48 * counts / max(counts.max(initial=1), 1)
        axis.scatter(curve.predicted, curve.observed, s=sizes, color=style.colour, marker=_MARKERS[style.symbol])
        axis.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
        axis.set_xlabel("predicted probability", fontsize=9, color=LIGHT.text2)
        axis.set_title(group_word(curve.group), fontsize=10, loc="left", color=LIGHT.text)
    axes[0].set_ylabel("observed rate", fontsize=9, color=LIGHT.text2)
    return _svg(figure)
