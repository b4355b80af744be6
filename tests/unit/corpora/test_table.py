"""Tables people made: what is recognised, and what is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairemo_gui.corpora.table import peek_columns, read_table, unused_columns
from fairemo_gui.errors import UserError
from tests.unit.corpora.builders import table

KNOWN = ("utterance_id", "media", "speaker")


def test_rows_know_their_lines_even_over_line_breaks_in_cells(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b'\nutterance_id,media\n\nu1,"a\nb"\nu2, c \r\n')
    read = read_table(tmp_path / "t.csv", KNOWN)
    assert [(row.line, row.get("utterance_id"), row.get("media")) for row in read.rows] == [
        (4, "u1", "a\nb"),
        (6, "u2", "c"),
    ]
    assert read.rows[0].get("speaker") == ""


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolons"), ("\t", "tabs")])
def test_other_delimiters_are_recognised_and_said(tmp_path: Path, mark: str, name: str) -> None:
    read = read_table(table(tmp_path / "t.csv", f"utterance_id{mark}media\nu1{mark}a,b"), KNOWN)
    assert read.rows[0].get("media") == "a,b"
    assert read.warnings == (f"t.csv: {name} between the columns were recognised.",)
    assert read.decimal_comma == (mark == ";")


def test_known_columns_are_found_in_any_letter_case(tmp_path: Path) -> None:
    read = read_table(table(tmp_path / "t.csv", " Utterance_ID ,MEDIA,Other\nu1,a,b"), KNOWN)
    assert read.columns == ("utterance_id", "media", "Other")
    assert unused_columns(read, KNOWN) == ("t.csv: columns that are not used: “Other”.",)


def test_bytes_that_are_no_utf8_spoil_their_line_only(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", "utterance_id,media\nu1,fröhlich\nu2,heiter", encoding="latin-1")
    read = read_table(path, KNOWN)
    assert [row.get("utterance_id") for row in read.rows] == ["u2"]
    assert str(read.problems[0]) == (
        "t.csv, line 2: is not UTF-8 (in Latin-1 it would read “fröhlich”); save the table as UTF-8"
    )


def test_umlauts_in_utf8_are_fine(tmp_path: Path) -> None:
    read = read_table(table(tmp_path / "t.csv", "utterance_id,media\nü1,日本"), KNOWN)
    assert (read.rows[0].get("utterance_id"), read.rows[0].get("media")) == ("ü1", "日本")


def test_rows_of_another_width_are_problems_but_empty_cells_at_the_end_are_not(tmp_path: Path) -> None:
    read = read_table(table(tmp_path / "t.csv", "utterance_id,media,\nu1,a,,,\nu2\nu3,a,b"), KNOWN)
    assert [row.get("utterance_id") for row in read.rows] == ["u1"]
    assert [problem.row for problem in read.problems] == [3, 4]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n \n", "is empty"),
        ("utterance_id,media\n".encode("utf-16"), "saved as UTF-16"),
        (b"PK\x03\x04\0\0", "is no text"),
        (b'utterance_id,media\nu1,"never closed\nu2,b\n', "line 2: cannot be read as a table row"),
        (b'utterance_id,media\nu1,"a"b\n', "line 2: cannot be read as a table row"),
        (b"utterance_id,media,Media\nu1,a,b\n", "the column “media” stands there twice"),
        (b"utterance_id,media\nu1," + b"x" * 1_100_000, "line 2: cannot be read as a table row"),
    ],
)
def test_what_is_no_table_is_refused_by_name(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(UserError, match=what) as caught:
        read_table(tmp_path / "t.csv", KNOWN)
    assert str(caught.value).startswith("t.csv")
    assert isinstance(peek_columns(tmp_path / "t.csv", KNOWN), tuple)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"t\.csv cannot be read"):
        read_table(tmp_path / "t.csv", KNOWN)
    assert peek_columns(tmp_path / "t.csv", KNOWN) == ()


def test_missing_columns_are_named_together(tmp_path: Path) -> None:
    read = read_table(table(tmp_path / "t.csv", "speaker\nx"), KNOWN)
    with pytest.raises(UserError, match="the columns “utterance_id” and “media” are missing: add them"):
        read.need(("utterance_id", "media"))
    with pytest.raises(UserError, match="the column “media” is missing: add it"):
        read.need(("speaker", "media"))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200) | st.text(alphabet='uid,;"\t\r\n\0äé', max_size=80).map(str.encode))
def test_any_bytes_are_rows_problems_or_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    try:
        read = read_table(path, KNOWN)
    except UserError as error:
        assert str(error).startswith("t.csv")
        return
    lines = [row.line for row in read.rows] + [problem.row or 0 for problem in read.problems]
    assert len(set(lines)) == len(lines)
    assert all(set(row.cells) == set(read.columns) for row in read.rows)


def test_bytes_of_windows_are_read_where_a_corpus_is_known_for_them(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("utterance_id,media\nu1,Café\n".encode() + b"u2,it\x92s\n" + "u3,it\x92s\n".encode())
    read = read_table(path, KNOWN, windows=True)
    assert [row.get("media") for row in read.rows] == ["Café", "it’s", "it’s"]
    assert read.warnings == ("t.csv is not all UTF-8; the other bytes were read as Windows-1252.",)
    assert [problem.row for problem in read_table(path, KNOWN).problems] == [3]
    table(path, "utterance_id,media\nu1,it’s")
    assert read_table(path, KNOWN, windows=True).warnings == ()
