"""What the page says of one rater: lines of facts, and the card behind each number."""

from __future__ import annotations

from dataclasses import dataclass

from fairemo_gui.core.records import Condition
from fairemo_gui.evaluation.agreement import Agreement
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.controls.card import Card
from fairemo_gui.gui.organise.raters_table import figure, seen, share
from fairemo_gui.services.campaign.drift import Drift
from fairemo_gui.services.campaign.records import CAMPAIGN_DEFINITIONS, RaterFigures, few

CONDITIONS = {Condition.VOICE: "Voice", Condition.FACE: "Face", Condition.AV: "AV"}
STUDENTISED = "95 %, speakers drawn, studentised"
STRAIGHT = "95 %, t with HC1 standard error"


@dataclass(frozen=True)
class Fact:
    """A line: what, how much, and its card.

    Attributes:
        few: It rests on too few answers to judge by.
    """

    name: str
    value: str
    card: Card
    few: bool = False


def headline(rater: RaterFigures) -> str:
    """Who it is."""
    who = {"female": "woman", "male": "man"}.get(rater.gender or "", "gender unknown")
    return f"{rater.kind.value}, {who} · last seen {seen(rater.last_seen)}"


def facts(rater: RaterFigures) -> list[Fact]:
    """Everything that is one number."""
    again, (passed, met), timed = rater.consistency, rater.checks, rater.drifts["response"].n
    same = f"{round(again.value * again.ratings)} of {again.ratings}" if again.ratings else "none met"
    if not few(again.ratings):
        same = f"{numbers.rate(again.value)} {_ends(again)}".strip()
    time = f"{rater.response:.1f} s" if timed else numbers.ABSENT
    done, served = numbers.count(rater.done), numbers.count(rater.done + rater.left)
    quiet = few(rater.given)
    return [
        Fact(
            "Done", f"{done} of {served} clips" if any(share.plan for share in rater.shares) else done, _plans(rater)
        ),
        Fact("Same answer again", same, _card("consistency", again), few(again.ratings)),
        Fact("Attention checks", f"{passed} of {met}" if met else "none met", Card("Attention checks passed, and met")),
        Fact(
            "Time to answer", figure(time, timed), Card("Median time from the clip's end to the answer"), few(timed)
        ),
        Fact("Answers per minute", figure(numbers.rate(rater.pace, 1), rater.given), _card("pace"), quiet),
        Fact(
            "Plays per clip", figure(numbers.rate(rater.plays, 2), rater.given),
            Card("Mean number of plays, the first among them"), quiet,
        ),
        Fact("Changes of mind", share(rater.changed, rater.given), _card("changed", n=rater.given), quiet),
        Fact("Undone", share(rater.undone, rater.given), _card("undone", n=rater.given), quiet),
        Fact("Skipped, flagged", f"{rater.skips}, {rater.flags}", Card("Trials skipped; flags set with a note")),
    ]  # fmt: skip


def kappa_card(condition: Condition, found: Agreement) -> Card:
    """Behind κ with the others."""
    card = _card("rest", found)
    return Card(f"κ, {CONDITIONS[condition]}  {numbers.rate(found.value)}", card.definition, card.formula, card.source,
                card.lines, STUDENTISED if found.interval else found.reason or "")  # fmt: skip


def drift_card(name: str, drift: Drift) -> Card:
    """Behind a number over the sitting."""
    definition = CAMPAIGN_DEFINITIONS["drift"]
    lines = tuple(f"quarter {k}: n = {n}" for k, n in enumerate(drift.sizes, 1))
    lines = (*lines, f"p = {numbers.probability(drift.p)}, Holm over all raters {numbers.probability(drift.p_holm)}")
    interval = STRAIGHT if drift.interval else "fewer than eight answers"
    return Card(
        f"{name} over the sitting", definition.definition, definition.formula, definition.source, lines, interval
    )


def drift_line(name: str, drift: Drift) -> str:
    """How a number moves, in words."""
    if few(drift.n) or drift.interval is None:
        return f"too few answers to say, n = {drift.n}"
    low, high = drift.interval.low, drift.interval.high
    if name == "response":
        change, low, high = ((2**value - 1) * 100 for value in (drift.change, low, high))
        words = f"{numbers.signed(change, 0)} % [{numbers.signed(low, 0)}, {numbers.signed(high, 0)}]"
    else:
        words = f"{numbers.signed(drift.change)} {numbers.interval(low, high, sign=True)}"
    if not drift.evident:
        return f"{words}, no evidence"
    less, more = ("agrees less", "agrees more") if name == "agreement" else ("faster", "slower")
    return f"{words}, {less if drift.change < 0 else more}"


def _ends(found: Agreement) -> str:
    return "" if found.interval is None else numbers.interval(found.interval.low, found.interval.high)


def _card(key: str, found: Agreement | None = None, n: int | None = None) -> Card:
    definition = CAMPAIGN_DEFINITIONS[key]
    lines = [] if n is None else [f"n = {numbers.counted(n, 'answer', 'answers')}"]
    if found is not None:
        lines = [f"n = {numbers.count(found.ratings)}", numbers.counted(found.speakers, "speaker", "speakers")]
    title = definition.title if found is None else f"{definition.title}  {numbers.rate(found.value)}"
    return Card(title, definition.definition, definition.formula, definition.source, tuple(lines))


_LEFT = (
    "Clips by condition, each once: a rater's bar counts trials, which are more by practice, repeats and checks. "
    "Left: given to a sitting that is not over."
)


def _plans(rater: RaterFigures) -> Card:
    lines = tuple(f"{s.plan or 'no plan'}, {s.condition}: {s.done} done, {s.left} left" for s in rater.shares)
    return Card("Done and left by plan and condition", _LEFT, lines=lines)
