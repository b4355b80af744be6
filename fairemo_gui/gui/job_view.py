"""The running job in the toolbar: name, count, time left, a bar, and the cross that stops it."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QProgressBar, QSizePolicy, QToolButton, QWidget

from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.dock_title import IconButton
from fairemo_gui.gui.jobs import Job, JobRunner
from fairemo_gui.gui.tone_label import ToneLabel

_WIDTH = 240
_GAP, _SPACE = 10, 6


class JobView(QWidget):
    """Shows the newest job; the others are in its menu.

    Signals:
        cancel_requested(Job): The cross, or a line of the menu.
        visibility_changed(bool): Whether there is a job to show.
    """

    cancel_requested = Signal(object)
    visibility_changed = Signal(bool)

    def __init__(self, runner: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._shown: Job | None = None
        self._words = ""
        self.setObjectName("job")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.name, self.state = ToneLabel(tone="text"), ToneLabel()
        self.bar = QProgressBar()
        self.more = QToolButton()
        self.stop = IconButton("x", "Stop this job")
        self._lay_out()
        runner.changed.connect(self._on_changed)
        runner.progressed.connect(lambda job: self._show() if job is self._shown else None)
        self.stop.clicked.connect(self._on_stop)
        self._on_changed()

    def shown(self) -> Job | None:
        """The job on the screen."""
        return self._shown

    def words(self) -> str:
        """As `5,210 / 7,442 · 2 min left`."""
        return self._words

    def _say_state(self) -> None:
        """The words, elided where there is no room; the tooltip has them in full."""
        beside = [self.name, self.stop, *([self.more] if self.more.isVisibleTo(self) else [])]
        room = self.width() - sum(part.sizeHint().width() for part in beside) - _GAP - _SPACE * (len(beside) - 1)
        self.state.setText(self.state.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(_GAP)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.name, 0, 0)
        grid.addWidget(self.state, 0, 1)
        grid.addWidget(self.bar, 1, 0, 1, 2)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_SPACE)
        row.addWidget(self.more)
        row.addLayout(grid, 1)
        row.addWidget(self.stop)
        self.setFixedWidth(_WIDTH + 30)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(3)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(QMenu(self.more))
        self.more.menu().aboutToShow.connect(self._fill_menu)

    def _on_changed(self) -> None:
        jobs = self._runner.jobs()
        if self._shown not in jobs:
            running = [job for job in jobs if job.started_at is not None]
            newest = running or jobs
            self._shown = newest[-1] if newest else None
        self.visibility_changed.emit(self._shown is not None)
        self.more.setVisible(len(jobs) > 1)
        self.more.setText(f"{len(jobs)} jobs")
        self._show()

    def _show(self) -> None:
        job = self._shown
        if job is None:
            return
        self._words = job_words(job)
        self.name.setText(job.name)
        self._say_state()
        known = job.progress is not None and bool(job.progress.total)
        self.bar.setVisible(known)
        if known and job.progress is not None:
            self.bar.setRange(0, job.progress.total or 1)
            self.bar.setValue(job.progress.done)
        hint = job.progress.text if job.progress is not None else ""
        self.setToolTip(f"{job.name}: {hint}" if hint else job.name)
        self.setAccessibleName(f"{job.name}, {self._words}")

    def _fill_menu(self) -> None:
        menu = self.more.menu()
        menu.clear()
        for job in self._runner.jobs():
            each = menu.addMenu(f"{job.name}: {job_words(job)}")
            each.addAction("Show", lambda job=job: self._choose(job))
            each.addAction("Stop", lambda job=job: self.cancel_requested.emit(job))

    def _choose(self, job: Job) -> None:
        self._shown = job
        self._on_changed()

    def _on_stop(self) -> None:
        if self._shown is not None:
            self.cancel_requested.emit(self._shown)


def job_words(job: Job) -> str:
    """How far a job is, in words; of unknown length: what it is doing."""
    if job.cancelled:
        return "stopping"
    if job.started_at is None:
        return "waiting"
    progress = job.progress
    if progress is None:
        return "starting"
    if not progress.total or not job.counted:
        return progress.text
    count = f"{numbers.count(progress.done)} / {numbers.count(progress.total)}"
    left = job.seconds_left()
    return count if left is None else f"{count} · {_left(left)}"


def _left(seconds: float) -> str:
    if seconds < 60:
        return f"{max(math.ceil(seconds), 1)} s left"
    return f"{math.ceil(seconds / 60)} min left" if seconds < 5400 else f"{round(seconds / 3600)} h left"
