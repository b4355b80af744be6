"""The report stands alone, holds every number, and says what stands in the way of believing it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from fairemo_gui.core.colours import LIGHT, group_style
from fairemo_gui.core.records import Condition, Rating, Truth
from fairemo_gui.errors import UserError
from fairemo_gui.evaluation.evaluate import evaluate
from fairemo_gui.evaluation.intervals import IntervalPlan
from fairemo_gui.evaluation.sample import Mode, Sample
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.evaluation import evaluate_predictor
from fairemo_gui.services.report_charts import ReliabilityCurve, reliability
from fairemo_gui.services.reporting import caveats, write_report
from fairemo_gui.services.samples import HumanPredictor, NetPredictor, Predictor
from fairemo_gui.store import corpora, nets, ratings
from fairemo_gui.store.workspace import Workspace
from tests.unit.services.trained import SCHEME, add_net, many_speakers

PLAN = IntervalPlan(60)
_URL = re.compile(r"url\(\s*[\"']?([^\"')]+)")
_VOID = {"meta", "br", "path", "use", "rect", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """Every address a browser would fetch, the text, the tables; complains where tags do not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.words: list[str] = []
        self.ids: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open, self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "iframe", "object", "embed", "link", "base"}, tag
        for name, value in attrs:
            if name in {"src", "href", "xlink:href", "action", "data", "poster", "srcset", "background"}:
                self.addresses.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            self.addresses += _URL.findall(value or "")
            assert not name.startswith("on"), name
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.addresses += (
            re.findall(r"url\(\s*[\"']?([^\"')]+)|@import\s+(\S+)", data) if self._open[-1:] == ["style"] else []
        )
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with many_speakers(tmp_path) as opened:
        yield opened


def written(
    workspace: Workspace, predictor: Predictor, truth: Truth = Truth.INTENDED, plan: IntervalPlan = PLAN
) -> Page:
    to = workspace.folder.parent / "r.html"
    write_report(TaskContext(), workspace, corpora.corpus(workspace), truth, predictor, to, plan=plan)
    return Page(to.read_text("utf-8"))


def test_nothing_is_fetched_and_every_tag_closes(workspace: Workspace) -> None:
    for seed in range(3):
        add_net(workspace, seed)
    net = add_net(workspace, 1, clarity=1.6, parent=1)
    page = written(workspace, NetPredictor(net.id))
    assert page.addresses
    assert [a for a in page.addresses if not a.startswith(("#", "data:image/png;base64,"))] == []
    assert {address[1:] for address in page.addresses if address.startswith("#")} <= set(page.ids)


def test_numbers_of_the_evaluation_stand_in_the_tables(workspace: Workspace) -> None:
    add_net(workspace, 0)
    page = written(workspace, NetPredictor(1))
    view = evaluate_predictor(workspace, corpora.corpus(workspace), Truth.INTENDED, NetPredictor(1), intervals=PLAN)
    found = view.evaluation
    assert found.intervals is not None
    for k, group in enumerate(found.groups):
        for key in ("macro_f1", "uar", "accuracy", "brier", "ece", "roc_auc"):
            ends = found.intervals.at("groups", k, "metrics", key)
            assert ends is not None
            assert f"{group.metrics.scores[key]:.3f} [{ends.low:.3f}, {ends.high:.3f}]" in page.text, (group.value, key)
        for label, value in group.metrics.per_class["recall"].items():
            assert f"{value:.3f}" in page.text, label
    for sentence in ("Women: 120 utterances, 12 speakers", "Brier = reliability", found.definitions["eod"].definition):
        assert sentence in page.text
    assert "Over 3 seeds" not in page.text
    assert "Before and after" not in page.text


def test_the_card_says_where_the_net_comes_from(workspace: Workspace) -> None:
    add_net(workspace, 0)
    page = written(workspace, NetPredictor(1))
    for text in (
        "schmitz2022: Fusion of audio, text and video", "arXiv 2205.08383", "intended labels of many", "ab" * 32,
        "3 folds, no speaker in two of them; seed 0", "fold 0 8 4 4 80", "Mel-frequency cepstral", "intended use",
    ):  # fmt: skip
        assert text in page.text, text


def test_seeds_and_the_net_before_have_their_sections(workspace: Workspace) -> None:
    for seed in range(3):
        add_net(workspace, seed)
    net = add_net(workspace, 1, clarity=3.0, parent=1)
    page = written(workspace, NetPredictor(net.id), plan=IntervalPlan(400))
    assert "Over 3 seeds" in page.text
    assert "Nets 1, 3, 4 differ only in their seed (0, 2, 1)" not in page.text
    assert "Nets 1, 4, 3 differ only in their seed (0, 1, 2)" in page.text
    assert "Before and after: net 1 → net 4" in page.text
    assert "▲ better" in page.text
    assert re.search(r"\d+ predictions changed", page.text)


