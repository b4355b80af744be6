"""From standings of nets, raters and papers to what the runs dashboard draws."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.evaluation.definitions import DEFINITIONS
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.dashboards.model import Estimate
from fairemo_gui.gui.dashboards.runs.model import FigureName, MarkKind, RunMark, RunRow, RunsLook, RunsModel
from fairemo_gui.gui.state.chart_context import HUMAN, NET
from fairemo_gui.services.published import PublishedRun, Reported, published_runs
from fairemo_gui.services.runs import Figure, Standing, front
from fairemo_gui.store.corpora import CorpusRow
from fairemo_gui.store.nets import NetRow

COLUMNS = ("Run", "Recipe", "Labels", "Seed", "Folds", "Status", "score", "gap", "Time", "Date")
SCORE, GAP = COLUMNS.index("score"), COLUMNS.index("gap")
_SHORT = {
    "macro_f1": "Macro-F1", "uar": "UAR", "accuracy": "Accuracy", "macro_f1_gap": "F1 gap", "dpd": "DPD", "eod": "EOD",
}  # fmt: skip
_BETWEEN = {"gender": "women and men", "age": "ages", "race": "races", "ethnicity": "ethnicities"}
_RATERS = {Condition.VOICE: "Voice raters", Condition.FACE: "Face raters", Condition.AV: "AV raters"}
_DRAWN = (MarkKind.PUBLISHED, MarkKind.RATERS, MarkKind.SEED, MarkKind.CLOUD, MarkKind.NET)


@dataclass(frozen=True)
class Standings:
    """What is known so far; None = still being computed.

    Attributes:
        nets: Newest first.
        clouds: Nets that differ only in their seed, with their standing together.
    """

    nets: Sequence[tuple[NetRow, Standing | None]] = ()
    clouds: Sequence[tuple[tuple[NetRow, ...], Standing | None]] = ()
    raters: Sequence[tuple[Condition, Standing | None]] = ()

    def everyone(self) -> Iterator[Standing | None]:
        """Every standing asked for."""
        for _, standing in (*self.nets, *self.clouds, *self.raters):
            yield standing


@dataclass(frozen=True)
class Setting:
    """What the dashboard is asked to show.

    Attributes:
        look: Which figures, and whether values of papers are shown.
        chosen: Predictor of all charts, as `net:3`.
    """

    corpus: CorpusRow
    truth: Truth
    truth_words: str
    look: RunsLook = field(default_factory=RunsLook)
    by: str = "gender"
    chosen: str = ""
    classes: int = 0


def figure_name(key: str) -> FigureName:
    """How a figure is called."""
    known = DEFINITIONS[key]
    extra = (DEFINITIONS["gap_interval"].definition,) if key in {"macro_f1_gap", "dpd", "eod"} else ()
    card = Card(known.title, known.definition, known.formula, known.source, extra)
    return FigureName(key, _SHORT[key], known.title, card)


def runs_model(found: Standings, setting: Setting) -> RunsModel:
    """Marks, front and rows; curves are put in by whoever knows which fold is wanted."""
    papers = _papers(setting)
    marks = [*_net_marks(found, setting), *_rater_marks(found, setting)]
    alone = len({paper.system.name for paper in papers}) == 1
    marks += [_paper_mark(paper, setting, alone) for paper in papers if setting.look.published]
    marks.sort(key=lambda mark: (_DRAWN.index(mark.kind), mark.chosen))
    runs = [k for k, m in enumerate(marks) if m.kind in {MarkKind.NET, MarkKind.CLOUD} and m.drawable]
    best = front((marks[k].gap.value, marks[k].score.value) for k in runs)
    ours = [mark for mark in marks if mark.kind is not MarkKind.PUBLISHED]
    gap = figure_name(setting.look.gap)
    waiting = sum(standing is None for standing in found.everyone())
    return RunsModel(
        score=figure_name(setting.look.score),
        gap=replace(gap, title=f"{gap.short} between {_BETWEEN.get(setting.by, setting.by)}"),
        marks=tuple(mark for mark in marks if mark.drawable),
        front=_in_drawable(marks, [runs[k] for k in best]),
        rows=tuple(_rows(found, setting)),
        about=_about(found, setting),
        note=_note(papers, setting),
        hidden=0 if setting.look.published else len(papers),
        missing=0 if waiting else sum(not mark.drawable for mark in ours),
        waiting=waiting,
    )


def _net_marks(found: Standings, setting: Setting) -> Iterator[RunMark]:
    cloud_of = {net.id: k for k, (cloud, _) in enumerate(found.clouds) for net in cloud}
    for net, standing in found.nets:
        cloud = cloud_of.get(net.id, -1)
        kind, key = MarkKind.NET if cloud < 0 else MarkKind.SEED, f"{NET}{net.id}"
        gap, score = _pair(standing, setting)
        card = _card(f"Net {net.id}", gap, score, setting, standing, _net_lines(net))
        chosen, kept = key == setting.chosen, net.status == "kept"
        yield RunMark(key, kind, f"net {net.id}", gap, score, card, kept, chosen, cloud=cloud)
    for k, (nets, standing) in enumerate(found.clouds):
        gap, score = _pair(standing, setting)
        name = f"{len(nets)} seeds of net {nets[0].id}"
        members = f"Nets {', '.join(str(net.id) for net in nets)}: seeds {', '.join(str(net.seed) for net in nets)}"
        lines = (members, *_spread_lines(standing, setting), *_net_lines(nets[0])[:1])
        card = _card(f"Mean of {len(nets)} seeds", gap, score, setting, standing, lines)
        yield RunMark("", MarkKind.CLOUD, name, gap, score, card, cloud=k)


def _rater_marks(found: Standings, setting: Setting) -> Iterator[RunMark]:
    for condition, standing in found.raters:
        key, name = f"{HUMAN}{condition.value}", _RATERS[condition]
        gap, score = _pair(standing, setting)
        card = _card(name, gap, score, setting, standing, ("People, taken as if they were a net",))
        yield RunMark(key, MarkKind.RATERS, name, gap, score, card, chosen=key == setting.chosen)


def _papers(setting: Setting) -> list[PublishedRun]:
    """Published runs that have both figures: those of the same data where there are any, else all."""
    score, gap = setting.look.score, setting.look.gap
    known = [p for p in published_runs() if score in p.scores and gap in p.gaps.get(setting.by, {})]
    same = [p for p in known if p.same_data(setting.corpus, setting.truth, setting.classes)]
    return same or known


def _paper_mark(paper: PublishedRun, setting: Setting, alone: bool) -> RunMark:
    """Named without its system where the note below names the only one."""
    system = paper.system
    other = not paper.same_data(setting.corpus, setting.truth, setting.classes)
    gap, score = _reported(paper.gaps[setting.by][setting.look.gap]), _reported(paper.scores[setting.look.score])
    where = "published, other data" if other else "published, the same corpus; its test speakers may be others"
    lines = (
        where, f"{system.corpus}: {system.label_words}", f"{system.classes} classes; {system.test}",
        *_value_lines(gap, score, setting), system.note,
    )  # fmt: skip
    card = Card(f"{system.name}, {paper.name}", lines=tuple(lines), source=system.source)
    name = paper.name if alone else f"{system.name}, {paper.name}"
    return RunMark("", MarkKind.PUBLISHED, name, gap, score, card, other_data=other)


def _note(papers: Sequence[PublishedRun], setting: Setting) -> str:
    if not papers:
        return ""
    names = dict.fromkeys(paper.system.name for paper in papers)
    other = not papers[0].same_data(setting.corpus, setting.truth, setting.classes)
    return f"published{', other data' if other else ''}: {', '.join(names)}"


def _rows(found: Standings, setting: Setting) -> Iterator[RunRow]:
    for net, standing in found.nets:
        key, (gap, score) = f"{NET}{net.id}", _pair(standing, setting)
        words = (
            f"net {net.id}", net.recipe, net.labels, str(net.seed), str(net.folds), net.status,
            _words(score, standing), _words(gap, standing), _duration(net.seconds), _day(net.created_at),
        )  # fmt: skip
        order = (
            float(net.id), net.recipe, net.labels, float(net.seed), float(net.folds), net.status,
            score.value, gap.value, net.seconds, net.created_at,
        )  # fmt: skip
        yield RunRow(key, words, order, key == setting.chosen, net.status == "kept")
    for condition, standing in found.raters:
        key, (gap, score) = f"{HUMAN}{condition.value}", _pair(standing, setting)
        cells = (_RATERS[condition], "people", condition.value, "", "", "")
        words = (*cells, _words(score, standing), _words(gap, standing), "", "")
        absent = math.nan
        order = (absent, "people", condition.value, absent, absent, "", score.value, gap.value, absent, "")
        yield RunRow(key, words, order, key == setting.chosen)


def _about(found: Standings, setting: Setting) -> str:
    known = [s for _, s in found.nets] or [s for _, s in found.raters]
    sizes = {(s.n, s.speakers) for s in known if s is not None and s.n}
    words = setting.truth_words
    if len(sizes) == 1:
        n, speakers = sizes.pop()
        words += (
            f", {numbers.counted(n, 'utterance', 'utterances')}, {numbers.counted(speakers, 'speaker', 'speakers')}"
        )
    return words


def _in_drawable(marks: Sequence[RunMark], places: Sequence[int]) -> tuple[int, ...]:
    """Places among the marks that can be drawn."""
    at = {k: place for place, k in enumerate(k for k, mark in enumerate(marks) if mark.drawable)}
    return tuple(at[k] for k in places)


def _pair(standing: Standing | None, setting: Setting) -> tuple[Estimate, Estimate]:
    """Gap and score."""
    figures: Mapping[str, Figure] = {} if standing is None else standing.figures
    return _estimate(figures.get(setting.look.gap)), _estimate(figures.get(setting.look.score))


def _estimate(figure: Figure | None) -> Estimate:
    if figure is None:
        return Estimate(math.nan)
    ends = (None, None) if math.isnan(figure.low + figure.high) else (figure.low, figure.high)
    return Estimate(figure.value, *ends)


def _reported(value: Reported) -> Estimate:
    return _estimate(Figure(value.value, value.low, value.high))


def _words(estimate: Estimate, standing: Standing | None) -> str:
    if standing is None:
        return "…"
    return f"{numbers.rate(estimate.value)} {numbers.interval(estimate.low, estimate.high)}".rstrip()


def _value_lines(gap: Estimate, score: Estimate, setting: Setting) -> tuple[str, str]:
    pairs = ((setting.look.score, score), (setting.look.gap, gap))
    first, second = (
        f"{_SHORT[key]} {numbers.rate(e.value)} {numbers.interval(e.low, e.high)}".rstrip() for key, e in pairs
    )
    return first, f"{second}, {setting.by}"


def _spread_lines(standing: Standing | None, setting: Setting) -> Iterable[str]:
    if standing is None:
        return
    for key in (setting.look.score, setting.look.gap):
        figure = standing.figures.get(key)
        if figure is not None:
            yield f"{_SHORT[key]} over seeds: sd {numbers.rate(figure.spread)} (n − 1)"


def _net_lines(net: NetRow) -> tuple[str, ...]:
    folds = f"{net.folds} folds" if net.folds > 1 else "one split"
    return (
        f"{net.recipe}, learnt from {net.labels} labels, {folds}",
        f"seed {net.seed}, {net.status}, {_duration(net.seconds)}, {_day(net.created_at)}",
    )


def _card(
    name: str, gap: Estimate, score: Estimate, setting: Setting, standing: Standing | None, lines: Iterable[str]
) -> Card:
    size: tuple[str, ...] = ()
    if standing is not None and standing.n:
        n = numbers.counted(standing.n, "utterance", "utterances")
        size = (f"{n}, {numbers.counted(standing.speakers, 'speaker', 'speakers')}, against {setting.truth_words}",)
    reason = (standing.reason,) if standing is not None and standing.reason else ()
    known = DEFINITIONS[setting.look.gap]
    interval = "95 % intervals, speakers resampled; a gap's interval cannot reach below 0" if gap.has_interval else ""
    return Card(
        name, f"{known.title}: {known.definition}", lines=(*_value_lines(gap, score, setting), *lines, *size, *reason),
        source=known.source, interval=interval,
    )  # fmt: skip


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _day(moment: str) -> str:
    try:
        return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return ""
