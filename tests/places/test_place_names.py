"""Names: how they are compared, which comes first, and when one could be several."""

import pytest

from processors.placenames import PlaceNames, fold
from processors.places import Gazetteer, PlaceGiven, PlaceProblem
from schemas.problems import Code

GAZETTEER = Gazetteer.load()
SUFFIXES = ("L", "Lb", "NB", "NH", "ZH", "Gld", "Gn", "Ut", "Dr", "Fr", "Ov", "O", "Fl", "Z", "Zld")


def by_name(name: str) -> str | PlaceProblem:
    return GAZETTEER.resolve(PlaceGiven(name=name))


def candidates_of(name: str) -> tuple[str, ...]:
    found = by_name(name)
    assert isinstance(found, PlaceProblem), found
    assert found.code == Code.AMBIGUOUS_PLACE
    return found.candidates


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("'s-Hertogenbosch", "s hertogenbosch"),
        ("\u2019s\u2011Hertogenbosch", "s hertogenbosch"),
        ("Súdwest-Fryslân", "sudwest fryslan"),
        ("Su\u0301dwest-Frysla\u0302n", "sudwest fryslan"),
        ("Hengelo (O.)", "hengelo o"),
        ("  Nuenen,  Gerwen en\tNederwetten ", "nuenen gerwen en nederwetten"),
        ("Ĳsselstein", "ijsselstein"),
        ("\uff21\uff2d\uff33terdam", "amsterdam"),
        ("1e Exloërmond", "1e exloermond"),
        ("İT AMELÂN", "it amelan"),
        ("Straße", "stra e"),
        ("Łódź", "odz"),
        ("Ørby", "rby"),
        ("Москва", ""),
        ("", ""),
    ],
)
def test_names_are_compared_without_marks_case_and_punctuation(name: str, folded: str) -> None:
    assert fold(name) == folded


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Amsterdam", "GM0363"),
        ("AMSTERDAM", "GM0363"),
        ("Den Bosch", "GM0796"),
        ("'s-Hertogenbosch", "GM0796"),
        ("s hertogenbosch", "GM0796"),
        ("Den Haag", "GM0518"),
        ("The Hague", "GM0518"),
        ("Sudwest Fryslan", "GM1900"),
        ("Hengelo O", "GM0164"),
        ("Hengelo (Gld)", "GM1876"),
        ("Bergen (NH)", "GM0373"),
        ("Bergen L.", "GM0893"),
        ("Hoogkarspel", "GM0498"),
        ("Ljouwert", "GM0080"),
        ("Boalsert", "GM1900"),
        ("Weesp", "GM0363"),
        ("Boarnsterhim", "GM0080"),
        ("Rijnwoude", "GM0484"),
        ("Harkstede GN", "GM0014"),
        ("Driehuis", "GM0453"),
    ],
)
def test_municipalities_aliases_towns_and_former_names(name: str, code: str) -> None:
    assert by_name(name) == code


@pytest.mark.parametrize(
    ("name", "official"),
    [("Heusden", "GM0797"), ("Hoorn", "GM0405"), ("Noordwijk", "GM0575"), ("Buren", "GM0214"), ("Katwijk", "GM0537")],
)
def test_an_official_name_wins_over_towns_of_the_same_name(name: str, official: str) -> None:
    assert by_name(name) == official


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("Bergen", ("GM0373", "GM0893")),
        ("Hengelo", ("GM0164", "GM1876")),
        ("Rijswijk", ("GM0214", "GM0603", "GM1959")),
        ("Laren", ("GM0262", "GM0417")),
        ("Beek", ("GM0888", "GM1945", "GM1955")),
        ("Valkenburg", ("GM0537", "GM0994")),
        ("Harkstede", ("GM0014", "GM1952")),
        ("Elst", ("GM0340", "GM1734")),
        ("Loo", ("GM0226", "GM1705")),
        ("Winsum", ("GM1949", "GM1966")),
        ("Vianen", ("GM1961", "GM1982")),
    ],
)
def test_a_name_of_several_places_is_ambiguous_with_its_candidates_sorted(name: str, codes: tuple[str, ...]) -> None:
    assert candidates_of(name) == codes


def test_the_hint_of_an_ambiguous_name_tells_the_candidates_by_our_names() -> None:
    problem = by_name("BERGEN")
    assert isinstance(problem, PlaceProblem)
    assert "GM0373 Bergen (NH.)" in problem.hint
    assert "BERGEN" not in problem.message + problem.hint


def test_an_official_name_counts_without_its_bracket_only_among_the_others() -> None:
    names = PlaceNames(
        [("Doorp (X.)", "GM9001"), ("Stad", "GM9002")], [("Doorp (X.)", "GM9001"), ("Stad (Y)", "GM9003")]
    )
    assert names.codes_of("Doorp") == ("GM9001",)
    assert names.codes_of("Stad") == ("GM9002",)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_province_suffix_may_be_left_out(suffix: str) -> None:
    names = PlaceNames([], [(f"Verzonnen Dorp {suffix}", "GM9001"), (f"Elders ({suffix}.)", "GM9002")])
    assert names.codes_of("verzonnen dorp") == names.codes_of(f"Verzonnen Dorp {suffix.lower()}.") == ("GM9001",)
    assert names.codes_of("elders") == names.codes_of(f"elders {suffix}") == ("GM9002",)


def test_a_suffix_is_left_out_only_at_the_end_and_only_from_our_names() -> None:
    names = PlaceNames([], [("NH Dorp", "GM9001"), ("Gat", "GM9002"), ("Gld", "GM9003"), ("Wijk aan Zee", "GM9004")])
    assert names.codes_of("Dorp") == ()
    assert names.codes_of("Gat NH") == ()
    assert names.codes_of("Gld") == ("GM9003",)
    assert names.codes_of("Wijk aan") == ()


def test_an_empty_name_means_nothing_even_where_a_name_is_all_bracket() -> None:
    names = PlaceNames([], [("(Gld)", "GM9001")])
    assert names.codes_of("") == ()
    assert names.codes_of("gld") == ("GM9001",)
