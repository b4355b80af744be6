from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from fairemo_gui.errors import UserError
from fairemo_gui.training.checkpoints import load_members, read_config, save_members


def layers(count: int) -> list[nn.Module]:
    return [nn.Linear(3, 2) for _ in range(count)]


def test_members_come_back_as_they_were(tmp_path: Path) -> None:
    members = layers(3)
    path = tmp_path / "nets" / "net-1.safetensors"
    sha256 = save_members(path, members, {"recipe": "example", "classes": 2})
    loaded = layers(3)
    load_members(path, sha256, loaded)
    for one, other in zip(members, loaded, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    assert read_config(path) == {"recipe": "example", "classes": 2}
    assert list(path.parent.iterdir()) == [path]


def test_one_changed_bit_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    sha256 = save_members(path, layers(1), {})
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(UserError, match=r"net\.safetensors have been changed since they were written: train again"):
        load_members(path, sha256, layers(1))


def test_a_missing_file_and_another_net_are_named(tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    with pytest.raises(UserError, match=r"net\.safetensors cannot be read"):
        load_members(path, "0" * 64, layers(1))
    sha256 = save_members(path, layers(1), {})
    with pytest.raises(UserError, match="holds weights of another net"):
        load_members(path, sha256, [nn.Linear(4, 2)])
    with pytest.raises(UserError, match="holds weights of another net"):
        load_members(path, sha256, layers(2))


@pytest.mark.parametrize("content", [b"", b"no tensors at all, but long enough to look into"])
def test_other_files_are_no_nets(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "net.safetensors"
    path.write_bytes(content)
    with pytest.raises(UserError, match="is not a net of this program"):
        read_config(path)
