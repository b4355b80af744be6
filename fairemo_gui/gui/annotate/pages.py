"""What the page says between clips, how far a sitting is, and which keys it shows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fairemo_gui.core.rating_plan import RatingPlan
from fairemo_gui.gui.annotate.attempt import Attempt
from fairemo_gui.gui.annotate.bars import WORDS
from fairemo_gui.gui.annotate.screens import Choice
from fairemo_gui.gui.annotate.words import DIMENSION_KEYS
from fairemo_gui.gui.controls import numbers
from fairemo_gui.gui.key_sheet import ANNOTATE
from fairemo_gui.services.annotation.fit import Fit
from fairemo_gui.services.annotation.sitting import Feedback, SittingProgress, Stage

_LEAVE = Choice("leave", "Leave", "Esc")
_NOTHING_LOST = (
    "You can leave now and come back whenever you like, also after the computer was switched off: enter the same code "
    "and choose the same plan, and you go on with the same clip."
)


@dataclass(frozen=True)
class Page:
    """A screen of words."""

    title: str
    words: str
    choices: tuple[Choice, ...]


def consent_words(plan: RatingPlan, progress: SittingProgress) -> Page:
    """What a rater agrees to."""
    choices = (Choice("agree", "I agree and want to take part", "Enter"), Choice("decline", "I do not agree", "Esc"))
    return Page("Before you begin", plan.sitting.consent.strip(), choices)


def welcome_words(progress: SittingProgress) -> Page:
    """Where a sitting goes on."""
    words = f"{_done(progress)} You go on with trial {progress.done + 1}; everything you answered is kept."
    return Page("Welcome back", words, (Choice("go_on", "Go on", "Enter"), _LEAVE))


def break_words(plan: RatingPlan, progress: SittingProgress) -> Page:
    """A break that is due."""
    words = f"{_done(progress)} Rest your eyes and ears for as long as you like.\n\n{_NOTHING_LOST}"
    return Page("Time for a break", words, (Choice("go_on", "Go on", "Enter"), _LEAVE))


def pause_words(progress: SittingProgress) -> Page:
    """A break the rater took."""
    words = f"{_done(progress)} Nothing is lost. {_NOTHING_LOST}"
    finish = Choice("finish", "End the sitting here", "E")
    return Page("Paused", words, (Choice("go_on", "Go on", "Enter"), _LEAVE, finish))


def end_words(plan: RatingPlan, progress: SittingProgress) -> Page:
    """Thanks, and what happens to the ratings."""
    how = "That was the last trial" if progress.done >= progress.total else "You ended the sitting"
    words = (
        f"{how}: {progress.done} of {progress.total} trials are done, and your answers are saved on this "
        "computer.\n\nIf somebody else collects the ratings, save the bundle and give them the file. It holds ratings "
        "and codes, no sound and no picture. They add it with “Merge ratings of others”, and nothing is counted twice."
    )
    choices = (Choice("done", "Done", "Enter"), Choice("bundle", "Save the bundle…", "B", "export"))
    return Page("Thank you", words, choices)


def plan_words(plan: RatingPlan, found: Fit | None = None) -> str:
    """What a plan asks, as `60 trials · voice only, face only · one emotion, intensity · break after every 30`.

    With what the corpus leaves of it, where that is known: only what will be given is promised.
    """
    dropped = () if found is None else found.dropped
    conditions = ", ".join(WORDS[each].lower() for each in plan.conditions if each not in dropped)
    asked = plan.answers
    kinds = ["one or several emotions" if asked.several else "one emotion"] if asked.emotions else []
    kinds += ["intensity"] if asked.intensity else []
    kinds += [*asked.dimensions, *(["confidence"] if asked.confidence else [])]
    kinds += [f"{plan.trace} while it plays"] if plan.trace else []
    parts = [*([] if found is None else [_trials(found)]), conditions, ", ".join(kinds)]
    if plan.sitting.break_every:
        parts.append(f"break after every {plan.sitting.break_every}")
    return "\n".join(filter(None, (plan.description.strip(), " · ".join(parts), _left_of(found))))


def _trials(found: Fit) -> str:
    """A rater's first sitting has practice on top."""
    trials = numbers.counted(found.trials, "trial", "trials")
    return f"{trials}, {found.trials - found.practice} after the first sitting" if found.practice else trials


