"""Archives have one spelling; whatever is not exactly that is refused."""

import io
import zipfile

import pytest

from ledger.audit.archive import (
    Member,
    digest,
    directory,
    is_name,
    read_members,
    write_archive,
)
from ledger.errors import IncompleteError, StoreError, VerificationError

FILES = {"a.txt": b"", "b/c": b"milk" * 9, "b/d.p/7": bytes(40)}


def made(folder, files=FILES):
    stream = io.BytesIO()
    pairs = []
    for number, (name, data) in enumerate(files.items()):
        path = folder / f"{number}"
        path.write_bytes(data)
        pairs.append((name, path))
    write_archive(stream, pairs)
    return stream.getvalue()


def read(data):
    stream = io.BytesIO(data)
    members = read_members(stream)
    return {member.name: digest(stream, member) for member in members}


def test_programs_of_others_read_it(tmp_path):
    data = made(tmp_path)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {n: archive.read(n) for n in archive.namelist()} == FILES
    assert [*read(data)] == [*FILES]


def test_no_byte_of_it_can_be_another(tmp_path):
    data = made(tmp_path)
    for at in range(len(data)):
        other = bytearray(data)
        other[at] ^= 1 << at % 8
        with pytest.raises(VerificationError):
            read(bytes(other))


def test_it_ends_where_it_ends(tmp_path):
    data = made(tmp_path)
    for length in range(1, len(data)):
        with pytest.raises(VerificationError):
            read(data[:length])
    with pytest.raises(IncompleteError):
        read(data[:-1])
    for more in (b"x", data, b"PK\x03\x04"):
        with pytest.raises(VerificationError):
            read(data + more)
        with pytest.raises(VerificationError):
            read(more + data)


@pytest.mark.parametrize("files", [("b", "a"), ("a", "a")])
def test_names_ascend_and_are_there_once(files, tmp_path):
    (tmp_path / "x").write_bytes(b"x")
    with pytest.raises(ValueError, match="out of order"):
        write_archive(io.BytesIO(), [(name, tmp_path / "x") for name in files])
    data = made(tmp_path, {"a": b"x", "b": b"x"})
    with pytest.raises(VerificationError):
        read(data.replace(b"b", b"a"))


@pytest.mark.parametrize(
    "name",
    ["../x", "/x", "a/../b", "a//b", ".x", "a/.x", "", "a/", "a\\b", "C:x", "ü", "a\n"],
)
def test_a_name_leads_nowhere_else(name, tmp_path):
    assert not is_name(name)
    (tmp_path / "x").write_bytes(b"x")
    with pytest.raises(ValueError, match="no name"):
        write_archive(io.BytesIO(), [(name, tmp_path / "x")])


def test_what_another_program_packed_is_not_taken(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", b"milk")
    with pytest.raises(VerificationError):
        read(stream.getvalue())


def test_beyond_four_gigabytes_others_read_it_too(tmp_path):
    hole = Member("a", (1 << 32) - 2, 0, 0)
    later = made(tmp_path, {"b": b"milk"})
    header = later[: len(later) - len(directory(read_members(io.BytesIO(later))))]
    last = Member("b", 4, int.from_bytes(header[14:18], "little"), hole.end)
    with (tmp_path / "big.zip").open("wb") as stream:
        stream.seek(hole.end)
        stream.write(header + directory([hole, last]))

    assert hole.end > 1 << 32
    with zipfile.ZipFile(tmp_path / "big.zip") as archive:
        assert archive.namelist() == ["a", "b"]
        assert archive.read("b") == b"milk"


def test_a_single_file_of_four_gigabytes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("ledger.audit.archive._MOST_32", 10)
    (tmp_path / "x").write_bytes(bytes(11))
    with pytest.raises(StoreError, match="too large"):
        write_archive(io.BytesIO(), [("x", tmp_path / "x")])
