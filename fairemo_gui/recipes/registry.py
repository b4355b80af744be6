"""The recipes there are: one line each. Looking at the list loads none of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fairemo_gui.errors import UserError

if TYPE_CHECKING:
    from fairemo_gui.training.recipe import Recipe


@dataclass(frozen=True)
class RecipeEntry:
    """A recipe as the list shows it.

    Attributes:
        target: `module:class`; the class takes settings and the modalities there are features for.
        modalities: What it can use.
        settings: `module:function`, where settings can be refused without loading what nets are made of; the function
            takes what the class takes.
    """

    name: str
    target: str
    title: str
    modalities: tuple[str, ...]
    settings: str | None = None


RECIPES = {
    entry.name: entry
    for entry in (
        RecipeEntry(
            "schmitz2022",
            "fairemo_gui.recipes.schmitz2022:Schmitz2022",
            "Schmitz, Ahmed & Cao 2022: fusion of audio, text and video",
            ("audio", "text", "video"),
            "fairemo_gui.recipes.schmitz2022_settings:read",
        ),
    )
}


def recipe_entry(name: str) -> RecipeEntry:
    """The recipe of that name.

    Raises:
        UserError: There is none; names those there are.
    """
    if name not in RECIPES:
        raise UserError(f"There is no recipe “{name}”: choose one of {', '.join(RECIPES)}.")
    return RECIPES[name]


def check_settings(name: str, settings: Mapping[str, object], available: Iterable[str]) -> None:
    """Make sure that a recipe can be made with its settings, for modalities there can be features for.

    Raises:
        UserError: There is none of that name, or a setting is unknown or impossible.
    """
    entry = recipe_entry(name)
    _call(entry.settings or entry.target, settings, available)


def make_recipe(name: str, settings: Mapping[str, object], available: Iterable[str]) -> Recipe:
    """A recipe with its settings, for the modalities there are features for.

    Raises:
        UserError: There is none of that name, it does not know a setting, or it lacks features.
    """
    made: Recipe = _call(recipe_entry(name).target, settings, available)
    return made


def _call(target: str, settings: Mapping[str, object], available: Iterable[str]) -> Any:
    module, name = target.split(":")
    return getattr(import_module(module), name)(settings, tuple(available))
