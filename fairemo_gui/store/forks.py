"""When a rater said two things of one clip, on two laptops that knew nothing of each other: which word is the last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fairemo_gui.core.records import given_here

_Age = tuple[str, str]
_NEVER: _Age = ("", "")


@dataclass(frozen=True, slots=True)
class Link:
    """A rating as far as its place in a line of corrections goes.

    Attributes:
        rater: Who gave it as a vote, be it for a smart queue; None where it is no vote, as in practice.
        withdraws: It takes another rating back.
        smart: It was asked for by a smart queue.
    """

    uuid: str
    supersedes: str | None
    created_at: str
    rater: str | int | None = None
    withdraws: bool = False
    smart: bool = False


def overruled(links: Iterable[Link]) -> set[str]:
    """Ratings that nothing supersedes and that do not count all the same.

    Where several ratings supersede the same one, or a rater gave several first votes here (see `given_here`), the line
    that holds the newest rating (by time, then UUID) counts. Between first votes that is the newest one that was said:
    taking back one that does not count leaves what does; and none that a smart queue asked for puts another out.
    The answer depends on the set of ratings alone, not on the order they came in, and a line that counts goes on
    counting when it is continued.
    """
    by_uuid = {link.uuid: link for link in links}
    firsts: dict[str | int, list[str]] = defaultdict(list)
    later: dict[str, list[str]] = defaultdict(list)
    for link in by_uuid.values():
        if link.supersedes not in by_uuid and link.rater is not None and given_here(link.uuid):
            firsts[link.rater].append(link.uuid)
        elif link.supersedes is not None:
            later[link.supersedes].append(link.uuid)
    if all(len(group) < 2 for group in (*firsts.values(), *later.values())):
        return set()
    newest: dict[str, _Age] = {}
    said: dict[str, _Age] = {}
    for link in by_uuid.values():
        for name in _line(link.uuid, by_uuid):
            newest[name] = max(newest.get(name, _NEVER), (link.created_at, link.uuid))
            if not link.withdraws:
                said[name] = max(said.get(name, _NEVER), (link.created_at, link.uuid))
    beaten = {
        name for group in later.values() for name in group if newest[name] < max(newest[rival] for rival in group)
    }
    for group in firsts.values():
        ranks = {name: (not by_uuid[name].smart, said.get(name, _NEVER), newest[name]) for name in group}
        beaten.update(name for name in group if ranks[name] < max(ranks.values()))
    ends = by_uuid.keys() - later.keys()
    return {name for name in ends if beaten.intersection(_line(name, by_uuid))}


def _line(name: str | None, by_uuid: Mapping[str, Link]) -> Iterator[str]:
    """A rating and all that it came after, as far as they are known; a circle is walked once."""
    met = set[str]()
    while name is not None and name in by_uuid and name not in met:
        met.add(name)
        yield name
        name = by_uuid[name].supersedes


def in_force(links: Iterable[Link], name: str) -> str:
    """The rating that counts today of the lines that a rating belongs to."""
    by_uuid = {link.uuid: link for link in links}
    out = overruled(by_uuid.values()) | {link.supersedes for link in by_uuid.values()}
    root = _root(name, by_uuid)
    return next((end for end in by_uuid if end not in out and _root(end, by_uuid) == root), name)


def _root(name: str, by_uuid: Mapping[str, Link]) -> str:
    """Where the line of a rating begins, be it a rating that is not known here."""
    *_, first = _line(name, by_uuid)
    return by_uuid[first].supersedes or first
