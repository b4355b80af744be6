"""`fairemo faces`, `features`, `train`, `retrain`, `predict`, `models`: what needs the compute process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from fairemo_gui.cli.comparison import print_comparison
from fairemo_gui.cli.options import CorpusOption, NetOption, SeedOption, WorkspaceOption
from fairemo_gui.cli.output import JsonOption, err, guarded, print_json, run, say
from fairemo_gui.cli.tables import print_table
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.process import ComputeProcess

if TYPE_CHECKING:
    from fairemo_gui.services.lab import Lab
    from fairemo_gui.store.nets import NetRow

faces = typer.Typer(help="Where the speakers' faces are.", no_args_is_help=True)
features = typer.Typer(help="What the encoders make of the media.", no_args_is_help=True)
models = typer.Typer(help="Pretrained encoders and recipes this program knows.", no_args_is_help=True)

RecipeOption = Annotated[str, typer.Option(help="A published system, as schmitz2022.")]
LearnOption = Annotated[
    str | None, typer.Option("--labels", help="voice, face, av or intended; else av if there is one.")
]
SettingsOption = Annotated[list[str] | None, typer.Option("--set", help="key=value, as modalities=audio+text.")]
ClassesOption = Annotated[str | None, typer.Option(help="Merge and select, as neutral+calm,happy,sad,angry.")]
FoldsOption = Annotated[int, typer.Option(help="Speaker-disjoint folds; 1 = the corpus's own split, else 60/20/20.")]
GroupOption = Annotated[str, typer.Option(help="What stays together in one fold: speaker or session.")]


def register(app: typer.Typer) -> None:
    """Add this family to the application."""
    for name, group in (("faces", faces), ("features", features), ("models", models)):
        app.add_typer(group, name=name)
    for command in (train, retrain, predict):
        app.command()(command)


@contextmanager
def open_lab(workspace: Path, corpus: str | None, *, writes: bool = True) -> Iterator[Lab]:
    """A corpus of a workspace, which `writes` something or not, with its compute process, both closed at the end."""
    from fairemo_gui.services.lab import Lab
    from fairemo_gui.store import corpora
    from fairemo_gui.store.workspace import Workspace

    compute = ComputeProcess()
    try:
        with Workspace(workspace) as opened:
            if writes:
                opened.must_be_writable()
            yield Lab(opened, corpora.corpus(opened, corpus), compute)
    finally:
        compute.close()


@faces.command("track")
@guarded
def track(
    workspace: WorkspaceOption,
    detector: Annotated[str | None, typer.Option(help="mtcnn, or yunet with --weights; else mtcnn.")] = None,
    weights: Annotated[Path | None, typer.Option(help="YuNet's weights, an ONNX file.")] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Track the faces in every utterance that has a picture; one of them is the speaker's."""
    from fairemo_gui.services.extraction import track_faces

    with open_lab(workspace, corpus) as lab:
        done = run(lambda ctx: track_faces(ctx, lab, detector, weights))
    if as_json:
        print_json(done.to_json())
    else:
        say(done.sentence())


@features.command("list")
@guarded
def list_features(as_json: JsonOption = False) -> None:
    """List the encoders."""
    from fairemo_gui.features.registry import ENCODERS

    if as_json:
        print_json({"encoders": [asdict(encoder) for encoder in ENCODERS.values()]})
        return
    for encoder in ENCODERS.values():
        say(f"{encoder.name}  {encoder.modality}: {encoder.description}")


