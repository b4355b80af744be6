"""The report: one self-contained HTML file with charts, tables, definitions and caveats. It needs no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

import fairemo_gui
from fairemo_gui import paths
from fairemo_gui.core.colours import LIGHT, group_style, group_word
from fairemo_gui.core.records import Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.intervals import IntervalPlan, Intervals
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services import report_charts
from fairemo_gui.services.evaluation import EvaluationView, evaluate_predictor
from fairemo_gui.services.report_charts import ReliabilityCurve, SignedRow
from fairemo_gui.services.samples import NetPredictor, Predictor
from fairemo_gui.store import corpora, nets
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.workspace import Workspace

_METRICS = ("macro_f1", "weighted_f1", "uar", "accuracy", "exact_match", "brier", "brier_soft", "ece", "roc_auc")


def write_report(
    ctx: TaskContext,
    workspace: Workspace,
    corpus: CorpusRow,
    truth: Truth,
    predictor: Predictor,
    to: Path,
    by: Sequence[str] = ("gender",),
    plan: IntervalPlan | None = None,
) -> Path:
    """Evaluate with intervals and write the report; an existing file is replaced only once the new one is whole.

    Raises:
        UserError: Nothing to evaluate, or the file cannot be written.
    """
    if not to.name or to.is_dir():
        raise UserError(f"{to} is a folder; name the file to write, as {to / 'report.html'}.")
    ctx.report(0, 3, "Evaluating")
    plan = plan or IntervalPlan()
    view = evaluate_predictor(workspace, corpus, truth, predictor, by, intervals=plan, check=ctx.check)
    ctx.report(1, 3, "Drawing")
    page = _page(workspace, corpus, view, by, plan)
    ctx.report(2, 3, "Writing")
    partial = to.with_name(to.name + ".part")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(page, encoding="utf-8")
        partial.replace(to)
    except OSError as error:
        raise UserError(f"{to} cannot be written ({error.strerror}); choose another place.") from None
    return to


def _page(workspace: Workspace, corpus: CorpusRow, view: EvaluationView, by: Sequence[str], plan: IntervalPlan) -> str:
    found = view.to_json()
    net = nets.net(workspace, view.predictor.net_id) if isinstance(view.predictor, NetPredictor) else None
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(paths.resources()), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["number"] = _number
    environment.filters["group"] = group_word
    table = corpora.table(workspace, corpus.id)
    return environment.get_template("report.html.j2").render(
        found=found,
        corpus=corpus,
        table=table,
        net=net,
        metrics=[key for key in _METRICS if key in found["metrics"]],  # type: ignore[operator]
        intervals=_intervals(view),
        sections=[_section(view, found, attribute) for attribute in by],
        plan=plan,
        tokens=LIGHT,
        markers={value: group_style(LIGHT, value) for value in ("female", "male")},
        version=fairemo_gui.__version__,
        made_at=datetime.now(UTC).isoformat(timespec="minutes"),
        workspace=workspace.name,
    )


def _intervals(view: EvaluationView) -> Intervals:
    found = view.evaluation.intervals
    assert found is not None  # a report is always made with a plan
    return found


def _section(view: EvaluationView, found: Mapping[str, Any], attribute: str) -> dict[str, Any]:
    """Charts of one attribute."""
    classes = view.evaluation.classes
    shown = [g for g in view.evaluation.groups if g.by == attribute and g.value is not None and not g.small]
    values = [str(group.value) for group in shown]
    return {
        "attribute": attribute,
        "confusion": report_charts.confusion([group.confusion.counts for group in shown], values, classes)
        if shown
        else None,
        "signed": _signed(found, attribute, classes, _intervals(view)),
        "reliability": _reliability(view, attribute),
        "fairness": found["fairness"].get(attribute),
    }


def _signed(found: Mapping[str, Any], attribute: str, classes: Sequence[str], intervals: Intervals) -> str | None:
    signed = (found["fairness"].get(attribute) or {}).get("signed")
    if signed is None:
        return None
    panels = []
    for key, title in (("sp", "Selection rate"), ("eo", "True positive rate")):
        rows = []
        for name in classes:
            value = signed[key]["per_class"][name]
            ends = intervals.at("fairness", attribute, "signed", key, "per_class", name)
            rows.append(
                SignedRow(name, np.nan if value is None else value, None if ends is None else (ends.low, ends.high))
            )
        panels.append((title, rows))
    return report_charts.signed_bars(panels, first=signed["minus"], second=signed["plus"])


def _reliability(view: EvaluationView, attribute: str) -> str | None:
    curves = [
        ReliabilityCurve(
            str(group.value),
            [cell["mean_p"] for cell in bins],
            [cell["observed"] for cell in bins],
            [int(cell["n"]) for cell in bins],
        )
        for group in view.evaluation.groups
        if group.by == attribute and group.value is not None and not group.small and group.calibration is not None
        for bins in (group.calibration.bins.to_json(),)
    ]
    return report_charts.reliability(curves) if curves else None


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}".replace("-", "−")
