"""`fairemo ratings`: import, export, merge, adjudicate."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairemo_gui.cli.options import CorpusOption, SkipBadOption, WorkspaceOption
from fairemo_gui.cli.output import JsonOption, guarded, print_json, run, say
from fairemo_gui.core.numbers import counted
from fairemo_gui.core.records import Condition, Truth
from fairemo_gui.errors import UserError

if TYPE_CHECKING:
    from fairemo_gui.store.corpora import CorpusRow
    from fairemo_gui.store.workspace import Workspace

ratings = typer.Typer(help="Ratings: from elsewhere, to elsewhere, and what they come to.", no_args_is_help=True)

_NUMBER = re.compile(r"\d{1,6}(\.\d{1,9}|/[1-9]\d{0,5})?")


def register(app: typer.Typer) -> None:
    """Add this family to the application."""
    app.add_typer(ratings, name="ratings")


@ratings.command("import")
@guarded
def import_ratings(
    file: Annotated[Path, typer.Argument(help="One rating a row, or counts per clip and condition.")],
    workspace: WorkspaceOption,
    corpus: CorpusOption = None,
    condition: Annotated[Condition, typer.Option(help="Taken where the file has no such column.")] = Condition.AV,
    skip_bad: SkipBadOption = False,
    as_json: JsonOption = False,
) -> None:
    """Add a file of ratings to a corpus."""
    from fairemo_gui.services.importing import import_ratings as add
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    with Workspace(workspace) as opened:
        added, _ = add(opened, corpora.corpus(opened, corpus), file, condition, skip_bad=skip_bad)
    read = added.file
    if as_json:
        print_json(
            {
                "ratings": len(read.ratings), "new": added.new, "vote_rows": len(read.vote_counts),
                "new_vote_rows": added.new_votes, "problems": [str(problem) for problem in read.problems],
            }
        )  # fmt: skip
        return
    parts = []
    if read.ratings or not read.vote_counts:
        parts.append(f"{counted(len(read.ratings), 'rating')}, {added.new:,} new")
    if read.vote_counts:
        parts.append(f"{counted(len(read.vote_counts), 'row')} of counted votes, {added.new_votes:,} new")
    say(f"From {read.name}: {'; '.join(parts)}.")
    for problem in read.problems:
        say(f"• {problem}")


@ratings.command("export")
@guarded
def export_ratings(
    file: Annotated[Path, typer.Argument(help="The bundle to write, as anna.jsonl.")],
    workspace: WorkspaceOption,
    corpus: CorpusOption = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a former bundle.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write every rating of a corpus into one file, to be merged elsewhere."""
    from fairemo_gui.services.bundles import export_bundle
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    with Workspace(workspace) as opened:
        chosen = corpora.corpus(opened, corpus)
        written = export_bundle(opened, chosen, file, force=force)
    if as_json:
        print_json({"file": str(file), "corpus": chosen.name, "ratings": written})
        return
    say(f"{counted(written, 'rating')} of {chosen.name} {'is' if written == 1 else 'are'} in {file}.")


