"""What was said of each utterance in each condition, over all raters and sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter

from fairemo_gui.core.emotions import EmotionScheme
from fairemo_gui.core.records import Consensus, Truth
from fairemo_gui.services.exports.material import Entry, Material
from fairemo_gui.services.exports.table import SPEAKER, UTTERANCE, ExportTable, Field, Kind, table_of
from fairemo_gui.store.export import LabelRow, Summary
from fairemo_gui.store.labels import IN_SIGHT

DIMENSIONS = ("activation", "valence", "dominance")
ORDER = (Truth.VOICE, Truth.FACE, Truth.AV, Truth.INTENDED)


@dataclass(frozen=True, slots=True)
class ConsensusRow:
    """One utterance in one condition; an utterance nobody said anything about has one row without a condition.

    Attributes:
        votes: Votes per class over all sources.
        n: How many there are.
        in_sight: How many of them were given in sight of a prediction.
        sources: Where the votes come from.
        summary: What single ratings add up to; None where there are none.
        shipped: What the corpus itself says of the utterance as a whole, per source.
        gold: What adjudicators settled on, by name.
    """

    entry: Entry
    scheme: EmotionScheme
    condition: Truth | None
    votes: tuple[int, ...]
    n: int
    in_sight: int = 0
    sources: tuple[str, ...] = ()
    summary: Summary | None = None
    shipped: tuple[Consensus, ...] = ()
    gold: Mapping[str, str] = field(default_factory=dict)

    @property
    def winners(self) -> tuple[str, ...]:
        """The emotions with most votes, in the order of the scheme; none where nobody voted."""
        most = max(self.votes, default=0)
        return tuple(name for name, n in zip(self.scheme.classes, self.votes, strict=True) if n == most and most)

    @property
    def agreement(self) -> float | None:
        """Share of the votes that the most frequent emotion has."""
        return max(self.votes) / self.n if self.n else None

    @property
    def intended(self) -> str | None:
        """See `intended`."""
        return intended(self.entry, self.scheme)

    def share(self, k: int) -> float | None:
        """Share of the votes that class `k` has."""
        return self.votes[k] / self.n if self.n else None

    def on(self, k: int) -> bool | None:
        """Whether class `k` has more than 1/C of the votes, in whole numbers."""
        return len(self.votes) * self.votes[k] > self.n if self.n else None

    def mean(self, what: str) -> float | None:
        """Mean intensity, activation, valence or dominance of single ratings; the corpus's own where there is none."""
        found = (getattr(each, what, None) for each in (self.summary, *self.shipped))
        return next((value for value in found if value is not None), None)

    @property
    def no_agreement(self) -> bool | None:
        """Whether the corpus says that its raters did not agree; None where it says nothing of the kind."""
        return any(each.no_agreement for each in self.shipped) if self.shipped else None


def intended(entry: Entry, scheme: EmotionScheme) -> str | None:
    """The class the actor was asked for, or the corpus's single label without a condition."""
    return None if entry.utterance.intended is None else scheme.classes[entry.utterance.intended]


def consensus_rows(material: Material) -> Iterator[ConsensusRow]:
    """Rows in order of utterance, then voice, face, av, intended."""
    by_key: dict[tuple[int, str], list[LabelRow]] = {}
    for row in material.label_rows:
        by_key.setdefault((row.utterance, row.condition), []).append(row)
    for entry in material.entries:
        keys = [(entry.id, truth.value) for truth in ORDER]
        met = [key for key in keys if any(key in said for said in (by_key, material.summaries, material.shipped))]
        for key in met or [(entry.id, "")]:
            yield _row(material, entry, key, by_key.get(key, []))


def _row(material: Material, entry: Entry, key: tuple[int, str], labels: list[LabelRow]) -> ConsensusRow:
    votes = tuple(map(sum, zip(*(row.counts for row in labels), strict=True))) or (0,) * len(material.scheme)
    return ConsensusRow(
        entry=entry,
        scheme=material.scheme,
        condition=Truth(key[1]) if key[1] else None,
        votes=votes,
        n=sum(votes),
        in_sight=sum(sum(row.counts) for row in labels if row.source == IN_SIGHT),
        sources=tuple(row.source for row in labels),
        summary=material.summaries.get(key),
        shipped=tuple(material.shipped.get(key, ())),
        gold=material.gold.get(key, {}),
    )


def consensus_table(material: Material) -> ExportTable:
    """The table `consensus`."""
    return table_of("consensus", _fields(material.scheme), consensus_rows(material))


def _fields(scheme: EmotionScheme) -> list[Field[ConsensusRow]]:
    return [
        Field("utterance_id", Kind.TEXT, attrgetter("entry.utterance.code")),
        Field("condition", Kind.TEXT, attrgetter("condition")),
        Field("votes", Kind.WHOLE, attrgetter("n")),
        Field("plurality", Kind.TEXT, lambda row: ":".join(row.winners) or None),
        Field("agreement", Kind.NUMBER, attrgetter("agreement")),
        *(_class_field("votes", name, k, Kind.WHOLE) for k, name in enumerate(scheme.classes)),
        *(_class_field("share", name, k, Kind.NUMBER) for k, name in enumerate(scheme.classes)),
        *(_class_field("label", name, k, Kind.FLAG) for k, name in enumerate(scheme.classes)),
        Field("ratings", Kind.WHOLE, lambda row: row.summary.ratings if row.summary else 0),
        Field("votes_in_sight", Kind.WHOLE, attrgetter("in_sight")),
        Field("sources", Kind.TEXT, lambda row: "; ".join(row.sources) or None),
        *(_mean_field(name) for name in ("intensity", *DIMENSIONS)),
        Field("no_agreement", Kind.FLAG, attrgetter("no_agreement")),
        Field("gold", Kind.TEXT, lambda row: ":".join(dict.fromkeys(row.gold.values())) or None),
        Field("gold_by", Kind.TEXT, lambda row: "; ".join(row.gold) or None),
        Field("intended", Kind.TEXT, attrgetter("intended")),
        *(Field(name, kind, attrgetter(f"entry.utterance.{name}")) for name, kind in UTTERANCE),
        *(Field(name, kind, attrgetter(f"entry.speaker.{name}")) for name, kind in SPEAKER),
        Field("flagged", Kind.FLAG, attrgetter("entry.flagged")),
    ]


def _class_field(what: str, name: str, k: int, kind: Kind) -> Field[ConsensusRow]:
    """Votes for a class, their share, or whether its label is on."""
    readers: dict[str, Callable[[ConsensusRow], object]] = {
        "votes": lambda row: row.votes[k],
        "share": lambda row: row.share(k),
        "label": lambda row: row.on(k),
    }
    return Field(f"{what}_{name}", kind, readers[what])


def _mean_field(what: str) -> Field[ConsensusRow]:
    return Field(what, Kind.NUMBER, lambda row: row.mean(what))
