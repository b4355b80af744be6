from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from fairemo_gui.gui.state.chart_looks import ChartLooks


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Look:
    figure: str = "f1"
    colour: Colour = Colour.RED
    by: tuple[str, ...] = ()
    falling: bool = True


OTHER = Look("uar", Colour.BLUE, ("age", "race"), False)


def test_a_look_is_kept_from_one_start_to_the_next(qtbot: QtBot, tmp_path: Path) -> None:
    def settings() -> QSettings:
        return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)

    looks = ChartLooks(settings())
    assert looks.of("slices", Look()) == Look()
    looks.keep("slices", OTHER)
    again = ChartLooks(settings())
    assert again.of("slices", Look()) == OTHER
    assert again.of("runs", Look()) == Look()


def test_a_saved_view_brings_looks_and_leaves_the_others(qtbot: QtBot) -> None:
    saved, looks, heard = ChartLooks(), ChartLooks(), list[int]()
    saved.keep("slices", OTHER)
    looks.keep("runs", OTHER)
    looks.applied.connect(lambda: heard.append(1))
    looks.apply(saved.every())
    assert (looks.of("slices", Look()), looks.of("runs", Look()), heard) == (OTHER, OTHER, [1])


@pytest.mark.parametrize("text", ["[", "[1]", '{"slices": 3}', '{"slices": {"figure": 3, "colour": [], "by": "x"}}'])
def test_what_was_written_by_hand_breaks_nothing(qtbot: QtBot, tmp_path: Path, text: str) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("charts/looks", text)
    assert ChartLooks(settings).of("slices", Look()) == Look()
