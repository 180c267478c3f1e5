"""Tokens as DESIGN section 4 says them, worked out here once more by hand."""

import hashlib
import hmac

import pytest

from processors.packaged import json_of
from processors.tokens import InvalidKey, Tokeniser
from schemas.views import Refused
from tests.intake.sent import (
    INTAKE,
    KEY,
    a_control,
    a_mutation,
    a_passage,
    a_person,
    admitted,
    an_ad,
    problems,
    refused,
)


def token(kind, canonical):
    return hmac.new(bytes.fromhex(KEY), f"{kind}:{canonical}".encode(), hashlib.sha256).hexdigest()[:32]


def wide(text):
    """In the full-width forms that NFKC folds."""
    return "".join(chr(ord(character) - 0x21 + 0xFF01) for character in text)


def person_of(**identifiers):
    (person,) = admitted(a_control(persons=[a_person(**identifiers)])).persons
    return person


def a_document(number, country="RO"):
    return {"country": country, "number": number}


def a_name(family="DOE", given="JANE", birth_date="1990-01-31"):
    return {"family": family, "given": given, "birth_date": birth_date}


def test_a_known_token_comes_out():
    assert person_of(bvh_person="P-0001").bvh_person == "557493b774d1810bca50f5370dff79e4"


@pytest.mark.parametrize("sent", ["P-1029", " p-1029\t", f"\u00a0{wide('P-1029')} "])
def test_a_bvh_number_is_trimmed_and_in_capitals(sent):
    assert person_of(bvh_person=sent).bvh_person == token("person", "bvh:P-1029")


@pytest.mark.parametrize("sent", ["XR123456", "xr 123-456", "XR.123/456", wide("XR123456"), "éXR123456"])
def test_a_document_is_its_country_and_its_letters_and_digits(sent):
    assert person_of(document=a_document(sent)).document == token("person", "doc:RO:XR123456")


@pytest.mark.parametrize("family", ["Müller-Ö'Neil", "MULLER ONEIL", wide("M") + "üller oneil"])
def test_a_name_is_its_letters_without_marks(family):
    found = person_of(name=a_name(family, "Ana María"))
    assert found.name == token("person", "name:MULLERONEIL|ANAMARIA|1990-01-31")


def test_a_report_carries_the_tokens_of_all_identifiers_of_a_person():
    person = person_of(bvh_person="P-1029", document=a_document("XR123456"), name=a_name())
    assert None not in (person.bvh_person, person.document, person.name)


@pytest.mark.parametrize("plate", ["B 123 XYZ", "b-123-xyz", "B123XYZ", wide("B") + "123XYZ"])
def test_a_plate_is_its_country_and_its_letters_and_digits(plate):
    expected = token("vehicle", "RO:B123XYZ")
    assert admitted(a_control(vehicles=[{"country": "RO", "plate": plate}])).vehicles == (expected,)
    assert admitted(a_passage(plate=plate), followed={expected}).vehicles == (expected,)


@pytest.mark.parametrize(
    ("sent", "e164"),
    [
        ("+31612345678", "+31612345678"),
        ("06 12345678", "+31612345678"),
        ("06-12 34 56 78", "+31612345678"),
        ("0031 6 12345678", "+31612345678"),
        ("+31 (0)6 1234 5678", "+31612345678"),
        ("+310612345678", "+31612345678"),
        ("(020) 123 45 67", "+31201234567"),
        ("097012345678", "+3197012345678"),
        ("+40 721.234.567", "+40721234567"),
        ("0040721234567", "+40721234567"),
        ("\uff0b31\u2011612345678", "+31612345678"),
        ("+1234567", "+1234567"),
        ("+123456789012345", "+123456789012345"),
        ("+31666666666", "+31666666666"),
    ],
)
def test_a_phone_is_its_e164_number(sent, e164):
    assert admitted(a_control(phones=[sent])).phones == (token("phone", e164),)


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "+",
        "612345678",
        "31612345678",
        "06 1234567",
        "06 123456789",
        "0612345678x",
        "tel:+31612345678",
        "+0612345678",
        "000612345678",
        "+123456",
        "+1234567890123456",
        "+31 6 1234567",
        "0800 1234",
        "+31٦12345678",
        "++31612345678",
        "06+12345678",
        "+1111111",
        "anoniem",
    ],
)
def test_what_is_no_phone_number_is_refused(sent):
    assert problems(a_control(phones=[sent])) == [("invalid_identifier", "phones[0]")]


