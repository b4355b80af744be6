"""From the state of the chart bar to what the services take, and the choices a corpus offers."""

from __future__ import annotations

from dataclasses import replace

from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.gui.controls.switch import Option
from fairemo_gui.gui.state.chart_context import HUMAN, NET, ChartChoice
from fairemo_gui.gui.state.feed import CorpusFacts
from fairemo_gui.services.samples import HumanPredictor, NetPredictor, Predictor
from fairemo_gui.store import labels, nets
from fairemo_gui.store.corpora import ATTRIBUTES, CorpusRow, UtteranceTable
from fairemo_gui.store.workspace import Workspace

TRUTH_WORDS = {Truth.INTENDED: "intended", Truth.VOICE: "voice label", Truth.FACE: "face label", Truth.AV: "AV label"}
_RATERS = {Condition.VOICE: "Voice raters", Condition.FACE: "Face raters", Condition.AV: "AV raters"}
_GROUP_WORDS = {"gender": "Gender", "age": "Age", "race": "Race", "ethnicity": "Ethnicity"}


def read_facts(workspace: Workspace, corpus: CorpusRow, table: UtteranceTable) -> CorpusFacts:
    """What can be chosen from; walks the labels once."""
    known = {name for name in ATTRIBUTES if any(getattr(speaker, name) is not None for speaker in table.speakers)}
    return CorpusFacts(
        labelled=labels.conditions(workspace, corpus.id),
        nets=tuple(nets.nets(workspace, corpus.id)),
        attributes=tuple(name for name in ATTRIBUTES if name in known),
        golds=labels.golds(workspace, corpus.id),
    )


def predictor_of(choice: ChartChoice) -> Predictor | None:
    """Whose answers the charts are about."""
    return read_predictor(choice.predictor)


def read_predictor(key: str) -> Predictor | None:
    """Whom a key such as `human:voice` or `net:12` stands for; None where it is empty."""
    if key.startswith(HUMAN):
        return HumanPredictor(Condition(key.removeprefix(HUMAN)))
    return NetPredictor(int(key.removeprefix(NET))) if key.startswith(NET) else None


def predictor_words(choice: ChartChoice) -> str:
    """As `voice raters` or `net 12`."""
    predictor = predictor_of(choice)
    return "" if predictor is None else predictor.name


def truth_words(choice: ChartChoice) -> str:
    """As `AV label`, or `AV label, gold` where adjudicated labels count as true."""
    return TRUTH_WORDS[choice.truth] + (f", {choice.gold}" if choice.gold else "")


def settled(choice: ChartChoice, facts: CorpusFacts) -> ChartChoice:
    """The choice with whatever the corpus does not offer replaced by what it does."""
    truth = choice.truth
    if truth not in facts.labelled and facts.labelled:
        truth = next(t for t in (Truth.AV, Truth.INTENDED, Truth.VOICE, Truth.FACE) if t in facts.labelled)
    offered = {option.key for option in predictor_options(facts, truth) if not option.reason}
    predictor = choice.predictor if choice.predictor in offered else _default_predictor(facts, offered)
    group = choice.group if choice.group in facts.attributes or not facts.attributes else facts.attributes[0]
    others = offered - {predictor}
    return replace(
        choice,
        truth=truth,
        predictor=predictor,
        group=group,
        soft=choice.soft and truth is not Truth.INTENDED,
        rows=choice.rows if choice.rows in others else "",
        beside=choice.beside if choice.beside in others else "",
        gold=choice.gold if choice.gold in facts.golds.get(truth, ()) and not choice.soft else "",
    )


def predictor_options(facts: CorpusFacts, truth: Truth) -> list[Option]:
    """Raters of each condition that has votes, then nets, newest first."""
    same = "Their votes are the truth itself."
    people = [
        Option(f"{HUMAN}{condition.value}", words, same if condition.value == truth.value else "")
        for condition, words in _RATERS.items()
        if Truth(condition.value) in facts.labelled
    ]
    trained = [
        Option(f"{NET}{net.id}", f"Net {net.id}", hint=f"{net.recipe}, {net.labels} labels") for net in facts.nets
    ]
    if facts.training is None or facts.training in {net.id for net in facts.nets}:
        return people + trained
    return [*people, Option(f"{NET}{facts.training}", f"Net {facts.training}, in training"), *trained]


def group_options(facts: CorpusFacts) -> list[Option]:
    """Attributes of speakers to split by."""
    return [Option(name, _GROUP_WORDS[name]) for name in facts.attributes]


def truth_reasons(facts: CorpusFacts) -> dict[str, str]:
    """Why a kind of truth cannot be chosen, for those that cannot."""
    return {
        truth.value: f"This corpus has no {TRUTH_WORDS[truth].removesuffix(' label')} labels."
        for truth in Truth
        if truth not in facts.labelled
    }


def _default_predictor(facts: CorpusFacts, offered: set[str]) -> str:
    if facts.nets:
        return f"{NET}{facts.nets[0].id}"
    return next((key for key in (f"{HUMAN}voice", f"{HUMAN}face", f"{HUMAN}av") if key in offered), "")
