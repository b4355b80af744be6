"""`fairemo what-if`: what a net would say of an utterance without a modality."""

from __future__ import annotations

from typing import Annotated

import typer

from fairemo_gui.cli.nets import open_lab
from fairemo_gui.cli.options import CorpusOption, NetOption, WorkspaceOption, listed, one_of
from fairemo_gui.cli.output import JsonOption, guarded, print_json, run, say
from fairemo_gui.core.numbers import rate, signed

WithoutOption = Annotated[
    list[str] | None, typer.Option("--without", help="audio, text or video, to be turned off; may be repeated.")
]


def register(app: typer.Typer) -> None:
    """Add this family to the application."""
    app.command("what-if")(what_if)


@guarded
def what_if(
    workspace: WorkspaceOption,
    utterance: Annotated[str, typer.Option("--utterance", help="Name of the utterance.")],
    net: NetOption = "latest",
    without: WithoutOption = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a net about an utterance with modalities turned off: zeros stand in their place in the fusion."""
    from fairemo_gui.errors import UserError
    from fairemo_gui.services.what_if import MODALITIES, utterance_of
    from fairemo_gui.services.what_if import what_if as ask
    from fairemo_gui.store import nets

    off = {one_of("--without", name, MODALITIES) for text in without or () for name in listed(text)}
    with open_lab(workspace, corpus, writes=False) as lab:
        asked = nets.trained_net(lab.workspace, net, lab.corpus.id)
        found = run(lambda ctx: ask(ctx, lab, asked, utterance_of(lab, utterance)))
    absent = sorted(off - set(found.modalities))
    if absent:
        raise UserError(
            f"Net {found.net} has no {absent[0]} of {utterance} to turn off; it has {', '.join(found.modalities)}."
        )
    if found.without(off) is None:
        raise UserError(f"Net {found.net} would be left with nothing: keep one of {', '.join(found.modalities)}.")
    if as_json:
        print_json(found.to_json(off))
        return
    said = f"without {' and '.join(sorted(off))}" if off else "with everything on (--without turns something off)"
    say(f"Net {found.net}, {utterance}, {said}:")
    after = found.without(off)
    assert after is not None
    for name, before, now in zip(found.classes, found.before, after, strict=True):
        change = f" → {rate(float(now))}  ({signed(float(now - before))})" if off else ""
        say(f"{name:<12} {rate(float(before))}{change}")
