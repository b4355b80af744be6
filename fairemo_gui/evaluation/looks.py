"""Which of many slices differ from the rest of the utterances? Evidence that allows for how often one has looked.

A slice is held against its complement. The standard error of their difference comes from every speaker's pull on both
(infinitesimal jackknife, so a speaker who is in both counts in both), and the difference in standard errors is read
against Student's t with one degree of freedom per speaker of the smaller side less one (Cameron & Miller 2015, Journal
of Human Resources 50, §VI). Slices overlap, so their evidence hangs together: p-values are adjusted by the step-down
maximum over all slices looked at (Westfall & Young 1993; Hothorn, Bretz & Westfall 2008, Biometrical Journal 50), whose
distribution is drawn with Gaussian multipliers on the speakers' pulls (Chernozhukov, Chetverikov & Kato 2013, Annals of
Statistics 41). Holm's rule is never more powerful than this one, as it knows nothing of the overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairemo_gui.evaluation.arrays import Check, Float, Int, no_check, ratio
from fairemo_gui.evaluation.definitions import Definition
from fairemo_gui.evaluation.slices import Parts, Slices, coefficients

Single = npt.NDArray[np.float32]

EVIDENCE = Definition(
    "Evidence",
    "The slice against all other utterances: probability of a difference so many standard errors from 0 anywhere among "
    "the slices looked at, if none differed; ▼ ▲ where it is at most 5 %.",
    "p = P(max_j |T_j| ≥ |t|), stepping down; t = (θ_slice − θ_rest) / s, speakers clustered",
    "Westfall & Young 1993; Hothorn, Bretz & Westfall 2008, Biometrical Journal 50",
)
LEVEL = 0.05
"""Chance of any mark at all where no slice differs."""
LEAST_SPEAKERS = 5
"""Speakers a slice, and its complement, must have to be tested."""
DRAWS = 4000
# More speakers than this share multipliers, which leaves variances and correlations right in the mean.
_MOST_MULTIPLIERS = 4096
# So many pulls are held at once.
_AT_ONCE = 4_000_000
_FARTHEST = 38.0


@dataclass(frozen=True, eq=False)
class Contrasts:
    """Slices held against the rest.

    Attributes:
        rest: The figure of the complement, shape (m,).
        difference: Slice − rest, shape (m,).
        z: The difference in standard errors, as a normal deviate of the same tail; NaN = not tested, shape (m,).
        drawn: What `z` would be under each draw if no slice differed, shape (draws, m).
    """

    rest: Float
    difference: Float
    z: Float
    drawn: Single


def contrasts(slices: Slices, everyone: Parts, multipliers: Single, check: Check = no_check) -> Contrasts:
    """Hold each slice against its complement.

    Args:
        slices: The slices.
        everyone: Sums of each speaker, all utterances together, shape (speakers, J).
        multipliers: See `multipliers`.
        check: Called between blocks of slices; raises to cancel.
    """
    found = [_block(part, everyone, multipliers) for part in _blocks(slices, len(everyone.numerator), check)]
    if not found:
        nothing = np.empty(0)
        return Contrasts(nothing, nothing, nothing, np.empty((len(multipliers), 0), dtype=np.float32))
    return joined(found)


def joined(parts: Iterable[Contrasts]) -> Contrasts:
    """Several as one."""
    every = list(parts)
    rest, difference, z = (np.concatenate([getattr(p, name) for p in every]) for name in ("rest", "difference", "z"))
    return Contrasts(rest, difference, z, np.concatenate([p.drawn for p in every], axis=1))


def adjusted(z: Float, drawn: Single) -> Float:
    """Two-sided p-values of step-down maxima, shape (m,); NaN where nothing was tested.

    Args:
        z: Shape (m,).
        drawn: The same under each draw, shape (draws, m).
    """
    found = np.full(len(z), np.nan)
    tested = np.flatnonzero(~np.isnan(z))
    order = tested[np.argsort(np.abs(z[tested]), kind="stable")]
    farthest = np.full(len(drawn), -1.0)
    for k in order.tolist():
        np.maximum(farthest, np.abs(drawn[:, k]), out=farthest)
        found[k] = (1 + (farthest >= np.abs(z[k])).sum()) / (len(drawn) + 1)
    found[order[::-1]] = np.maximum.accumulate(found[order[::-1]])
    return found


def multipliers(speakers: int, seed: int, draws: int = DRAWS) -> Single:
    """Standard normal multipliers of speakers, shape (draws, speakers), in float32; of very many, shared ones."""
    each = min(speakers, _MOST_MULTIPLIERS)
    return np.random.default_rng([seed, speakers]).standard_normal((draws, each), dtype=np.float32)


def _blocks(slices: Slices, speakers: int, check: Check) -> Iterator[Slices]:
    """So many slices at once as fit into memory with one pull of every speaker."""
    bounds, size = slices.bounds, max(1, _AT_ONCE // max(speakers, 1))
    for start in range(0, len(bounds) - 1, size):
        check()
        entries = slice(int(bounds[start]), int(bounds[min(start + size, len(bounds) - 1)]))
        yield Slices(slices.of[entries] - start, slices.speaker[entries], slices.n[entries], slices.parts.rows(entries))


def _block(slices: Slices, everyone: Parts, multipliers: Single) -> Contrasts:
    own = slices.totals()
    total = everyone.summed(np.zeros(len(everyone.numerator), dtype=np.int64), 1)
    rest = total.less(own)
    value, other = own.values(), rest.values()
    inside, outside = _speakers(slices, everyone)
    pulls = _pulls(slices, own, rest, everyone, inside, outside)
    error = np.sqrt((pulls**2).sum(axis=0))
    freedom = np.minimum(inside, outside) - 1
    tested = (freedom + 1 >= LEAST_SPEAKERS) & (error > 1e-9) & np.isfinite(value - other)
    t = np.where(tested, ratio(value - other, error), np.nan)
    drawn = multipliers @ _unit(_shared(pulls, multipliers.shape[1]))
    return Contrasts(other, value - other, _normal(t, np.maximum(freedom, 1)), drawn)


def _speakers(slices: Slices, everyone: Parts) -> tuple[Int, Int]:
    """Speakers of each slice and of its complement; who has nothing there that the figure counts is none of them."""
    whole, own = everyone.denominator.sum(axis=1), slices.parts.denominator.sum(axis=1)
    counts, many = own > 0, len(slices.bounds) - 1
    inside = np.bincount(slices.of, counts, many)
    lost = np.bincount(slices.of, counts & np.isclose(own, whole[slices.speaker]), many)
    return inside.astype(np.int64), np.asarray(np.count_nonzero(whole > 0) - lost, dtype=np.int64)


def _pulls(slices: Slices, own: Parts, rest: Parts, everyone: Parts, inside: Int, outside: Int) -> Float:
    """Every speaker's pull on slice − rest, shape (speakers, m), each side widened for its number of speakers."""
    sides = []
    for totals, speakers in ((own, inside), (rest, outside)):
        widened = np.sqrt(ratio(speakers, speakers - 1, 0.0))[:, None]
        sides.append([widened * each for each in coefficients(totals)])
    (up, down), (rest_up, rest_down) = sides
    entries, of = slices.parts, slices.of
    pulls = everyone.denominator @ rest_down.T - everyone.numerator @ rest_up.T
    added = entries.numerator * (up + rest_up)[of]
    taken = entries.denominator * (down + rest_down)[of]
    pulls[slices.speaker, of] += added.sum(axis=1) - taken.sum(axis=1)
    return np.asarray(pulls)


def _shared(pulls: Float, places: int) -> Float:
    """Pulls of the speakers who share a multiplier added up, shape (places, m)."""
    missing = -len(pulls) % places
    padded = np.concatenate([pulls, np.zeros((missing, pulls.shape[1]))]) if missing else pulls
    return np.asarray(padded.reshape(-1, places, pulls.shape[1]).sum(axis=0))


def _unit(columns: Float) -> Single:
    """Columns of length 1, or 0."""
    return ratio(columns, np.sqrt((columns**2).sum(axis=0)), 0.0).astype(np.float32)


def _normal(t: Float, freedom: Int) -> Float:
    """The normal deviate with the tail of Student's t."""
    from scipy.special import ndtri, stdtr

    return np.sign(t) * np.minimum(-ndtri(stdtr(freedom, -np.abs(t))), _FARTHEST)
