"""Quiet words: what a plan, a corpus or a rater wrote is shown as it was written."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from fairemo_gui.gui.tone_label import ToneLabel


def test_words_are_never_read_as_a_page(qtbot: QtBot) -> None:
    label, plain = ToneLabel('<img src="file:///tmp/x.png" width=999>'), ToneLabel("")
    for each in (label, plain):
        qtbot.addWidget(each)
    plain.setText("a <b>bold</b> word")
    as_page = plain.sizeHint().width()
    plain.setText("a bold word")
    assert label.sizeHint().width() < 999
    assert as_page > plain.sizeHint().width() * 1.2
