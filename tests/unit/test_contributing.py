"""The examples of CONTRIBUTING.md do what the page says, through the registries they name."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from fairemo_gui.core.records import Clip
from fairemo_gui.corpora.importer import Importer
from fairemo_gui.errors import UserError
from fairemo_gui.features.extractor import Extractor
from fairemo_gui.features.registry import ENCODERS, EncoderEntry, make_encoder
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.recipes.registry import RECIPES, RecipeEntry, make_recipe
from fairemo_gui.training.recipe import Recipe
from tests.examples import PAGE, example, sources

REPO = PAGE.parent


@pytest.fixture(autouse=True)
def no_trace() -> Iterator[None]:
    """Registries and modules as they were."""
    modules, encoders, recipes = set(sys.modules), dict(ENCODERS), dict(RECIPES)
    yield
    for name in [name for name in sys.modules if name not in modules and name in _names()]:
        del sys.modules[name]
    for registry, before in ((ENCODERS, encoders), (RECIPES, recipes)):
        registry.clear()
        registry.update(before)  # type: ignore[arg-type]


def _names() -> set[str]:
    return {path.removesuffix(".py").replace("/", ".") for path in sources()}


def _entry(kind: str) -> list[str]:
    """The arguments of the registry entry that the page tells to add."""
    found = re.search(rf"`{kind}\((.*?)\)`", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert found
    return re.findall(r"\"([^\"]*)\"", found[1])


def test_no_example_has_the_name_of_something_that_is_there() -> None:
    assert len(sources()) == 4
    assert [path for path in sources() if (REPO / path).exists()] == []


def test_the_examples_are_in_style(tmp_path: Path) -> None:
    shutil.copy(REPO / "pyproject.toml", tmp_path)
    for path, code in sources().items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "--extend-ignore=I001", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_corpus(tmp_path: Path) -> None:
    importer: Importer = example("fairemo_gui/corpora/savee.py").Savee()
    with pytest.raises(UserError, match="give SAVEE's folder"):
        importer.read(TaskContext(), tmp_path)
    for name in ("DC_su03", "DC_sa01", "KL_h15", "readme"):
        with wave.open(str(tmp_path / f"{name}.wav"), "wb") as file:
            file.setparams((1, 2, 16000, 0, "NONE", ""))
            file.writeframes((np.sin(np.arange(8000) / 8) * 9000).astype("<i2").tobytes())
    assert importer.recognises(tmp_path) == "3 files named like DC_su03"
    bundle, report = importer.read(TaskContext(), tmp_path)
    assert {each.code: bundle.scheme.classes[each.intended or 0] for each in bundle.utterances} == {
        "DC_sa01": "sad",
        "DC_su03": "surprise",
        "KL_h15": "happy",
    }
    assert report.speakers == {"male": 2}


def test_the_encoder() -> None:
    example("fairemo_gui/features/pace.py")
    name, modality, target, description = _entry("EncoderEntry")
    ENCODERS[name] = EncoderEntry(name, modality, target, description)
    encoder: Extractor = make_encoder("pace", {})
    clip = Clip(1, "a.wav", None, start=1.0, end=3.0, transcript="that is all there is")
    assert encoder.encode([encoder.load(clip, None)])[0].tolist() == [[2.5]]


def test_the_recipe() -> None:
    example("fairemo_gui/recipes/linear.py")
    name, target, title, *modalities = _entry("RecipeEntry")
    RECIPES[name] = RecipeEntry(name, target, title, tuple(modalities))
    with pytest.raises(UserError, match="extract them first"):
        make_recipe("linear", {}, ["text"])
    recipe: Recipe = make_recipe("linear", {}, ["audio"])
    net = recipe.build({"audio": 3}, 4)
    logits = net({"audio.values": torch.zeros(5, 3)})
    assert logits.shape == (5, 4)
    before = recipe.loss(logits, torch.eye(4)[[0, 0, 0, 0, 1]])
    optimiser = recipe.optimiser(net)
    before.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    assert recipe.loss(net({"audio.values": torch.zeros(5, 3)}), torch.eye(4)[[0, 0, 0, 0, 1]]) < before
