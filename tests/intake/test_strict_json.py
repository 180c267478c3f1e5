"""What is not one JSON object that all readers understand alike is refused whole."""

import json

import pytest

from schemas.problems import Code, Problem
from schemas.strict_json import DEPTH_MAX, SIZE_MAX, read_object


def of_size(size):
    return b'{"a":"' + b"x" * (size - 8) + b'"}'


def nested(depth, opening=b"[", closing=b"]"):
    return b'{"a":' + opening * (depth - 1) + closing * (depth - 1) + b"}"


def refusal(raw):
    problem = read_object(raw)
    assert isinstance(problem, Problem), problem
    assert problem.field is None
    assert problem.hint
    return problem.code


def test_an_object_is_read_as_it_stands():
    assert read_object(b' {"a": [1, 2.5, null, true, "\xc3\xa9 \\u00e9 \\ud83d\\ude00"]} \r') == {
        "a": [1, 2.5, None, True, "é é 😀"]
    }


def test_64_kib_is_parsed_and_a_byte_more_is_not():
    assert isinstance(read_object(of_size(SIZE_MAX)), dict)
    assert refusal(of_size(SIZE_MAX + 1)) is Code.TOO_LARGE
    assert refusal(b"\xff" * (SIZE_MAX + 1)) is Code.TOO_LARGE


@pytest.mark.parametrize("depth", [2, DEPTH_MAX - 1, DEPTH_MAX])
def test_depth_up_to_the_limit_is_read(depth):
    assert isinstance(read_object(nested(depth)), dict)


@pytest.mark.parametrize("depth", [DEPTH_MAX + 1, 1_000, 30_000])
def test_deeper_is_malformed(depth):
    assert refusal(nested(depth)) is Code.MALFORMED


def test_deep_objects_count_like_deep_lists():
    assert isinstance(read_object(b'{"a":' * 15 + b"{}" + b"}" * 15), dict)
    assert refusal(b'{"a":' * 16 + b"{}" + b"}" * 16) is Code.MALFORMED
    assert refusal(b'{"a":' * 10_000) is Code.MALFORMED


def test_many_brackets_side_by_side_are_not_deep():
    assert isinstance(read_object(b'{"a":[' + b",".join([b"[]"] * 1_000) + b"]}"), dict)


def test_brackets_in_a_text_are_not_deep():
    assert isinstance(read_object(json.dumps({"a": "[{" * 100}).encode()), dict)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"null",
        b"1",
        b'"a"',
        b"[]",
        b'[{"a":1}]',
        b"{",
        b'{"a"',
        b'{"a":1',
        b'{"a":1,}',
        b"{'a':1}",
        b'{"a":1}{"b":2}',
        b'{"a":1} x',
        b'{"a":01}',
        b'{"a":.5}',
        b'{"a":+1}',
        b'{"a":"\n"}',
        b'{"a":"\\x41"}',
        b'{"a":undefined}',
        b'{"a":1}\x00',
        b"\x1f\x8b\x08\x00",
    ],
)
def test_not_one_object_is_malformed(raw):
    assert refusal(raw) is Code.MALFORMED


@pytest.mark.parametrize("raw", [b"\xff", b'{"a":"\xff"}', b'{"a":"\xed\xa0\x80"}', b'{"a":"\xc0\xaf"}'])
def test_not_utf_8_is_malformed(raw):
    assert refusal(raw) is Code.MALFORMED


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le"])
def test_another_encoding_or_a_byte_order_mark_is_malformed(encoding):
    assert refusal('{"a":1}'.encode(encoding)) is Code.MALFORMED


@pytest.mark.parametrize("raw", [b'{"a":1,"a":1}', b'{"a":null,"a":1}', b'{"b":{"a":1,"\\u0061":2}}'])
def test_a_key_twice_is_malformed_at_any_depth(raw):
    assert refusal(raw) is Code.MALFORMED


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b"1" * 5_000])
def test_a_number_that_is_not_finite_is_malformed(number):
    assert refusal(b'{"a":[' + number + b"]}") is Code.MALFORMED


@pytest.mark.parametrize("text", [b'"\\ud800"', b'"\\uDFFF x"', b'"\\udc00\\ud800"', b'{"\\uDbff":1}'])
def test_half_a_surrogate_pair_is_malformed(text):
    assert refusal(b'{"a":' + text + b"}") is Code.MALFORMED


def test_a_backslash_before_a_u_is_no_surrogate():
    assert read_object(b'{"a":"\\\\ud800"}') == {"a": "\\ud800"}


def test_where_the_json_ends_is_told_without_what_stands_there():
    problem = read_object(b'{"a": MARKER}')
    assert "character 7" in problem.message
    assert "MARKER" not in f"{problem}"
