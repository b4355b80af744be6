"""Saved views: one per name, kept as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairemo_gui.errors import UserError
from fairemo_gui.store import corpora, views
from fairemo_gui.store.workspace import Workspace
from tests.unit.store.builders import small_bundle


def test_views_are_kept_replaced_and_forgotten(tmp_path: Path) -> None:
    with Workspace(tmp_path / "w.fairemo", create=True) as workspace:
        for name in ("one", "two"):
            corpora.add_bundle(workspace, small_bundle(name))
        first = views.save(workspace, 1, "  wrong  women ", {"filter": "gender:f wrong", "columns": ["p"]})
        views.save(workspace, 2, "wrong women", {})
        assert views.every(workspace, 1) == [first]
        again = views.save(workspace, 1, "wrong women", {"filter": "é"})
        assert [(v.name, v.content) for v in views.every(workspace, 1)] == [("wrong women", {"filter": "é"})]
        assert again.created_at >= first.created_at
        workspace.db.execute("UPDATE view SET content = '[' WHERE corpus_id = 2")
        assert views.every(workspace, 2) == []
        views.remove(workspace, 1, "wrong women")
        views.remove(workspace, 1, "wrong women")
        assert views.every(workspace, 1) == []


def test_a_view_without_a_name_is_refused(tmp_path: Path) -> None:
    with Workspace(tmp_path / "w.fairemo", create=True) as workspace:
        corpora.add_bundle(workspace, small_bundle())
        with pytest.raises(UserError, match="needs a name"):
            views.save(workspace, 1, " ", {})
