"""Whatever a table holds, the answer is a corpus, or one sentence with its problems: never a crash."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairemo_gui.core.emotions import CREMA_D
from fairemo_gui.corpora.crema_d import CLIPS, PEOPLE, VOTES, CremaD
from fairemo_gui.corpora.manifest import COLUMNS, NEEDED, Manifest
from fairemo_gui.corpora.ratings import COUNTED, SINGLE, read_ratings
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import CancelledError, TaskContext
from tests.unit.corpora.builders import sound, table

PERSON = ("ActorID", "Age", "Sex", "Race", "Ethnicity")
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = (
    "u1 u2 a.wav ../a.wav F male 0 1 1 10 1e999 -1 NaN 1e12 happy sad Q A 10.0 0x1 voice av ann bob 100001 300002 1001 "
    "1001_IEO_NEU_XX 1001_IEO_HAP_LO ٣ 1_0 ² 2026-01-31 Male Asian 12345678-1234-5678-1234-567812345678"
)
odd = st.sampled_from([*WORDS.split(), ""]) | st.text(max_size=6)
# Cells that fit their columns, so that some tables get past the first check.
FITTING = {
    "utterance_id": "u1 u2 u3",
    "media": "a.wav b.wav",
    "start": "0 0.1",
    "end": "0.5 0.9 7",
    "emotion": "happy sad tedium",
    "condition": "voice av",
    "rater": "ann bob",
    "rowId": "100001 200001 300002",
    "fileName": "1001_IEO_NEU_XX 1001_IEO_HAP_LO u1",
    "numResponses": "0 1 2 3",
    "Stimulus_Number": "1 2",
    "Filename": "1001_IEO_NEU_XX 1001_IEO_HAP_LO",
    "ActorID": "1001 1002",
    "Sex": "Male Female",
}


@st.composite
def tables(draw: st.DrawFn, needed: tuple[str, ...], columns: tuple[str, ...]) -> str:
    """A table that is often nearly right: rarely a column is absent, a row too short or a cell out of place."""
    extra = draw(st.lists(st.sampled_from(columns), max_size=4, unique=True))
    names = list(dict.fromkeys([*needed, *extra]))
    if draw(st.integers(0, 9)) == 0:
        names.pop(draw(st.integers(0, len(names) - 1)))
    rows = [names]
    for _ in range(draw(st.integers(0, 4))):
        fitting = [draw(st.sampled_from(FITTING.get(name, "1 0").split())) for name in names]
        rows.append([cell if draw(st.integers(0, 11)) else draw(odd) for cell in fitting])
    if draw(st.integers(0, 9)) == 0:
        rows[-1] = rows[-1][:-1]
    mark = draw(st.sampled_from(",,;\t"))
    return "\n".join(mark.join('"' + cell.replace('"', "") + '"' for cell in row) for row in rows)


def check(error: UserError, *names: str) -> None:
    """One sentence on one line that names a file."""
    assert any(name in str(error) for name in names)
    assert all("\n" not in problem and len(problem) < 1500 for problem in (str(error), *error.problems))


@quick
@given(text=tables(NEEDED, COLUMNS), skip_bad=st.booleans())
def test_tables_of_utterances(tmp_path: Path, text: str, skip_bad: bool) -> None:
    if not (tmp_path / "a.wav").exists():
        sound(tmp_path / "a.wav", seconds=1.0)
    path = tmp_path / "m.csv"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    try:
        bundle, report = Manifest().read(TaskContext(), path, skip_bad)
    except UserError as error:
        check(error, "m.csv")
        return
    assert report.utterances == len(bundle.utterances) > 0
    assert skip_bad or report.left_out == ()
    assert len({utterance.code for utterance in bundle.utterances}) == len(bundle.utterances)
    for utterance in bundle.utterances:
        assert utterance.intended is None or 0 <= utterance.intended < len(bundle.scheme)
        assert utterance.end is None or (utterance.start or 0.0) < utterance.end


@quick
@given(text=tables(("utterance_id", "rater", "emotion"), SINGLE) | tables(COUNTED, (*SINGLE, *COUNTED)))
def test_tables_of_ratings(tmp_path: Path, text: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    codes = ["u1", "u2", "1001_IEO_NEU_XX"]
    try:
        file = read_ratings(path, CREMA_D, codes)
    except UserError as error:
        check(error, "r.csv")
        return
    assert {rating.utterance for rating in file.ratings} | {votes.utterance for votes in file.vote_counts} <= set(codes)
    assert all(set(rating.votes) <= set(CREMA_D.classes) for rating in file.ratings)
    assert len({rating.uuid for rating in file.ratings}) == len(file.ratings)


@quick
@given(
    votes=tables(COUNTED, COUNTED),
    clips=tables(("Stimulus_Number", "Filename"), ("Filename", "x")),
    people=tables(PERSON, PERSON),
    skip_bad=st.booleans(),
)
def test_tables_of_crema_d(tmp_path: Path, votes: str, clips: str, people: str, skip_bad: bool) -> None:
    for name, text in ((VOTES, votes), (CLIPS, clips), (PEOPLE, people)):
        (tmp_path / name).write_text(text, encoding="utf-8", errors="surrogatepass")
    try:
        bundle, _ = CremaD().read(TaskContext(), tmp_path, skip_bad)
    except UserError as error:
        check(error, VOTES, CLIPS, PEOPLE)
        return
    codes = {utterance.code for utterance in bundle.utterances}
    assert {votes.utterance for votes in bundle.vote_counts} <= codes
    assert {utterance.speaker for utterance in bundle.utterances} == {speaker.code for speaker in bundle.speakers}


def test_a_long_table_stops_when_asked(tmp_path: Path) -> None:
    rows = "\n".join(f"u{k},a.wav" for k in range(1000))
    path = table(tmp_path / "m.csv", f"utterance_id,media\n{rows}")
    ctx = TaskContext(on_progress=lambda _: ctx.cancel())
    with pytest.raises(CancelledError):
        Manifest().read(ctx, path)
