"""An audformat database: a header with schemes, splits and raters, and tables in Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any, TypeAlias

from fairemo_gui.core.records import RaterKind, Truth
from fairemo_gui.core.splits import TEST, TRAIN, VALIDATION, part_of
from fairemo_gui.errors import UserError
from fairemo_gui.jobs.task import TaskContext
from fairemo_gui.services.exports.consensus import DIMENSIONS, ConsensusRow, consensus_rows
from fairemo_gui.services.exports.folder import safe_name
from fairemo_gui.services.exports.material import Material
from fairemo_gui.services.exports.plan import Tally
from fairemo_gui.services.exports.table import ExportTable, Kind
from fairemo_gui.services.exports.tables import raters_table, ratings_table, speakers_table, words_table
from fairemo_gui.store.labels import NO_AGREEMENT

_SPLITS = {TRAIN: "train", VALIDATION: "dev", TEST: "test"}
_MACHINES = (RaterKind.SIMULATED, RaterKind.MODEL)
_TYPES = {Kind.TEXT: "str", Kind.WHOLE: "int", Kind.NUMBER: "float", Kind.FLAG: "bool"}
# Name, scheme, values.
_Column: TypeAlias = tuple[str, str, list[Any]]
# Columns of the utterances' table: name, scheme.
_UTTERANCE = (
    ("speaker", "speaker"),
    ("transcript", "str"),
    ("dialogue", "str"),
    ("turn", "int"),
    ("split", "str"),
    ("fold", "int"),
    ("video", "str"),
    ("face_region", "str"),
    ("media_state", "str"),
    ("defect", "str"),
)


def write_audformat(ctx: TaskContext, material: Material, folder: Path, tally: Tally) -> None:
    """Write the database `db`; no table is a pickle.

    Raises:
        UserError: No utterance names a media file, by which audformat finds everything.
    """
    database = _header(material)
    entries = _placed(material, tally)
    ctx.report(0, None, "Making the tables")
    _add_utterances(database, material, entries)
    if material.plan.level.consensus:
        rows = [row for row in consensus_rows(material) if row.entry.id in entries]
        _add_desired(database, [row for row in rows if row.condition is Truth.INTENDED], entries)
        for condition in (Truth.VOICE, Truth.FACE, Truth.AV):
            ctx.check()
            found = [row for row in rows if row.condition is condition]
            _add_condition(database, found, entries, _counting(material))
    if material.plan.level.ratings and material.raters:
        ctx.check()
        _add_misc(database, "ratings", ratings_table(material), ["uuid"], {"rater": "rater"})
    if material.plan.level.ratings and material.words:
        ctx.check()
        _add_misc(database, "words", words_table(material), ["utterance_id", "position"])
    ctx.report(0, None, "Writing the tables")
    database.save(str(folder), storage_format="parquet", update_other_formats=False)
    for name, made in {**database.tables, **database.misc_tables}.items():
        tally.files[f"db.{name}.parquet"] = len(made)


def _header(material: Material) -> Any:
    """The database with its raters, splits, schemes and the tables of people that schemes refer to."""
    import audformat

    corpus = material.corpus
    database = audformat.Database(
        safe_name(corpus.name),
        source=corpus.importer,
        usage=audformat.define.Usage.OTHER,
        description=f"Exported from the corpus “{corpus.name}”.",
        license=corpus.licence,
    )
    database.media["audio"] = audformat.Media(audformat.define.MediaType.AUDIO)
    database.raters[_counting(material)] = audformat.Rater(
        audformat.define.RaterType.VOTE,
        description="The emotion with most votes; a shared first place is no agreement.",
    )
    for rater in material.raters:
        kind = audformat.define.RaterType.MACHINE if rater.kind in _MACHINES else audformat.define.RaterType.HUMAN
        database.raters[rater.code] = audformat.Rater(kind, description=rater.kind.value)
    for split in sorted({entry.utterance.split for entry in material.entries if entry.utterance.split}):
        database.splits[split] = audformat.Split(_SPLITS.get(part_of(split) or "", "other"))
    _add_schemes(database, material)
    return database


def _counting(material: Material) -> str:
    """Name of the rater that stands for the count of votes; nobody else's."""
    taken = {rater.code for rater in material.raters}
    return next(name for name in chain(["plurality"], (f"plurality {k}" for k in count(2))) if name not in taken)


def _add_schemes(database: Any, material: Material) -> None:
    import audformat

    for name in _TYPES.values():
        database.schemes[name] = audformat.Scheme(name)
    labels = [*material.scheme.classes, *({NO_AGREEMENT} - set(material.scheme.classes))]
    database.schemes["emotion"] = audformat.Scheme("str", labels=labels, description=material.scheme.name)
    database.schemes["votes"] = audformat.Scheme("int", minimum=0, description="Number of votes")
    database.schemes["agreement"] = audformat.Scheme(
        "float", minimum=0, maximum=1, description="Share of the votes that the most frequent emotion has"
    )
    scale = material.corpus.facts.get("scale")
    known = isinstance(scale, list) and len(scale) == 2 and all(isinstance(end, (int, float)) for end in scale)
    low, high = scale if isinstance(scale, list) and known else (None, None)
    for name in DIMENSIONS:
        database.schemes[name] = audformat.Scheme("float", minimum=low, maximum=high)
    database.schemes["intensity"] = audformat.Scheme("float", minimum=0, maximum=100)
    _add_misc(database, "speaker", speakers_table(material), ["speaker"])
    database.schemes["speaker"] = audformat.Scheme("str", labels="speaker")
    if material.plan.level.ratings and material.raters:
        _add_misc(database, "rater", raters_table(material), ["rater"])
        database.schemes["rater"] = audformat.Scheme("str", labels="rater")