@features.command("extract")
@guarded
def extract(
    workspace: WorkspaceOption,
    encoder: Annotated[list[str], typer.Option("--encoder", help="mfcc, hog, words, wav2vec2; may be repeated.")],
    settings: Annotated[list[str] | None, typer.Option("--set", help="key=value for the encoder.")] = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Extract features; what is there already is not made again."""
    from fairemo_gui.services.extraction import extract as make

    with open_lab(workspace, corpus) as lab:
        made = [run(partial(make, lab=lab, encoder=name, settings=key_values(settings))) for name in encoder]
    if as_json:
        print_json({"extracted": [each.to_json() for each in made]})
        return
    for each in made:
        say(each.sentence())
        for line in each.skipped:
            say(f"• {line}")


@guarded
def train(
    workspace: WorkspaceOption,
    recipe: RecipeOption = "schmitz2022",
    labels: LearnOption = None,
    settings: SettingsOption = None,
    classes: ClassesOption = None,
    folds: FoldsOption = 1,
    group: GroupOption = "speaker",
    seed: SeedOption = 0,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a net; missing faces and features are made first."""
    from fairemo_gui.services.training import TrainPlan, lesson_of
    from fairemo_gui.services.training import train as fit

    plan = TrainPlan(recipe, labels, classes, key_values(settings), folds, group, seed)
    with open_lab(workspace, corpus) as lab:
        warnings = lesson_of(lab, plan).warnings
        for sentence in warnings:
            err.print(sentence, soft_wrap=True)
        net = run(lambda ctx: fit(ctx, lab, plan))
    _show_net(net, workspace, warnings, as_json=as_json)


@guarded
def retrain(workspace: WorkspaceOption, corpus: CorpusOption = None, as_json: JsonOption = False) -> None:
    """Train the last net's recipe again on today's ratings, and compare."""
    from fairemo_gui.services.training import retrain as again
    from fairemo_gui.services.training import unchanged
    from fairemo_gui.store import nets

    with open_lab(workspace, corpus) as lab:
        if same := unchanged(lab, nets.trained_net(lab.workspace, "latest", lab.corpus.id)):
            err.print(same, soft_wrap=True)
        result = run(lambda ctx: again(ctx, lab))
    if as_json:
        print_json(result.to_json())
        return
    print_comparison(result)


@guarded
def predict(
    workspace: WorkspaceOption, net: NetOption = "latest", corpus: CorpusOption = None, as_json: JsonOption = False
) -> None:
    """Predict every utterance; each is asked of the member that has not learnt from its speaker."""
    from fairemo_gui.services.prediction import predict as ask

    with open_lab(workspace, corpus) as lab:
        done = run(lambda ctx: ask(ctx, lab, net))
    if as_json:
        print_json(done.to_json())
    else:
        say(done.sentence())


@models.command("list")
@guarded
def list_models(as_json: JsonOption = False) -> None:
    """List the model cards."""
    from fairemo_gui.services.cards import cards

    found = cards()
    if as_json:
        print_json({"models": found})
        return
    table = Table(box=None)
    for heading in ("name", "kind", "source", "licence"):
        table.add_column(heading)
    for card in found:
        table.add_row(*(str(card.get(key, "")) for key in ("name", "kind", "source", "licence")))
    print_table(table)


def key_values(settings: list[str] | None, option: str = "--set") -> dict[str, object]:
    """`["lr=0.001", "modalities=audio+text"]` as a dictionary; numbers and true/false are read as such."""
    pairs: dict[str, object] = {}
    for text in settings or ():
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise UserError(f"{option} {text}: write it as key=value.")
        pairs[key.strip()] = _value(value.strip())
    return pairs


def _value(text: str) -> object:
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(text.lower(), text)


def _show_net(net: NetRow, workspace: Path, warnings: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "net": net.id, "recipe": net.recipe, "labels": net.labels, "classes": net.classes.names,
                "folds": net.folds, "seed": net.seed, "config": net.config, "sha256": net.sha256,
                "seconds": net.seconds, "warnings": warnings,
            }
        )  # fmt: skip
    else:
        encoders = net.config.get("encoders")
        read = " + ".join(encoders) if isinstance(encoders, dict) else "nothing"
        how = f"{net.folds} folds" if net.folds > 1 else "one split"
        say(f"Net {net.id}: {net.recipe} on {net.labels} labels, from {read}, {how}, {net.seconds:.0f} s")
        unread = [name for name in ("audio", "video") if name not in read]
        if unread:
            say(f"• Not read: {' and '.join(unread)} (not asked for, or this corpus has none that can be decoded).")
        say(f"Next: fairemo evaluate --net {net.id} --labels {net.labels} --by gender -w {workspace}")
