"""The form of rating plans: the reader's own words while it is filled in, and a file that says the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from fairemo_gui.core.plan_file import read_plan
from fairemo_gui.core.rating_plan import ClipRules, Items, Known, RatingPlan, SittingRules, Smart, SmartRule, Target
from fairemo_gui.core.records import Condition
from fairemo_gui.gui.dialogs.plan.dialog import PlanDialog
from fairemo_gui.gui.main_window import MainWindow
from fairemo_gui.services.annotation.plans import shipped_plans
from tests.gui.main_window.conftest import make_window, settle
from tests.unit.services.campaign.builders import campaign

__all__ = ["make_window"]
FULL = replace(
    read_plan(shipped_plans()["crema-d"]),
    trace="valence",
    smart=Smart(SmartRule.GROUPS, "race"),
    sitting=SittingRules(40, 10, 0.25, "Please read.\n\nAll of it."),
    target=Target(7, 0.8, 4),
    practice=(Known("u01", Condition.VOICE, ("sad",)),),
    attention=(Known("u02", Condition.AV, ("anger",)), Known("u03", Condition.FACE, ("fear",))),
)
FINE = replace(
    FULL,
    name="fine",
    answers=replace(FULL.answers, classes=("mixed feelings", "sad")),
    attention=(),
    items=Items(seed=2**40),
    clip=ClipRules(time_out=2.5),
    sitting=SittingRules(repeats=0.0333),
    target=Target(7, 0.6667, 4),
    practice=(Known("face 1 in voice", Condition.VOICE, ("mixed feelings",)),),
)


@pytest.mark.parametrize(
    "plan", [*(read_plan(file) for file in shipped_plans().values()), FULL, FINE], ids=lambda p: p.name
)
def test_the_form_says_again_what_it_was_given(qtbot: QtBot, plan: RatingPlan) -> None:
    dialog = PlanDialog(plan)
    qtbot.addWidget(dialog)
    found = dialog.plan()
    assert found is not None
    assert replace(found, sitting=replace(found.sitting, consent="")) == replace(
        plan, sitting=replace(plan.sitting, consent="")
    )
    assert found.sitting.consent == plan.sitting.consent.strip()


def test_what_cannot_stand_is_said_and_cannot_be_saved(qtbot: QtBot) -> None:
    dialog = PlanDialog(RatingPlan("mine", "1"))
    qtbot.addWidget(dialog)
    assert dialog.save.isEnabled()
    dialog.form.emotions.setChecked(False)
    qtbot.waitUntil(lambda: "asks nothing" in dialog.problem.text())
    assert dialog.plan() is None
    assert not dialog.save.isEnabled()
    dialog.form.dimensions["valence"].setChecked(True)
    qtbot.waitUntil(dialog.save.isEnabled)
    dialog.form.practice.setPlainText("u01 smell sad")
    qtbot.waitUntil(lambda: "“practice”, line 1" in dialog.problem.text())
    assert not dialog.save.isEnabled()


@pytest.fixture
def window(make_window: Callable[[Path | None], MainWindow], tmp_path: Path) -> MainWindow:
    """A window over a corpus nobody has rated."""
    workspace, _ = campaign(tmp_path / "c.fairemo")
    workspace.close()
    return make_window(tmp_path / "c.fairemo")


def test_the_preview_counts_on_the_corpus_and_the_file_is_read_again(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.actions_.rating_plan.trigger()
    dialog = window.planning.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: "24 clips" in dialog.preview.text())
    dialog.form.filter.setText("gender:f")
    dialog.form.ratings.setValue(2)
    dialog.form.items.setValue(9)
    qtbot.waitUntil(lambda: "12 clips; a sitting has 9 trials" in dialog.preview.text())
    assert "8 sittings in all" in dialog.preview.text()
    assert "assumed" in dialog.preview.text()
    dialog.form.classes.setText("anger, boredom")
    qtbot.waitUntil(lambda: "“boredom” is not an emotion" in dialog.problem.text())
    dialog.form.classes.setText("anger, sad")
    qtbot.waitUntil(lambda: not dialog.problem.isVisible())
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    dialog.save.click()
    settle(qtbot, window)
    assert read_plan(tmp_path / "mine.toml") == dialog.plan()
    assert "mine.toml" in window.messages.log()[-1].sentence
    broken = tmp_path / "broken.toml"
    broken.write_text('name = "x"\n', encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(broken), ""))
    dialog.read.click()
    assert "“version” is missing" in dialog.problem.text()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(shipped_plans()["demo"]), ""))
    dialog.read.click()
    assert dialog.form.name.text() == "demo"
    dialog.reject()
