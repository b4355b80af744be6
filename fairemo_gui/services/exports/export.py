"""Exporting a corpus: read from one state of the workspace, written to a fresh folder, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import fairemo_gui
from fairemo_gui.corpora.companions import ABOUT, PROGRAM
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.exports.crema_d import write_crema_d
from fairemo_gui.services.exports.database import write_audformat
from fairemo_gui.services.exports.eaf import write_eaf
from fairemo_gui.services.exports.fairness import write_fairness
from fairemo_gui.services.exports.folder import fresh_folder, listing
from fairemo_gui.services.exports.material import Material, gather
from fairemo_gui.services.exports.plan import ExportPlan, ExportReport, Format, Tally
from fairemo_gui.services.exports.textgrid import write_textgrids
from fairemo_gui.services.exports.writers import write_tables
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.export import snapshot
from fairemo_gui.store.workspace import Workspace

Writer = Callable[[TaskContext, Material, Path, Tally], None]
_WRITERS: dict[Format, Writer] = {
    Format.CSV: write_tables,
    Format.PARQUET: write_tables,
    Format.JSON: write_tables,
    Format.AUDFORMAT: write_audformat,
    Format.EAF: write_eaf,
    Format.TEXTGRID: write_textgrids,
    Format.CREMA_D: write_crema_d,
    Format.FAIRNESS: write_fairness,
}


def export_corpus(
    ctx: TaskContext, workspace: Workspace, corpus: CorpusRow, plan: ExportPlan, to: Path, *, force: bool = False
) -> ExportReport:
    """Write a corpus into a folder of its own.

    Args:
        ctx: Hears progress; a cancel leaves nothing behind.
        workspace: Open workspace.
        corpus: Which corpus.
        plan: What to write.
        to: The folder; it must not be there, or be empty.
        force: Replace a former export at `to`; a folder that holds anything else is never replaced.

    Raises:
        UserError: Nothing to export, the format cannot hold it, or the folder cannot be written.
    """
    with fresh_folder(to, force=force) as folder, snapshot(workspace):
        ctx.report(0, None, f"Reading {corpus.name}")
        material = gather(workspace, corpus, plan)
        tally = Tally()
        if material.filtered_out:
            tally.left_out["utterances the filter holds back"] = material.filtered_out
        _WRITERS[plan.format](ctx, material, folder, tally)
        about = _about(material, tally) | {"listing": listing(folder)}
        (folder / ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        ctx.check()
    return ExportReport(to.absolute(), dict(tally.files), dict(tally.left_out), about)


def _about(material: Material, tally: Tally) -> dict[str, object]:
    corpus, plan = material.corpus, material.plan
    return {
        "program": PROGRAM,
        "version": fairemo_gui.__version__,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "format": plan.format.value,
        "level": plan.level.value,
        "filter": plan.where,
        "ratings": "standing" if plan.standing else "all",
        "corpus": {
            "name": corpus.name,
            "importer": corpus.importer,
            "imported_at": corpus.imported_at,
            "licence": corpus.licence,
            "synthetic": corpus.synthetic,
            "scheme": corpus.scheme.name,
            "classes": list(corpus.scheme.classes),
            "facts": corpus.facts,
        },
        "utterances": len(material.entries),
        "files": dict(tally.files),
        "left_out": dict(tally.left_out),
    }
