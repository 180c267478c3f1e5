"""Any file whatever is read as numbered lines in constant memory, or refused in words."""

import gzip
import tracemalloc
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relocation.lines import BATCH_LINES, LINE_BYTES_MAX, CutOff, LineFile, NotLines


def collect(batches, seen):
    for batch in batches:
        seen.extend(batch)


def read(path):
    with closing(LineFile(str(path))) as lines:
        return [(line.line, line.raw) for batch in lines.batches() for line in batch]


def test_blank_lines_are_counted_and_left_out(tmp_path):
    (tmp_path / "f").write_bytes(b'\n{"a":1}\r\n \n{"b":2}')

    assert read(tmp_path / "f") == [(2, b'{"a":1}'), (4, b'{"b":2}')]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_has_no_lines(tmp_path, content):
    (tmp_path / "f").write_bytes(content)

    assert read(tmp_path / "f") == []


@given(st.lists(st.binary(max_size=40).filter(lambda raw: b"\n" not in raw)))
def test_gzip_and_plain_read_the_same(tmp_path_factory, raws):
    folder = tmp_path_factory.mktemp("lines")
    content = b'{"first":1}\n' + b"\n".join(b"." + raw for raw in raws)
    (folder / "plain").write_bytes(content.replace(b"\0", b"0"))
    (folder / "gz").write_bytes(gzip.compress(content.replace(b"\0", b"0")))

    assert read(folder / "plain") == read(folder / "gz")


def test_gzip_of_several_members_is_one_file(tmp_path):
    (tmp_path / "f").write_bytes(gzip.compress(b'{"a":1}\n') + gzip.compress(b'{"b":2}\n') + b"\0\0")

    assert read(tmp_path / "f") == [(1, b'{"a":1}'), (2, b'{"b":2}')]


def test_a_gzip_file_that_is_cut_off_gives_what_came_before(tmp_path):
    whole = gzip.compress(b"".join(b'{"n":%d}\n' % n for n in range(200_000)))
    (tmp_path / "f").write_bytes(whole[: len(whole) // 2])
    seen = []

    with closing(LineFile(str(tmp_path / "f"))) as lines:
        batches = lines.batches()
        with pytest.raises(CutOff, match="cut off after line"):
            collect(batches, seen)

    assert seen[0].raw == b'{"n":0}'
    assert len(seen) > BATCH_LINES


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b'[{"a":1},\n', "JSON array"),
        (b"PK\x03\x04....", "zip"),
        (b"\xff\xfe{\0", "UTF-16"),
        (b"a\0b", "no text"),
        (b"Obj\x01...", "Avro"),
        (gzip.compress(b'  [{"a":1}]', mtime=0), "JSON array"),
    ],
)
def test_what_is_no_lines_of_json_is_said(tmp_path, content, word):
    (tmp_path / "f").write_bytes(content)

    with pytest.raises(NotLines, match=word):
        read(tmp_path / "f")


def test_a_huge_line_costs_no_memory_and_keeps_enough_to_be_refused(tmp_path):
    huge = 300 * 1024 * 1024
    with (tmp_path / "f").open("wb") as written:
        written.write(b'{"a":"')
        written.truncate(huge)
        written.seek(huge)
        written.write(b'"}\n{"b":2}\n')
    content = (tmp_path / "f").open("r+b")
    with content:
        content.seek(6)
        for _ in range(8):
            content.write(b"x" * 512)
    tracemalloc.start()
    lines = read(tmp_path / "f")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [(number, len(raw)) for number, raw in lines] == [(1, LINE_BYTES_MAX + 1), (2, 7)]
    assert peak < 8 * 1024 * 1024
