"""Every command that the README shows exists, with the options it is shown with."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

from fairemo_gui.cli.app import app
from fairemo_gui.corpora.importer import IMPORTERS

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
SHOWN = [row.replace("\\|", "|") for row in re.findall(r"^\| `(fairemo [^`]+)` \|", README, flags=re.MULTILINE)]


def test_the_table_has_every_command() -> None:
    root = typer.main.get_command(app)
    assert {shlex.split(line)[1] for line in SHOWN} == set(root.commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("line", SHOWN)
def test_a_shown_command_exists(line: str) -> None:
    command = typer.main.get_command(app)
    words = shlex.split(line.replace("[", "").replace("]", ""))[1:]
    while words and hasattr(command, "commands"):
        assert words[0] in command.commands, f"fairemo has no {words[0]}"
        command = command.commands[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts}
    assert [word for word in words if word.startswith("-") and word not in known] == []


def test_the_importers_named_are_those_there_are() -> None:
    named = re.search(r"`fairemo import (\S+) PATH", README)
    assert named
    assert set(named[1].split("\\|")) == set(IMPORTERS)
