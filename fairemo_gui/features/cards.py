"""Model cards: where a pretrained checkpoint comes from, exactly which one, and what it may be used for."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from fairemo_gui import paths
from fairemo_gui.errors import BugError, UserError


@dataclass(frozen=True)
class ModelCard:
    """A pretrained checkpoint.

    Attributes:
        source: Repository it is published in.
        revision: The one commit that is used.
        sha256: Checksum per file, hex.
        dim: Width of its output.
    """

    name: str
    source: str
    revision: str
    licence: str
    sha256: dict[str, str]
    dim: int


def read_card(name: str) -> ModelCard:
    """The card of that name among those shipped."""
    path = paths.model_cards() / f"{name}.toml"
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        sums = {file: entry["sha256"] for file, entry in table["files"].items()}
        return ModelCard(
            table["name"], table["source"], table["revision"], table["licence"], sums, table["shapes"]["dim"]
        )
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise BugError(f"the model card {path.name} is missing or broken: {error}") from error


def file_sha256(path: Path) -> str:
    """Checksum of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_file(card: ModelCard, path: Path) -> None:
    """Make sure that a downloaded file is the one the card names.

    Raises:
        UserError: It is another one.
    """
    if file_sha256(path) != card.sha256[path.name]:
        raise UserError(f"{path.name} of {card.source} is not the file its model card names: delete it and fetch it.")