def test_a_photo_is_its_hash_in_lower_case():
    report = admitted(an_ad(police_involved=True, photos=["C3D1F0E2A4B59687"]))
    assert report.photos == (token("photo", "c3d1f0e2a4b59687"),)


@pytest.mark.parametrize("sent", ["", "c3d1f0e2a4b5968", "c3d1f0e2a4b596870", "g3d1f0e2a4b59687", "0" * 16, "F" * 16])
def test_what_is_no_photo_is_refused(sent):
    assert problems(an_ad(police_involved=True, photos=[sent])) == [("invalid_identifier", "photos[0]")]


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ({"postcode": "3511ab", "number": 12}, "3511AB:12:"),
        ({"postcode": "3511 AB", "number": "12", "suffix": " bis "}, "3511AB:12:BIS"),
        ({"postcode": "3511AB", "number": 12, "suffix": None}, "3511AB:12:"),
    ],
)
def test_an_address_is_its_postcode_number_and_suffix(address, canonical):
    assert admitted(a_control(address=address)).address == token("address", canonical)


@pytest.mark.parametrize("postcode", ["3511", "3511A", "0511AB", "3511  AB", "3511-AB", "", 3511])
def test_an_address_needs_a_whole_postcode(postcode):
    address = {"postcode": postcode, "number": 1}
    assert problems(a_control(address=address)) == [("invalid_value", "address.postcode")]


TOO_LITTLE = [
    ({"bvh_person": "P-1"}, "bvh_person"),
    ({"bvh_person": "  P-1  "}, "bvh_person"),
    ({"bvh_person": "1111"}, "bvh_person"),
    ({"bvh_person": "nvt"}, "bvh_person"),
    ({"bvh_person": " on-bekend "}, "bvh_person"),
    ({"document": a_document("X-1-2")}, "document.number"),
    ({"document": a_document("")}, "document.number"),
    ({"document": a_document("0-0-0-0")}, "document.number"),
    ({"document": a_document("1234 5678")}, "document.number"),
    ({"document": a_document("niet bekend")}, "document.number"),
    ({"name": a_name(family="D")}, "name.family"),
    ({"name": a_name(family="李")}, "name.family"),
    ({"name": a_name(family="Xx")}, "name.family"),
    ({"name": a_name(given="N.N.")}, "name.given"),
    ({"name": a_name(given="onbekend")}, "name.given"),
]


@pytest.mark.parametrize(("identifiers", "field"), TOO_LITTLE)
def test_too_little_to_tell_people_apart_is_refused(identifiers, field):
    told = problems(a_mutation(persons=[a_person(**identifiers)]))
    assert told == [("invalid_identifier", f"persons[0].identifiers.{field}")]


ENOUGH = [
    {"bvh_person": "P-12"},
    {"bvh_person": "1112"},
    {"document": a_document("X123")},
    {"document": a_document("TEST1")},
    {"document": a_document("123456780")},
    {"name": a_name("Li", "Yu")},
    {"name": a_name("TESTA", "NNA")},
]


@pytest.mark.parametrize("identifiers", ENOUGH)
def test_just_enough_is_taken(identifiers):
    assert person_of(**identifiers)


@pytest.mark.parametrize("plate", ["A1", "-A-1-", "AAA", "kenteken", "no plate", "n.v.t."])
def test_a_plate_that_tells_nothing_is_refused(plate):
    assert problems(a_passage(plate=plate)) == [("invalid_identifier", "plate")]
    assert problems(a_control(vehicles=[{"country": "NL", "plate": plate}])) == [
        ("invalid_identifier", "vehicles[0].plate")
    ]


