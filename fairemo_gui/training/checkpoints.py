"""Weights on disk: safetensors, written whole or not at all, read only when the checksum matches."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load, save
from torch import nn

from fairemo_gui.errors import UserError

_FORMAT = "fairemo net 1"


def save_members(path: Path, members: list[nn.Module], config: Mapping[str, object]) -> str:
    """Write the weights of a net's members to one file.

    Args:
        path: File to write; replaced only when all is written.
        members: One module per fold, or a single one.
        config: Stored as the file's metadata.

    Returns:
        The file's sha256, hex.
    """
    tensors = {
        f"{k}.{name}": tensor.detach().cpu().contiguous()
        for k, member in enumerate(members)
        for name, tensor in member.state_dict().items()
    }
    # One key only: several would be written in random order, and the same net would not give the same file.
    data = save(tensors, metadata={_FORMAT: json.dumps(config, sort_keys=True)})
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(data)
    unfinished.replace(path)
    return hashlib.sha256(data).hexdigest()


def load_members(path: Path, sha256: str, members: list[nn.Module]) -> None:
    """Read weights into modules of the same shapes.

    Raises:
        UserError: The file is missing, is not the one that was written, or fits other shapes.
    """
    tensors = _verified(path, sha256)
    for k, member in enumerate(members):
        prefix = f"{k}."
        own = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
        try:
            member.load_state_dict(own)
        except RuntimeError as error:
            raise UserError(f"{path.name} holds weights of another net than its record says: train again.") from error


def read_config(path: Path) -> dict[str, object]:
    """The configuration stored in a weights file.

    Raises:
        UserError: The file is no weights file of this program.
    """
    try:
        with safe_open(str(path), framework="numpy") as file:
            return cast(dict[str, object], json.loads((file.metadata() or {})[_FORMAT]))
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise UserError(f"{path.name} is not a net of this program: choose another file.") from error


def _verified(path: Path, sha256: str) -> dict[str, torch.Tensor]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"The weights {path.name} cannot be read ({error.strerror}): train again.") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise UserError(f"The weights {path.name} have been changed since they were written: train again.")
    try:
        return load(data)
    except SafetensorError as error:
        raise UserError(f"The weights {path.name} are not readable as safetensors: train again.") from error
