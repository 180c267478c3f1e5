"""The catalogue of signals: complete, in the guideline's groups, labelled in both languages; faults named by line."""

import pytest

from processors.signals import InvalidSignals, parse_signals
from tests.intake.sent import signals

AT_LEAST = """
unlicensed not_from_netherlands pimp_present accompanied_by_controller changing_controllers dependent_transport
constant_supervision no_own_documents does_not_speak_language third_party_contact third_party_payment
surrenders_earnings lives_at_workplace debt false_statements_suspected violence_traces no_residence_permit
recruited_abroad available_around_the_clock same_phone_many_ads
""".split()  # noqa: SIM905 - as DESIGN section 7 lists them
ONE = """[[group]]
id = "g"
nl = "groep"
en = "group"

[[signal]]
code = "debt"
group = "g"
weight = 1.5
nl = "schuld"
en = "debt"
"""


def faults(text):
    with pytest.raises(InvalidSignals) as invalid:
        parse_signals(text)
    return invalid.value.faults


def test_the_packaged_catalogue_has_every_code_of_the_design():
    assert set(AT_LEAST) <= signals().signals.keys()


def test_every_signal_has_a_group_a_weight_and_both_labels():
    catalogue = signals()
    assert len(catalogue.groups) == 5
    for signal in catalogue.signals.values():
        assert signal.group in catalogue.groups
        assert signal.weight > 0
        assert signal.nl != signal.en


def test_a_score_is_the_sum_of_the_weights_of_the_distinct_codes():
    catalogue = signals()
    weight = catalogue.signals["debt"].weight
    assert catalogue.score(["debt", "debt"]) == weight
    assert catalogue.score([]) == 0
    assert catalogue.score(["debt", "unlicensed"]) == weight + catalogue.signals["unlicensed"].weight
    assert catalogue.score(["taken_out_since"]) == 0


def test_movement_alone_cannot_outweigh_what_people_saw():
    assert 0 < signals().movement["movement_max"] < sum(signal.weight for signal in signals().signals.values())


def test_a_label_is_told_in_the_language_asked_for():
    assert signals().label("debt", "en") == signals().signals["debt"].en
    assert signals().label("debt") == signals().signals["debt"].nl
    assert signals().label("taken_out_since") == "taken_out_since"


@pytest.mark.parametrize(
    ("sent", "similar"),
    [("dept", "debt"), ("UNLICENSED", "unlicensed"), ("no-own-documents", "no_own_documents"), ("x" * 9_999, None)],
)
def test_codes_that_are_written_much_alike_are_found(sent, similar):
    found = signals().similar_to(sent)
    assert similar in found if similar else not found


@pytest.mark.parametrize(
    ("sent", "instead", "line"),
    [
        ('code = "debt"', 'code = "Debt"', 7),
        ('code = "debt"', "", 6),
        ('group = "g"', 'group = "h"', 8),
        ("weight = 1.5", "weight = -1", 9),
        ("weight = 1.5", 'weight = "1"', 9),
        ("weight = 1.5", "weight = nan", 9),
        ("weight = 1.5", "", 6),
        ('nl = "schuld"', 'nl = " "', 10),
        ('en = "group"', 'en = "group"\nde = "Gruppe"', 5),
        ('en = "debt"', 'en = "debt"\n[movement]\nrelocation = -1', 13),
        ('en = "debt"', 'en = "debt"\n[movement]\nflight = 1', 13),
        ("[[group]]", "movement = 1\n[[group]]", 1),
        ("[[group]]", "x = 1\n[[group]]", 1),
        ("[[signal]]", "[[signal]", 6),
    ],
)
def test_the_faulty_line_is_named(sent, instead, line):
    assert [fault.line for fault in faults(ONE.replace(sent, instead))] == [line]


def test_a_code_twice_is_refused():
    assert [fault.line for fault in faults(ONE + ONE[ONE.index("[[signal]]") :])] == [12]
    assert parse_signals(ONE).score(["debt"]) == 1.5


def test_an_empty_catalogue_is_refused():
    assert [fault.line for fault in faults("")] == [1]
