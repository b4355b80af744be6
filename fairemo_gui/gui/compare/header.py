"""Top of the Compare page: what was compared, the verdicts, the three buttons, and the line of checks."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from fairemo_gui.evaluation.comparison import Verdict
from fairemo_gui.gui import theme
from fairemo_gui.gui.compare.model import CompareModel, Finding
from fairemo_gui.gui.compare.verdicts import colour_of, glyph_of
from fairemo_gui.gui.controls.key_button import KeyButton
from fairemo_gui.gui.controls.painting import draw_text, draw_verdict, pen, width_of

_SIDE, _HEIGHT, _CHECKS = 12.0, 76, 30


class HeadlineText(QWidget):
    """Title and verdicts; what does not fit goes to a second line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model: CompareModel | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)

    def set_model(self, model: CompareModel) -> None:
        """Show another comparison."""
        self._model = model
        said = "; ".join(f"{finding.words} {finding.numbers}" for finding in model.findings)
        self.setAccessibleName(f"{_title(model)}: {said}")
        self.setToolTip(said.replace("; ", "\n"))
        self.updateGeometry()
        self.setFixedHeight(_HEIGHT + (20 if self._lines(self.width()) > 1 else 0))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Title, summary, findings."""
        model = self._model
        if model is None:
            return
        tokens, painter = theme.current(), QPainter(self)
        title = theme.font(theme.TITLE, 600)
        wide = width_of(_title(model), title)
        draw_text(painter, QRectF(_SIDE, 14, self.width() - _SIDE, 22), _title(model), tokens.text, title)
        rest = QRectF(_SIDE + wide + 11, 15, self.width() - _SIDE - wide - 11, 22)
        if rest.width() > 40:
            draw_text(painter, rest, model.summary, tokens.text2, theme.font())
        x, y = _SIDE, 42.0
        for finding in model.findings:
            needed = _finding_width(finding)
            if x > _SIDE and x + needed > self.width():
                x, y = _SIDE, y + 20
            _draw_finding(painter, QPointF(x, y), finding)
            x += needed + 20

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Grow where the findings need a second line."""
        if self._model is not None:
            self.setFixedHeight(_HEIGHT + (20 if self._lines(self.width()) > 1 else 0))

    def _lines(self, width: int) -> int:
        lines, x = 1, _SIDE
        for finding in self._model.findings if self._model else ():
            needed = _finding_width(finding)
            if x > _SIDE and x + needed > width:
                lines, x = lines + 1, _SIDE
            x += needed + 20
        return lines


class CompareHeader(QWidget):
    """Headline and buttons.

    Signals:
        keep_requested(): Keep the new net (Ctrl+Enter).
        discard_requested(): Discard it.
        export_requested(): Write the whole comparison.
    """

    keep_requested = Signal()
    discard_requested = Signal()
    export_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = HeadlineText(self)
        self.export = KeyButton("Export…", "export", parent=self)
        self.discard = KeyButton("Discard", "trash", parent=self)
        self.keep = KeyButton("Keep", "check", "Ctrl+Enter", "primary", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 12, 0)
        row.setSpacing(14)
        row.addWidget(self.text, 1)
        for button, signal in (
            (self.export, self.export_requested),
            (self.discard, self.discard_requested),
            (self.keep, self.keep_requested),
        ):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
            button.clicked.connect(signal)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(key), self, self.keep.click)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.Base)

    def set_model(self, model: CompareModel) -> None:
        """Show another comparison."""
        self.text.set_model(model)
        self.discard.set_words(f"Discard {model.new_name}")
        self.keep.set_words(f"Keep {model.new_name}")


class CheckLine(QWidget):
    """30 px of facts: the check on speakers first, how intervals are made at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model: CompareModel | None = None
        self.setFixedHeight(_CHECKS)

    def set_model(self, model: CompareModel) -> None:
        """Show other facts."""
        self._model = model
        words = (*model.checks, model.interval)
        self.setAccessibleName(". ".join(words))
        self.setToolTip("\n".join(words))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Chrome, hairlines, facts that fit; the tooltip has them all."""
        tokens, small, painter = theme.current(), theme.font(theme.SMALL), QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.chrome))
        painter.setPen(pen(tokens.line))
        painter.drawLine(0, 0, self.width(), 0)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        model = self._model
        if model is None:
            return
        end = self._draw_interval(painter, model)
        x = _SIDE
        for k, words in enumerate(model.checks):
            wide = width_of(words, small) + (18 if k == 0 else 0)
            if x + wide > end:
                return
            if k == 0:
                name, colour = ("check-circle", tokens.text2) if model.speakers_apart else ("warning", tokens.warn)
                theme.icon(name, tokens, colour).paint(painter, int(x), 8, 14, 14)
            colour = tokens.warn if k == 0 and not model.speakers_apart else tokens.text2
            box = QRectF(x + (18 if k == 0 else 0), 0, wide, self.height())
            draw_text(painter, box, words, colour, small)
            x += wide + 20

    def _draw_interval(self, painter: QPainter, model: CompareModel) -> float:
        tokens, small = theme.current(), theme.font(theme.SMALL)
        wide = width_of(model.interval, small) + 1
        left = self.width() - _SIDE - wide
        draw_text(painter, QRectF(left, 0, wide, self.height()), model.interval, tokens.text2, small)
        theme.icon("info", tokens).paint(painter, int(left) - 19, 8, 14, 14)
        return left - 40


def _title(model: CompareModel) -> str:
    return f"{model.new_name[:1].upper()}{model.new_name[1:]} against {model.old_name}"


def _finding_width(finding: Finding) -> float:
    strong, body = theme.font(theme.BODY, 600), theme.font()
    return (
        width_of(finding.words, strong) + width_of(finding.numbers, body) + 5 + (14 if glyph_of(finding.verdict) else 0)
    )


def _draw_finding(painter: QPainter, at: QPointF, finding: Finding) -> None:
    tokens, strong, body = theme.current(), theme.font(theme.BODY, 600), theme.font()
    x, glyph = at.x(), glyph_of(finding.verdict)
    evident = finding.verdict is not Verdict.NO_EVIDENCE
    colour = colour_of(finding.verdict, tokens) if evident else tokens.text
    if glyph:
        draw_verdict(painter, QPointF(x + 5, at.y() + 10), glyph, colour, 10)
        x += 14
    wide = width_of(finding.words, strong)
    draw_text(painter, QRectF(x, at.y(), wide + 1, 20), finding.words, colour, strong)
    numbers = QRectF(x + wide + 5, at.y(), width_of(finding.numbers, body) + 1, 20)
    draw_text(painter, numbers, finding.numbers, tokens.text2, body)
