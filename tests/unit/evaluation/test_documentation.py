"""What the documentation for users says of numbers and intervals is complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairemo_gui.evaluation.agreement_definitions import AGREEMENT_DEFINITIONS
from fairemo_gui.evaluation.definitions import DEFINITIONS, Definition
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import Form
from fairemo_gui.evaluation.looks import EVIDENCE
from fairemo_gui.evaluation.sample import Mode
from fairemo_gui.evaluation.slices import ERROR_RATE
from fairemo_gui.services.campaign.records import CAMPAIGN_DEFINITIONS
from tests.unit.evaluation import coverage_table
from tests.unit.evaluation.build import random_sample

DOCS = Path(__file__).resolve().parents[3] / "resources" / "docs"


@pytest.mark.parametrize("key", [*DEFINITIONS, *AGREEMENT_DEFINITIONS])
def test_every_definition_is_in_the_documentation(key: str) -> None:
    assert f"`{key}`" in (DOCS / "metrics.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("key", "definition"), [("error_rate", ERROR_RATE), ("evidence", EVIDENCE)])
def test_what_slices_are_compared_by_is_in_the_documentation(key: str, definition: Definition) -> None:
    text = (DOCS / "metrics.md").read_text(encoding="utf-8")
    assert f"| `{key}` |" in text
    sources = [] if definition.source == "–" else [source.split(",")[0] for source in definition.source.split("; ")]
    assert all(source in text for source in sources)


@pytest.mark.parametrize("key", [*CAMPAIGN_DEFINITIONS, "entropy"])
def test_every_figure_of_a_campaign_is_in_the_documentation(key: str) -> None:
    assert f"| `{key}` |" in (DOCS / "agreement.md").read_text(encoding="utf-8")


def test_every_number_shown_is_in_the_documentation() -> None:
    text = (DOCS / "metrics.md").read_text(encoding="utf-8")
    found = evaluate(random_sample(1, n=90, speakers=8), ("gender",))
    assert found.calibration is not None
    fairness = found.fairness["gender"].to_json()
    of_groups = {*fairness, *fairness["signed"], *fairness["dpd"], *fairness["signed"]["sp"]} - {"groups", "per_class"}
    of_metrics = {*found.metrics.to_json(), *found.metrics.per_class, *found.calibration.parts} - {
        "per_class",
        "support",
    }
    assert not {key for key in of_groups | of_metrics if f"`{key}`" not in text}


def test_every_mode_and_form_is_in_the_documentation() -> None:
    metrics, intervals = ((DOCS / name).read_text(encoding="utf-8") for name in ("metrics.md", "intervals.md"))
    assert all(f"`{mode}`" in metrics for mode in Mode)
    assert all(f"`{form}`" in intervals for form in Form)


def test_the_coverage_tables_stand_in_the_documentation() -> None:
    text = (DOCS / "intervals.md").read_text(encoding="utf-8")
    for name in (*coverage_table.TABLES, "least", "width"):
        place = f"<!-- {name} -->"
        table = text[text.index(place) : text.index(f"<!-- /{name} -->")]
        assert table.count("\n|") >= 5, name
    assert coverage_table.put(text, "least", "| new |").count("| new |") == 1
    with pytest.raises(ValueError, match="no place"):
        coverage_table.put(text, "nowhere", "")
    assert "python -m tests.unit.evaluation.coverage_table" in text
