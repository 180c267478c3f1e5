"""Aliases: spoken once, the same for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.alias import COMBINATIONS, alias_of, aliases_on_a_page, check_letters, rank_of, spoken_in
from processors.alias_words import ADJECTIVES, CREATURES, LANDSCAPES

TOKENS = st.text("0123456789abcdef", min_size=32, max_size=32)


@pytest.mark.parametrize(
    ("token", "alias", "letters"),
    [
        ("00000000000000000000000000000000", "Slingerende Kliffuut 4857", "ZCBGKCDX"),
        ("ffffffffffffffffffffffffffffffff", "Groeiende Beekmarter 35462", "KHFCDMJR"),
        ("0123456789abcdef0123456789abcdef", "Hechte Stersteur 34190", "XTFMJPSJ"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "Gebeitelde Rivierbuizerd 1466", "KRCTFCLM"),
        ("5d41402abc4b2a76b9719d911017c592", "Zilvergrijze Windbeuk 88937", "WMNPVRDT"),
        ("9e107d9d372bb6826bd81d3542a419d6", "Kwetterende Bosspecht 80431", "ZWHNVTRV"),
    ],
)
def test_an_alias_never_changes(token: str, alias: str, letters: str) -> None:
    assert (alias_of(token), check_letters(token)) == (alias, letters)


def test_there_are_more_than_two_to_the_36th() -> None:
    assert COMBINATIONS >= 2**36


def test_no_two_combinations_of_words_are_spelt_alike() -> None:
    nouns = {f"{landscape}{creature}" for landscape in LANDSCAPES for creature in CREATURES}
    assert len(nouns) == len(LANDSCAPES) * len(CREATURES) == 64 * 64
    assert len(set(ADJECTIVES)) == len(ADJECTIVES) == 256


@given(TOKENS)
def test_an_alias_is_two_words_and_a_number_and_shows_nothing_of_the_token(token: str) -> None:
    adjective, noun, number = alias_of(token).split(" ")
    assert adjective in ADJECTIVES
    assert any(noun == f"{landscape}{creature}" for landscape in LANDSCAPES for creature in CREATURES)
    assert 1 <= int(number) <= 99_999


@given(st.lists(TOKENS, max_size=20))
def test_on_a_page_an_alias_stands_for_one_subject(tokens: list[str]) -> None:
    shown = aliases_on_a_page(tokens)
    assert len(set(shown.values())) == len(set(tokens))
    assert all(shown[token].startswith(alias_of(token)) for token in tokens)


def test_equal_ones_on_a_page_get_the_check_letters_that_tell_them_apart() -> None:
    first, second = "0000000000000000000000000003c304", "0000000000000000000000000004c983"
    assert alias_of(first) == alias_of(second) == "Bladhoudende IJsegel 67914"
    shown = aliases_on_a_page([first, second, first])
    assert shown == {first: "Bladhoudende IJsegel 67914 KT", second: "Bladhoudende IJsegel 67914 KZ"}


@given(TOKENS)
def test_an_alias_that_is_written_down_is_understood_as_itself(token: str) -> None:
    alias = alias_of(token)
    for written in (alias, f" {alias.upper()} {check_letters(token)[:2]} ", alias.rpartition(" ")[0], alias.split()[2]):
        spoken = spoken_in(written)
        assert spoken is not None
        assert alias.find(spoken.text) >= 0


@pytest.mark.parametrize(
    ("written", "understood"),
    [
        ("stile beekoter 41207", "Stille Beekotter 41207"),
        ("stille beekotter", "Stille Beekotter"),
        ("Beek otter 41207", "Beekotter 41207"),
        ("Stille 41207", "Stille 41207"),
        ("Echoende Beekotter 7", "Echoënde Beekotter 7"),
        ("41207", "41207"),
        ("Stille", None),
        ("Beekotter", None),
        ("Mevrouw Verzonnen", None),
        ("P-1001", None),
        ("0612345678", None),
        ("onbekend 41207", None),
        ("", None),
    ],
)
def test_of_what_was_heard_only_our_own_words_and_a_number_remain(written: str, understood: str | None) -> None:
    spoken = spoken_in(written)
    assert (spoken and spoken.text) == understood


@given(TOKENS, TOKENS)
def test_a_rank_is_of_one_alias(one: str, other: str) -> None:
    assert (rank_of(one) == rank_of(other)) == (alias_of(one) == alias_of(other))
    assert rank_of(one) % 100_000 == int(alias_of(one).split()[2])
