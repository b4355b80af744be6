"""What people install: the lock, the set-up script, the wheel, and rooms that stand without Qt."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

REPO = Path(__file__).resolve().parents[2]
LOCK = REPO / "packaging" / "requirements.lock"
SYSTEM_PACKAGES = REPO / "packaging" / "system-packages.txt"
PYPROJECT = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))
PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]


def locked() -> Iterator[tuple[str, Version, str]]:
    """Every entry of the lock: name, version, and the lines that belong to it."""
    for block in re.split(r"^(?=[a-z0-9])", LOCK.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        found = re.match(r"([a-z0-9._-]+)==([^ ]+) ", block)
        assert found, f"not pinned to one version: {block.splitlines()[0]}"
        yield found[1], Version(found[2]), block


def versions() -> dict[str, set[Version]]:
    """Locked versions by name; a name may have one per platform."""
    found: dict[str, set[Version]] = {}
    for name, version, _ in locked():
        found.setdefault(name, set()).add(version)
    return found


def run(*command: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    """The finished command, in an environment of ours plus `env`."""
    return subprocess.run(
        [str(part) for part in command], env=os.environ | env, capture_output=True, text=True, timeout=240, check=False
    )


def test_the_lock_names_no_index() -> None:
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "://" in line or line.startswith("-")] == []


def test_every_locked_package_has_hashes() -> None:
    without = [name for name, _, block in locked() if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", block)]
    assert without == []
    assert len(list(locked())) > 100


def test_the_lock_satisfies_what_the_project_asks_for() -> None:
    extras = PYPROJECT["project"]["optional-dependencies"]
    asked = [Requirement(text) for text in PYPROJECT["project"]["dependencies"] + extras["faces"] + extras["dev"]]
    have = versions()
    wrong = [
        f"{wish}: locked {sorted(map(str, have.get(wish.name.lower(), set())))}"
        for wish in asked
        if not any(wish.specifier.contains(version) for version in have.get(wish.name.lower(), set()))
    ]
    assert wrong == []


def test_versions_that_must_not_move_alone() -> None:
    have = versions()
    assert have["pyside6"] == {Version("6.11.1")}, "6.12.0 loses references to None on Python 3.11"
    assert {v.release[:2] for v in have["torch"] | have["torchaudio"]} == {(2, 11)}
    assert {v.release[:2] for v in have["torchvision"]} == {(0, 26)}
    assert "opencv-python" not in have, "it brings a second Qt into the process"


def test_one_nccl_and_it_is_torchs() -> None:
    assert [name for name in versions() if name.startswith("nvidia-nccl")] == ["nvidia-nccl-cu13"]


def test_system_packages_each_have_a_group_a_proof_and_a_purpose() -> None:
    rows = [
        line.split(maxsplit=3) for line in SYSTEM_PACKAGES.read_text(encoding="utf-8").splitlines() if line[0] != "#"
    ]
    assert all(len(row) == 4 for row in rows)
    assert {group for group, *_ in rows} == {"needed", "screen", "bench"}
    assert all(re.fullmatch(r"package|command:\S+|lib\S+\.so\.\d+", proof) for _, _, proof, _ in rows)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the set-up reads, with no .venv yet."""
    shutil.copytree(REPO / "packaging", tmp_path / "packaging")
    shutil.copy(REPO / "pyproject.toml", tmp_path)
    return tmp_path


def test_set_up_without_a_python_says_so_in_one_sentence(checkout: Path) -> None:
    done = run("bash", checkout / "packaging" / "setup.sh", NO_APT="1", PYTHON="/nowhere/python3")
    assert done.returncode == 2
    assert "no Python 3.11 or newer found at /nowhere/python3" in done.stderr.splitlines()[-1]
    assert not (checkout / ".venv").exists()


def test_set_up_with_an_unreachable_index_says_so_and_leaves_no_ready_mark(checkout: Path) -> None:
    done = run(
        "bash",
        checkout / "packaging" / "setup.sh",
        NO_APT="1",
        PYTHON=sys.executable,
        PIP_CONFIG_FILE=os.devnull,
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_FIND_LINKS="",
    )
    assert done.returncode == 2
    assert "the packages could not be installed" in done.stderr.splitlines()[-1]
    assert (checkout / ".venv" / ".fairemo-under-way").exists()
    assert not (checkout / ".venv" / ".fairemo-ready").exists()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as people get it, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=REPO,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return next(folder.glob("fairemo_gui-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the wheel's contents, as pip lays them out."""
    folder = tmp_path_factory.mktemp("installed")
    done = run(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", folder, wheel)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_wheel_brings_every_resource_and_model_card(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    shipped = {
        f"fairemo_gui/_{folder}/{path.relative_to(REPO / folder).as_posix()}"
        for folder in ("resources", "models")
        for path in (REPO / folder).rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    assert shipped
    assert sorted(shipped - held) == []
    assert [name for name in held if name.startswith("tests/")] == []


def test_an_installed_wheel_finds_its_resources(installed: Path, tmp_path: Path) -> None:
    code = "from fairemo_gui import paths; print(paths.__file__, paths.resources(), paths.model_cards(), sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(installed)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    module, *folders = (Path(line) for line in done.stdout.splitlines())
    assert module == installed / "fairemo_gui" / "paths.py"
    for folder in folders:
        assert folder.is_relative_to(installed)
        assert any(folder.iterdir())


def test_the_desktop_file_starts_an_installed_command(wheel: Path) -> None:
    entry = (REPO / "packaging" / "fairemo.desktop").read_text(encoding="utf-8")
    command = re.search(r"^Exec=(\S+)", entry, flags=re.MULTILINE)
    assert command
    assert command[1] in PYPROJECT["project"]["gui-scripts"]
    assert any(name.endswith("/share/applications/fairemo.desktop") for name in zipfile.ZipFile(wheel).namelist())


WITHOUT_QT = """
import importlib, importlib.abc, sys

class NoQt(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"PySide6", "shiboken6", "pyqtgraph", "qtawesome"}:
            raise ImportError(f"{name} belongs to gui/ alone")

sys.meta_path.insert(0, NoQt())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def modules_outside_gui() -> list[str]:
    """Dotted names of every module of the package but the window's."""
    files = (path.relative_to(REPO).with_suffix("") for path in (REPO / "fairemo_gui").rglob("*.py"))
    return sorted(
        ".".join(part for part in path.parts if part != "__init__") for path in files if path.parts[1] != "gui"
    )


def test_every_room_but_the_window_imports_without_qt() -> None:
    names = modules_outside_gui()
    assert {"fairemo_gui.__main__", "fairemo_gui.cli", "fairemo_gui.services", "fairemo_gui.recipes"} <= set(names)
    done = run(sys.executable, "-c", WITHOUT_QT, *names)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES)
def test_links_and_pictures_in_the_pages_exist(page: str) -> None:
    text = (REPO / page).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)\)|(?:src|href)=\"([^\"#]+)\"", text)
    inside = [target for pair in targets for target in pair if target and "://" not in target]
    assert [target for target in inside if not (REPO / target).exists()] == []
