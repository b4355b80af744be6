"""Saved views of a corpus: what the window showed, under a name, for the window to show again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from fairemo_gui.errors import UserError
from fairemo_gui.store.workspace import Workspace


@dataclass(frozen=True)
class View:
    """A saved view.

    Attributes:
        content: JSON values, whose meaning is the window's.
        created_at: When it was saved last; ISO 8601, UTC.
    """

    name: str
    content: dict[str, object]
    created_at: str


def save(workspace: Workspace, corpus_id: int, name: str, content: Mapping[str, object]) -> View:
    """Keep a view, in place of a former one of this name.

    Raises:
        UserError: The name is empty.
    """
    name = " ".join(name.split())
    if not name:
        raise UserError("A saved view needs a name; give it one.")
    view = View(name, dict(content), datetime.now(UTC).isoformat(timespec="milliseconds"))
    with workspace.transaction() as db:
        db.execute(
            "INSERT INTO view (corpus_id, name, content, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (corpus_id, name) "
            "DO UPDATE SET content = excluded.content, created_at = excluded.created_at",
            [corpus_id, name, json.dumps(view.content, ensure_ascii=False), view.created_at],
        )
    return view


def every(workspace: Workspace, corpus_id: int) -> list[View]:
    """The views of a corpus, in order of name; one that cannot be read is left out."""
    rows = workspace.db.execute(
        "SELECT name, content, created_at FROM view WHERE corpus_id = ? ORDER BY name", [corpus_id]
    ).fetchall()
    read = ((name, _content(text), created_at) for name, text, created_at in rows)
    return [View(name, content, created_at) for name, content, created_at in read if content is not None]


def remove(workspace: Workspace, corpus_id: int, name: str) -> None:
    """Forget a view; one that is not there is forgotten already."""
    with workspace.transaction() as db:
        db.execute("DELETE FROM view WHERE corpus_id = ? AND name = ?", [corpus_id, name])


def _content(text: str) -> dict[str, object] | None:
    try:
        content = json.loads(text)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
