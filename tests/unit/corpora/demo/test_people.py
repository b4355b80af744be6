from __future__ import annotations

from fairemo_gui.core.records import Gender
from fairemo_gui.corpora.demo.people import PAIRS, PEOPLE


def test_eight_women_and_eight_men_make_eight_pairs() -> None:
    assert len({person.code for person in PEOPLE}) == 16
    assert all((w.gender, m.gender) == (Gender.FEMALE, Gender.MALE) for w, m in PAIRS)


def test_two_age_bands_with_both_genders_in_each() -> None:
    young = [person for person in PEOPLE if person.age < 45]
    older = [person for person in PEOPLE if person.age >= 45]
    for band in (young, older):
        assert {person.gender for person in band} == {Gender.FEMALE, Gender.MALE}
        assert len(band) >= 6
    assert max(person.age for person in young) + 10 < min(person.age for person in older)


def test_nobody_looks_or_sounds_like_another() -> None:
    assert len({person.look for person in PEOPLE}) == 16
    assert len({person.voice for person in PEOPLE}) == 16