def test_a_plate_of_three_is_enough():
    assert admitted(a_passage(plate="A-1-B"), followed=True)


def test_every_placeholder_of_the_list_is_refused():
    told = json_of("placeholders.json")
    for number in told["document"]:
        assert problems(a_control(persons=[a_person(document=a_document(number))]))
    for number in told["bvh_person"]:
        assert problems(a_control(persons=[a_person(bvh_person=number)]))
    for plate in told["plate"]:
        assert problems(a_passage(plate=plate))
    for name in told["name"]:
        assert problems(a_control(persons=[a_person(name=a_name(family=name))]))


def test_a_short_name_hints_at_the_machine_readable_zone():
    (problem,) = refused(a_control(persons=[a_person(name=a_name(family="Ø"))])).problems
    assert "machine-readable zone" in problem.hint


@pytest.mark.parametrize(
    ("identifier", "kind", "canonical"),
    [
        ({"bvh_person": "p-1029"}, "person", "bvh:P-1029"),
        ({"document": a_document("XR 123456")}, "person", "doc:RO:XR123456"),
        ({"name": a_name()}, "person", "name:DOE|JANE|1990-01-31"),
        ({"phone": "06 12345678", "photo": None}, "phone", "+31612345678"),
        ({"vehicle": {"country": "RO", "plate": "B 1 ABC"}}, "vehicle", "RO:B1ABC"),
        ({"photo": "C3D1F0E2A4B59687"}, "photo", "c3d1f0e2a4b59687"),
    ],
)
def test_an_identifier_is_looked_up_by_the_same_token(identifier, kind, canonical):
    (named,) = [name for name, value in identifier.items() if value is not None]
    assert INTAKE.token_of(identifier) == (named, token(kind, canonical))


@pytest.mark.parametrize(
    ("identifier", "code", "field"),
    [
        ({}, "invalid_value", "identifier"),
        ({"phone": None}, "invalid_value", "identifier"),
        ({"phone": "+31612345678", "bvh_person": "P-1029"}, "invalid_value", "identifier"),
        ({"address": {}}, "invalid_value", "identifier"),
        ({"phone": 31612345678}, "invalid_value", "phone"),
        ({"document": {"number": "XR123456"}}, "missing_field", "document.country"),
        ({"bvh_person": "1"}, "invalid_identifier", "bvh_person"),
    ],
)
def test_what_cannot_be_looked_up_is_refused_with_the_reason(identifier, code, field):
    with pytest.raises(Refused) as refusal:
        INTAKE.token_of(identifier)
    assert [(problem.code, problem.field) for problem in refusal.value.problems] == [(code, field)]


@pytest.mark.parametrize("key", [b"", b"k" * 31])
def test_a_short_key_is_refused(key):
    with pytest.raises(InvalidKey, match="at least 32 bytes"):
        Tokeniser(key)


@pytest.mark.parametrize("text", ["", "zz" * 32, "0011", "0" * 65])
def test_a_key_that_is_no_key_is_refused_without_a_word_of_it(text):
    with pytest.raises(InvalidKey) as refusal:
        Tokeniser.from_hex(text)
    assert text == "" or text not in str(refusal.value)


@pytest.mark.parametrize("length", [32, 63, 64, 65, 200])
def test_a_key_of_any_length_gives_the_standards_digest(length):
    key = bytes(range(256))[:length]
    assert Tokeniser(key).digest(b"x") == hmac.new(key, b"x", hashlib.sha256).hexdigest()


def test_the_check_value_tells_keys_apart_and_nothing_of_them():
    one, other = Tokeniser(b"k" * 32), Tokeniser(b"l" * 32)
    assert one.check_value == Tokeniser(b"k" * 32).check_value != other.check_value
    assert len(one.check_value) == 16
    assert "6b" * 8 not in repr(one)
