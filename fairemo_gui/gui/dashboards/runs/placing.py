"""Where names stand beside points so that they cover neither each other nor the points."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF


def place_names(
    points: Sequence[QPointF],
    reach: Sequence[float],
    sizes: Sequence[tuple[float, float]],
    area: QRectF,
    taken: Sequence[QRectF],
    lines: Sequence[QRectF] = (),
    shy: Sequence[bool] = (),
) -> list[QRectF | None]:
    """A free rectangle near each point, right of it where that goes; None where there is no room at all.

    Args:
        points: In order of importance: earlier ones choose first.
        reach: How far each mark reaches from its point.
        sizes: Width and height of each name; an empty one stands nowhere.
        area: Names stay inside.
        taken: What must not be covered.
        lines: What should not be crossed, where there is a choice.
        shy: Which names rather stand nowhere than on a line; none where it is empty.
    """
    used = [*taken]
    found: list[QRectF | None] = []
    for point, away, (wide, high), gives_way in zip(points, reach, sizes, shy or [False] * len(points), strict=True):
        boxes = [box for box in _around(point, away + 3, wide, high) if wide > 0 and area.contains(box)]
        free = [box for box in boxes if not _meets(box, used)]
        clear = [box for box in free if not _meets(box, lines)]
        best = next(iter(clear or ([] if gives_way else free)), None)
        found.append(best)
        if best is not None:
            used.append(best)
    return found


def _meets(box: QRectF, others: Sequence[QRectF]) -> bool:
    return any(box.intersects(other) for other in others)


def _around(point: QPointF, away: float, wide: float, high: float) -> list[QRectF]:
    x, y, half = point.x(), point.y(), high / 2
    near = [
        (x + away, y - half), (x - away - wide, y - half), (x + away - 3, y - high - away + 4),
        (x + away - 3, y + away - 4), (x - away + 3 - wide, y - high - away + 4), (x - away + 3 - wide, y + away - 4),
        (x - wide / 2, y - high - away + 1), (x - wide / 2, y + away - 1),
    ]  # fmt: skip
    far = [(left, top + step) for step in (-high, high, -2 * high, 2 * high) for left, top in near[:2]]
    return [QRectF(left, top, wide, high) for left, top in [*near, *far]]


def leader(point: QPointF, away: float, name: QRectF) -> QPointF | None:
    """Where a line from a point to its name ends, where the name stands too far off to be told by place alone."""
    x = min(max(point.x(), name.left()), name.right())
    y = min(max(point.y(), name.top() + 2), name.bottom() - 2)
    apart = max(abs(x - point.x()), abs(y - point.y()))
    return QPointF(x, y) if apart > away + 5 else None