def _placed(material: Material, tally: Tally) -> dict[int, Any]:
    """Place (file, start, end in seconds) per utterance id; one utterance per place."""
    places: dict[int, tuple[str, float, float | None]] = {}
    taken = set()
    for entry in material.entries:
        file = entry.utterance.audio or entry.utterance.video
        place = (file or "", entry.utterance.start or 0.0, entry.utterance.end)
        if not file:
            tally.left_out["utterances without a media file (their ratings are there)"] += 1
        elif place in taken:
            tally.left_out["utterances at the very place of another (their ratings are there)"] += 1
        else:
            taken.add(place)
            places[entry.id] = place
    if not places:
        raise UserError(f"No utterance of {material.corpus.name} names a media file: audformat cannot hold it.")
    return places


def _index(places: Iterable[tuple[str, float, float | None]]) -> Any:
    """Files where every utterance is a whole one, else segments."""
    import audformat
    import pandas as pd

    files, starts, ends = zip(*places, strict=True)
    if not any(starts) and all(end is None for end in ends):
        return audformat.filewise_index(list(files))
    times = (pd.to_timedelta(pd.Series(each, dtype="float64"), unit="s") for each in (starts, ends))
    return audformat.segmented_index(list(files), *times)


def _add_utterances(database: Any, material: Material, places: dict[int, Any]) -> None:
    """The tables of utterances and of the emotions that were asked for."""
    entries = [entry for entry in material.entries if entry.id in places]
    columns: list[_Column] = [("utterance_id", "str", [entry.utterance.code for entry in entries])]
    columns += [(name, scheme, [getattr(entry.utterance, name) for entry in entries]) for name, scheme in _UTTERANCE]
    columns.append(("flagged", "bool", [entry.flagged for entry in entries]))
    _add_table(database, "utterances", [places[entry.id] for entry in entries], columns)


def _add_desired(database: Any, rows: Sequence[ConsensusRow], places: dict[int, Any]) -> None:
    """The emotions that were asked for, or a corpus's single label without a condition, with its means."""
    if rows:
        columns: list[_Column] = [
            ("emotion", "emotion", [NO_AGREEMENT if r.no_agreement else r.intended for r in rows])
        ]
        columns += [(name, name, [row.mean(name) for row in rows]) for name in DIMENSIONS]
        _add_table(database, "emotion.desired", [places[row.entry.id] for row in rows], columns)


def _add_condition(database: Any, rows: Sequence[ConsensusRow], places: dict[int, Any], rater: str) -> None:
    """The votes of a condition, and what they come to."""
    if not rows:
        return
    condition, scheme, where = rows[0].condition, rows[0].scheme, [places[row.entry.id] for row in rows]
    votes: list[_Column] = [(name, "votes", [row.votes[k] for row in rows]) for k, name in enumerate(scheme.classes)]
    votes.append(("in_sight", "votes", [row.in_sight for row in rows]))
    _add_table(database, f"emotion.{condition}.votes", where, votes)
    gold: list[_Column] = [
        ("emotion", "emotion", [_settled(row) for row in rows]),
        ("plurality", "str", [":".join(row.winners) or None for row in rows]),
        ("agreement", "agreement", [row.agreement for row in rows]),
        ("gold", "str", [":".join(dict.fromkeys(row.gold.values())) or None for row in rows]),
        *((name, name, [row.mean(name) for row in rows]) for name in ("intensity", *DIMENSIONS)),
    ]
    _add_table(database, f"emotion.{condition}.gold_standard", where, gold, rater=rater)


def _settled(row: ConsensusRow) -> str | None:
    """The emotion with most votes; no agreement where several share the first place; None where nobody voted."""
    if len(row.winners) == 1 and not row.no_agreement:
        return row.winners[0]
    return NO_AGREEMENT if row.winners or row.no_agreement else None


def _add_table(
    database: Any,
    name: str,
    places: Sequence[tuple[str, float, float | None]],
    columns: Iterable[_Column],
    rater: str | None = None,
) -> None:
    """A table by file or segment; columns are name, scheme and values."""
    import audformat

    table = database[name] = audformat.Table(_index(places), media_id="audio")
    for column, scheme, values in columns:
        table[column] = audformat.Column(scheme_id=scheme, rater_id=rater)
        table[column].set(values)


def _add_misc(
    database: Any, name: str, table: ExportTable, index: list[str], schemes: dict[str, str] | None = None
) -> None:
    """A table that files do not index; columns have the scheme of their type unless told otherwise."""
    import audformat
    import pandas as pd

    values: list[list[object]] = [[] for _ in table.columns]
    for batch in table.batches:
        for column, more in zip(values, batch, strict=True):
            column += more
    cells = {column: values[k] for k, (column, _) in enumerate(table.columns)}
    types = {column: _TYPES[kind] for column, kind in table.columns}
    levels = pd.MultiIndex.from_arrays([cells[level] for level in index], names=index)
    dtypes = {level: types[level] for level in index}
    made = database[name] = audformat.MiscTable(audformat.utils.set_index_dtypes(levels, dtypes))
    for own in [name for name in cells if name not in index]:
        made[own] = audformat.Column(scheme_id=(schemes or {}).get(own, types[own]))
        made[own].set(cells[own])
