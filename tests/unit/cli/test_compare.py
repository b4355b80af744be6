"""`fairemo compare`: what it prints of two nets."""

from __future__ import annotations

from pathlib import Path

from tests.unit.cli.test_real_corpora import run
from tests.unit.services.trained import add_net, many_speakers


def test_what_has_no_interval_is_named_as_in_the_table(tmp_path: Path) -> None:
    with many_speakers(tmp_path) as workspace:
        add_net(workspace, 0)
        add_net(workspace, 0)
        folder = workspace.folder
    told = run("compare", 1, 2, "--ci", 50, "-w", folder)
    assert told.exit_code == 0, told.output
    reasons = [line for line in told.stdout.splitlines() if "changed by the same" in line]
    assert reasons
    assert "Every row: every speaker changed by the same." in told.stdout
    assert "macro_f1" not in told.stdout