def _left_of(found: Fit | None) -> str:
    """What the corpus cannot do of the plan."""
    if found is None or not found.lacking:
        return ""
    there = ", ".join(f"{WORDS[each].lower()} {numbers.count(n)}" for each, n in found.available.items() if n)
    left_out = " and ".join(WORDS[each].lower() for each in found.dropped)
    said = f"This corpus has no clip for {left_out}: left out." if left_out else ""
    return f"{said}\nClips that can be given: {there}.".strip()


def progress_words(progress: SittingProgress, stage: Stage) -> tuple[str, float, str]:
    """`Trial 17 of 90`, the share done, and what lies ahead."""
    if stage is Stage.CONSENT or not progress.total:
        return "", 0.0, ""
    share = progress.done / progress.total
    if stage is not Stage.TRIAL:
        return f"{progress.done} of {progress.total} done", share, _time_left(progress)
    rest = [_time_left(progress)]
    if progress.until_break is not None and progress.until_break < progress.total - progress.done:
        rest.append(f"break after {progress.until_break} more")
    return f"Trial {progress.done + 1} of {progress.total}", share, " · ".join(filter(None, rest))


def feedback_words(feedback: Feedback) -> str:
    """What practice says of an answer."""
    answer = " or ".join(feedback.answer)
    return f"Right: {answer}." if feedback.right else f"The answer to this one is {answer}."


def keys_of(attempt: Attempt, classes: int) -> list[tuple[str, str]]:
    """The keys that do something in a trial and repeat, for the bar below."""
    if attempt.barred:
        return [("S", "skip"), ("Esc", "pause"), ("?", "keys")]
    plan, left = attempt.plan, attempt.replays_left
    keys = [(f"1–{min(classes, 9)}", "emotion")] if plan.answers.emotions and classes > 1 else []
    keys += [] if keys else [(f"1–{min(plan.answers.points, 9)}", "point")]
    if plan.answers.intensity:
        keys.append(("←–→", "intensity"))
    if attempt.resumes_at is not None:
        keys.append(("Space", "play on"))
    elif left is None or left > 0:
        keys.append(("Space", "replay"))
    return [*keys, ("Enter", "submit"), ("?", "keys")]


def sheet_of(plan: RatingPlan, classes: int) -> list[tuple[str, str]]:
    """The keys that a plan gives something to do, for the key sheet."""
    asked = plan.answers
    lacking = {"T"} if not asked.free_text else set()
    lacking |= set() if asked.intensity or plan.trace else {"Left", "Right"}
    lacking |= set() if asked.confidence else {"Shift+1"}
    lacking |= {key for name, key in DIMENSION_KEYS.items() if name not in asked.dimensions}
    words = {"1": f"Answer, 1 to {min(classes if asked.emotions else asked.points, 9)}"}
    if plan.clip.replays == 0:
        words["Space"] = "Play on, after a pause"
    if not asked.intensity:
        words |= {"Left": f"Less {plan.trace}, while it plays", "Right": f"More {plan.trace}, while it plays"}
    return [(key, words.get(key, said)) for key, said in ANNOTATE if key not in lacking]


def _done(progress: SittingProgress) -> str:
    left = _time_left(progress)
    return f"{progress.done} of {progress.total} trials are done{', ' + left if left else ''}."


def _time_left(progress: SittingProgress) -> str:
    if progress.seconds_left is None or progress.done >= progress.total:
        return ""
    minutes = max(math.ceil(progress.seconds_left / 60), 1)
    return f"about {minutes} min left"
