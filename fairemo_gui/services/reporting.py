"""The report: one self-contained HTML file with charts, tables, definitions and caveats. It needs no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import jinja2
import numpy as np
import numpy.typing as npt

import fairemo_gui
from fairemo_gui import paths
from fairemo_gui.core import numbers
from fairemo_gui.core.colours import LIGHT, group_word
from fairemo_gui.core.records import Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.agreement_definitions import AGREEMENT_DEFINITIONS
from fairemo_gui.evaluation.comparison import Comparison
from fairemo_gui.evaluation.intervals import Interval, IntervalPlan
from fairemo_gui.evaluation.records import Evaluation
from fairemo_gui.evaluation.sample import Mode
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.agreement import AgreementView, measure_agreement
from fairemo_gui.services.cards import net_card
from fairemo_gui.services.comparison import ComparisonView, compare_nets
from fairemo_gui.services.evaluation import EvaluationView, evaluate_predictor
from fairemo_gui.services.report_sections import change_chart, group_sections, seed_chart
from fairemo_gui.services.samples import NetPredictor, Predictor
from fairemo_gui.services.seeds import SeedsView, evaluate_seeds, siblings
from fairemo_gui.store import corpora, nets
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.nets import NetRow
from fairemo_gui.store.workspace import Workspace

_METRICS = ("macro_f1", "weighted_f1", "uar", "accuracy", "exact_match", "brier", "brier_soft", "ece", "roc_auc")
_SAME_IF_SINGLE = ("exact_match", "brier_soft")
"""With one class per utterance these are accuracy and Brier."""
_PER_CLASS = ("f1", "precision", "recall", "fpr", "selection_rate", "brier", "roc_auc")
_CALIBRATION = ("brier", "reliability", "resolution", "uncertainty", "within_bin", "ece", "ece_width")
_FLIPS_SHOWN = 30


@dataclass(frozen=True)
class Part:
    """What a report is confined to.

    Attributes:
        ids: Only these utterances, int64; None = all.
        mode: Overrides how truth is read.
        gold: Name of adjudicated labels that count as true.
        words: A sentence that says so.
    """

    ids: npt.NDArray[np.int64] | None = None
    mode: Mode | None = None
    gold: str | None = None
    words: str = ""


def write_report(
    ctx: TaskContext,
    workspace: Workspace,
    corpus: CorpusRow,
    truth: Truth,
    predictor: Predictor,
    to: Path,
    by: Sequence[str] = ("gender",),
    plan: IntervalPlan | None = None,
    only: Part | None = None,
) -> Path:
    """Evaluate with intervals and write the report; an existing file is replaced only once the new one is whole.

    A net's report also holds its model card, the distribution over its seeds where other nets differ only in theirs,
    and the comparison with the net it was retrained from. With `only` the evaluation is of some utterances, read as
    said there, and the report says so; its other parts are of the whole corpus.

    Raises:
        UserError: Nothing to evaluate, or the file cannot be written.
    """
    if not to.name or to.is_dir():
        raise UserError(f"{to} is a folder; name the file to write, as {to / 'report.html'}.")
    plan = plan or IntervalPlan()
    ctx.report(0, 4, "Evaluating")
    only = only or Part()
    view = evaluate_predictor(
        workspace, corpus, truth, predictor, by, mode=only.mode, ids=only.ids, intervals=plan, gold=only.gold,
        check=ctx.check,
    )  # fmt: skip
    about_net: dict[str, Any] = {"card": None, "seeds": None, "comparison": None}
    if isinstance(predictor, NetPredictor):
        net = nets.trained_net(workspace, predictor.net_id, corpus.id)
        ctx.report(1, 4, "Other seeds, and the net before")
        about_net = {
            "card": net_card(workspace, net),
            "seeds": _seeds(ctx, workspace, corpus, truth, net, by, plan),
            "comparison": _before(ctx, workspace, corpus, truth, net, by, plan, only.gold),
        }
    agreement = measure_agreement(workspace, corpus, by, intervals=plan, check=ctx.check)
    ctx.report(2, 4, "Drawing")
    page = _page(workspace, corpus, view, plan, agreement, part=only.words, **about_net)
    ctx.report(3, 4, "Writing")
    _write(page, to)
    return to


def _write(page: str, to: Path) -> None:
    partial = to.with_name(to.name + ".part")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(page, encoding="utf-8")
        partial.replace(to)
    except OSError as error:
        raise UserError(f"{to} cannot be written ({error.strerror}); choose another place.") from None


def _seeds(
    ctx: TaskContext,
    workspace: Workspace,
    corpus: CorpusRow,
    truth: Truth,
    net: NetRow,
    by: Sequence[str],
    plan: IntervalPlan,
) -> SeedsView | None:
    alike = siblings(workspace, net)
    if len(alike) < 2:
        return None
    return evaluate_seeds(workspace, corpus, truth, alike, by, intervals=plan, check=ctx.check)


def _before(
    ctx: TaskContext,
    workspace: Workspace,
    corpus: CorpusRow,
    truth: Truth,
    net: NetRow,
    by: Sequence[str],
    plan: IntervalPlan,
    gold: str | None,
) -> ComparisonView | None:
    """The net against the one it was retrained from, grouped by the first attribute."""
    if net.parent_id is None:
        return None
    return compare_nets(workspace, corpus, net.parent_id, net.id, truth, by[0], plan, ctx.check, gold=gold)


def _page(
    workspace: Workspace,
    corpus: CorpusRow,
    view: EvaluationView,
    plan: IntervalPlan,
    agreement: AgreementView,
    *,
    part: str,
    card: object,
    seeds: SeedsView | None,
    comparison: ComparisonView | None,
) -> str:
    found = view.to_json()
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(paths.resources()), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {
        "number": numbers.rate, "signed": numbers.signed, "ends": _ends, "group": group_word, "count": _count,
    }  # fmt: skip
    environment.globals["digits_of"] = numbers.digits_of
    metrics: Mapping[str, Any] = found["metrics"]  # type: ignore[assignment]
    return environment.get_template("report.html.j2").render(
        found=found,
        intervals=view.evaluation.intervals,
        corpus=corpus,
        table=corpora.table(workspace, corpus.id),
        metrics=[
            key for key in _METRICS if key in metrics and not (key in _SAME_IF_SINGLE and found["mode"] == "single")
        ],
        per_class=[key for key in _PER_CLASS if key in metrics["per_class"]],
        calibration=_CALIBRATION,
        caveats=[*([part] if part else []), *view.caveats, *caveats(view.evaluation)],
        sections=group_sections(view),
        card=card,
        seeds=seeds,
        seed_chart=seed_chart(seeds.runs) if seeds else None,
        comparison=comparison,
        change_chart=change_chart(comparison.comparison) if comparison else None,
        footnotes=footnotes(comparison.comparison) if comparison else {},
        flips_shown=_FLIPS_SHOWN,
        agreement=agreement,
        meant=AGREEMENT_DEFINITIONS,
        plan=plan,
        tokens=LIGHT,
        version=fairemo_gui.__version__,
        made_at=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        workspace=workspace.name,
    )


def caveats(found: Evaluation) -> Iterator[str]:
    """What a reader must know beside what the evaluation itself says: empty cells, ties, zeros."""
    for by, fairness in found.fairness.items():
        compared = [group for group in found.groups if group.by == by and group.value in fairness.groups]
        if compared and all(group.speakers == 1 for group in compared):
            yield f"{by}: each group in this test set is one speaker; nothing here can be said of a group."
        empty = fairness.empty_cells.get("recall", 0)
        if empty:
            cells = len(compared) * len(found.classes)
            yield f"{by}: {empty} of {cells} cells (group, class) hold no true utterance; left out of max and min."
    for name, metrics in (
        ("", found.metrics),
        *((f"{g.by} {g.value or 'unknown'}: ", g.metrics) for g in found.groups),
    ):
        if zeros := metrics.undefined.get("f1", 0):
            yield f"{name}{zeros} of {len(found.classes)} classes are never true and never predicted: 0 in macro-F1."
    if ties := found.metrics.ties["prediction"]:
        yield f"{ties:,} predictions share their greatest probability between classes; the first class is taken."


def footnotes(found: Comparison) -> dict[str, str]:
    """Why changes have no interval or no verdict, each with its mark: the same few reasons hold for many rows."""
    rows = (*found.changes, *found.further, *found.per_class)
    return dict(zip(dict.fromkeys(row.reason for row in rows if row.reason), ascii_lowercase, strict=False))


def _ends(ends: Interval | tuple[float, float], digits: int = 3) -> str:
    low, high = (ends.low, ends.high) if isinstance(ends, Interval) else ends
    if low != low or high != high:
        return numbers.ABSENT
    return f"[{numbers.rate(low, digits)}, {numbers.rate(high, digits)}]"


def _count(value: int) -> str:
    return f"{value:,}"
