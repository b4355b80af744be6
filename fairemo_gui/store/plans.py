"""Rating plans that sittings followed, each version as it was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from fairemo_gui.core.plan_file import parse_plan
from fairemo_gui.core.rating_plan import RatingPlan, plan_text
from fairemo_gui.store.workspace import Workspace


def keep(workspace: Workspace, plans: Iterable[RatingPlan]) -> None:
    """Keep plans that are not here yet; inside a transaction of the caller."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    workspace.db.conn.executemany(
        "INSERT OR IGNORE INTO rating_plan (sha256, name, version, content, created_at) VALUES (?, ?, ?, ?, ?)",
        [(plan.sha256, plan.name, plan.version, plan_text(plan), now) for plan in plans],
    )


def every(workspace: Workspace, corpus_id: int | None = None) -> list[RatingPlan]:
    """Every plan that a sitting followed, or a sitting on a corpus; in order of name, then of age."""
    rows = workspace.db.execute(
        "SELECT content FROM rating_plan WHERE ?1 IS NULL OR sha256 IN "
        "(SELECT plan_sha256 FROM session WHERE corpus_id = ?1) ORDER BY name, created_at, sha256",
        [corpus_id],
    ).fetchall()
    return [parse_plan(content, "A plan of the workspace") for (content,) in rows]


def get(workspace: Workspace, sha256: str) -> RatingPlan | None:
    """One plan, None where it is not here."""
    row = workspace.db.execute("SELECT content FROM rating_plan WHERE sha256 = ?", [sha256]).fetchone()
    return None if row is None else parse_plan(row[0], "A plan of the workspace")