@ratings.command("merge")
@guarded
def merge_ratings(
    files: Annotated[list[Path], typer.Argument(help="Bundles that `fairemo ratings export` wrote, in any order.")],
    workspace: WorkspaceOption,
    corpus: Annotated[str | None, typer.Option("--corpus", help="The corpus, where it has another name here.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Merge bundles of several laptops: all of them or none, in any order, any number of times."""
    from fairemo_gui.services.bundles import merge_bundles
    from fairemo_gui.store.workspace import Workspace

    with Workspace(workspace) as opened:
        done, _ = run(lambda ctx: merge_bundles(ctx, opened, files, corpus))
    if as_json:
        rows = [{"file": m.file, "corpus": m.corpus, "ratings": m.ratings, "added": m.added} for m in done]
        print_json({"bundles": rows, "added": sum(m.added for m in done)})
        return
    for merged in done:
        say(f"{merged.file}: {merged.added} of {counted(merged.ratings, 'rating')} new in {merged.corpus}.")


@ratings.command("adjudicate")
@guarded
def adjudicate_ratings(
    workspace: WorkspaceOption,
    condition: Annotated[Condition, typer.Option(help="Whose votes are settled.")] = Condition.AV,
    corpus: CorpusOption = None,
    gold: Annotated[str, typer.Option(help="Name the labels are kept under.")] = "gold",
    weigh: Annotated[list[str] | None, typer.Option(help="A rater's weight, as anna=2; the others weigh 1.")] = None,
    share: Annotated[str, typer.Option(help="More than this share must agree, as 0.5.")] = "0",
    in_sight: Annotated[bool, typer.Option("--in-sight", help="Votes in sight of a prediction count too.")] = False,
    decide: Annotated[list[str] | None, typer.Option(help="Decide: UTTERANCE=EMOTION or =no_agreement.")] = None,
    by: Annotated[str, typer.Option(help="Who decides.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Settle utterances on one label each: the most votes, weighed votes, or what a person decides."""
    from fairemo_gui.services import adjudication
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    if decide and not by:
        raise UserError("Say who decides with --by NAME: it is noted beside each label.")
    weights = None if weigh is None else {code: _fraction(text, "--weigh") for code, text in _pairs(weigh)}
    least = _fraction(share, "--share")
    if least >= 1:
        raise UserError(f"--share: more than {share} of all votes can never agree; give a share from 0 to below 1.")
    plan = adjudication.AdjudicationPlan(gold, weights, least, in_sight)
    with Workspace(workspace) as opened:
        chosen = corpora.corpus(opened, corpus)
        if decide:
            decisions = dict(_pairs(decide))
            adjudication.decide(opened, chosen, condition, decisions, by, gold)
            facts = {"decided": len(decisions)}
        else:
            found, _ = adjudication.adjudicate(opened, chosen, condition, plan)
            facts = {
                "settled": found.settled,
                "no_agreement": found.no_agreement,
                "changed": found.changed,
                "kept": found.kept,
            }
            if not any(facts.values()):
                raise UserError(_no_votes(opened, chosen, condition, in_sight=in_sight))
    if as_json:
        print_json({"corpus": chosen.name, "condition": condition.value, "gold": gold, **facts})
        return
    words = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in facts.items())
    say(f"{gold} of {chosen.name}, {condition.value}: {words}.")


def _no_votes(opened: Workspace, corpus: CorpusRow, condition: Condition, *, in_sight: bool) -> str:
    """Why nothing was settled, and what to do."""
    from fairemo_gui.store import labels

    rated = [truth.value for truth in labels.conditions(opened, corpus.id) if truth is not Truth.INTENDED]
    if condition.value in rated and not in_sight:
        return f"All votes of {corpus.name} in {condition} were given in sight of a prediction; --in-sight counts them."
    others = f", or choose --condition {' or '.join(rated)}" if rated else ""
    return (
        f"{corpus.name} has no votes in {condition}, so there is nothing to settle: rate first, or add a file with "
        f"`fairemo ratings import`{others}."
    )


def _pairs(texts: list[str]) -> list[tuple[str, str]]:
    parts = [text.rpartition("=") for text in texts]
    for (code, _, value), text in zip(parts, texts, strict=True):
        if not code or not value:
            raise UserError(f"“{text}” should be NAME=VALUE, as anna=2 or u1=sad.")
    return [(code, value) for code, _, value in parts]


def _fraction(text: str, option: str) -> Fraction:
    """A number as written; a few digits, since an exponent could ask for all memory."""
    value = Fraction(text) if _NUMBER.fullmatch(text) else None
    if value is None:
        raise UserError(f"{option}: “{text[:40]}” is no number from 0 up; write for example 0.5 or 2.")
    return value