def test_groups_of_one_speaker_are_called_so(tmp_path: Path) -> None:
    with many_speakers(tmp_path, speakers=2, each=30) as two:
        add_net(two, 0)
        page = written(two, NetPredictor(1))
    assert "gender: each group in this test set is one speaker; nothing here can be said of a group." in page.text
    assert "Women: 30 utterances, 1 speaker " in page.text
    assert re.search(r"\d\.\d{3} one speaker", page.text)


def test_small_groups_and_few_speakers_are_called_so(tmp_path: Path) -> None:
    with many_speakers(tmp_path, speakers=4, each=9) as four:
        add_net(four, 0)
        page = written(four, NetPredictor(1))
    assert "gender: female is left out of differences: fewer than 20 utterances." in page.text
    assert "female (small) 18" in page.text


def test_empty_cells_zeros_and_ties_are_counted() -> None:
    truth = np.zeros((60, 3), dtype=np.int64)
    truth[:, 0] = 1
    truth[30:45] = (0, 1, 0)  # no woman is ever happy, nobody neutral
    gender = ["female"] * 30 + ["male"] * 30
    said = np.tile([0.6, 0.4, 0.0], (60, 1))
    said[:7] = (0.5, 0.5, 0.0)
    sample = Sample(SCHEME.classes, truth, Mode.SINGLE, np.arange(60) % 20, {"gender": gender}, said)
    found = list(caveats(evaluate(sample)))
    assert "gender: 3 of 6 cells (group, class) hold no true utterance; left out of max and min." in found
    assert "1 of 3 classes are never true and never predicted: 0 in macro-F1." in found
    assert "7 predictions share their greatest probability between classes; the first class is taken." in found


def test_people_as_predictors_have_no_card(workspace: Workspace) -> None:
    for utterance in range(1, 201):
        for rater in ("zoe", "yan", "xia"):
            votes = (SCHEME.classes[(utterance + len(rater)) % 3 if utterance % 4 else 0],)
            rating = Rating(f"{rater}{utterance}", "", rater, Condition.VOICE, votes)
            ratings.add(workspace, utterance, rating, SCHEME)
    page = written(workspace, HumanPredictor(Condition.VOICE), Truth.VOICE)
    assert "Model card" not in page.text
    assert "votes are the truth itself" in page.text


def test_a_report_that_cannot_be_written_says_so(workspace: Workspace, tmp_path: Path) -> None:
    add_net(workspace, 0)
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(UserError, match="cannot be written"):
        write_report(
            TaskContext(), workspace, corpora.corpus(workspace), Truth.INTENDED, NetPredictor(1),
            tmp_path / "file" / "r.html", plan=PLAN,
        )  # fmt: skip
    with pytest.raises(UserError, match="is a folder"):
        write_report(
            TaskContext(), workspace, corpora.corpus(workspace), Truth.INTENDED, NetPredictor(1), tmp_path, plan=PLAN
        )
    assert not list(tmp_path.glob("*.part"))
    assert nets.nets(workspace)


def test_reasons_are_footnotes_and_small_changes_have_their_decimals(workspace: Workspace) -> None:
    old = add_net(workspace, 1)
    new = add_net(workspace, 1, parent=old.id)
    corpus = corpora.corpora(workspace)[0]
    to = write_report(
        TaskContext(), workspace, corpus, Truth.INTENDED, NetPredictor(new.id), workspace.folder / "r.html", plan=PLAN
    )
    text = to.read_text("utf-8")
    reason = "every speaker changed by the same"
    # Once below the headline numbers, once below those per class.
    assert text.count(reason) == 2
    assert text.count("<sup>a</sup></td>") > 10
    assert "(where the difference is 0: nothing changed)" in text


def test_a_bin_has_its_interval_and_is_drawn_whole() -> None:
    style = group_style(LIGHT, "male", 1, 2)
    curve = ReliabilityCurve("male", style, [0.2, 1.0], [0.3, 1.0], [(0.1, 0.4), None])
    bare = ReliabilityCurve("male", style, [0.2, 1.0], [0.3, 1.0], [None, None])
    drawn, without = reliability([curve]), reliability([bare])
    assert drawn.count("<path") == without.count("<path") + 1
    marks = [part for part in drawn.split("<g ") if "PathCollection" in part]
    assert marks and not any("clip-path" in part for part in marks)
