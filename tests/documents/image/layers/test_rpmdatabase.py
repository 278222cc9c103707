from __future__ import annotations

import sqlite3
import struct
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagelint.documents.image.layers import installed, rpmdatabase
from imagelint.documents.image.layers.nodes import InstalledList
from imagelint.documents.image.layers.rpmdatabase import (
    DATABASES,
    RpmDatabaseError,
    rpm_packages,
)
from imagelint.testing.archives import Tar
from imagelint.testing.rpm import PLACES, rpm_database, rpm_header
from tests.documents.image.layers.test_reading import of, read

PACKAGES = (("bash", "5.1.8-9.el9"), ("openssl-libs", "1:3.0.7-27.el9"), ("zlib", "1.2.11-40.el9"))
SAID = [
    "bash 5.1.8-9.el9",
    "openssl-libs 1:3.0.7-27.el9",
    "zlib 1.2.11-40.el9",
]


def database(statement: str, *values: object) -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute(statement)
    if values:
        connection.execute("INSERT INTO Packages VALUES (?)", values)
    connection.commit()
    data = connection.serialize()
    connection.close()
    return data


def why(data: bytes) -> str:
    with pytest.raises(RpmDatabaseError) as error:
        list(rpm_packages(data))
    return str(error.value)


@pytest.mark.parametrize("form", PLACES)
def test_each_format_says_what_is_installed(form: str) -> None:
    assert PLACES[form] in DATABASES
    assert list(rpm_packages(rpm_database(PACKAGES, form))) == SAID
    assert list(rpm_packages(rpm_database((), form))) == []


@pytest.mark.parametrize("form", PLACES)
def test_a_package_may_take_several_pages(form: str) -> None:
    long = ("x" * 900, f"1.{'0' * 500}-1")
    (first, *rest) = rpm_packages(rpm_database((long, *PACKAGES * 3), form))
    assert first.startswith("xxx")
    assert rest == SAID * 3


def test_a_key_is_no_package_and_an_epoch_of_nothing_is_none() -> None:
    said = rpm_packages(rpm_database((("gpg-pubkey", "8d22-60"), ("bash", "0:5-1"), ("sh", "2-"))))
    assert list(said) == ["bash 5-1", "sh 2"]


def test_numbers_may_begin_with_the_greater_half() -> None:
    """As on machines whose order of bytes is the other one."""
    data = bytearray(rpm_database((("a", "1-1"),), "bdb"))
    fields = [(12, "I"), (20, "I")]
    fields += [(4096 + 20, "H"), (4096 + 26, "H"), (4096 + 28, "H")]
    fields += [(8192 + 16, "I"), (8192 + 22, "H")]
    (place,) = struct.unpack_from("<H", data, 4096 + 28)
    fields += [(4096 + place + 4, "I"), (4096 + place + 8, "I")]
    for at, kind in fields:
        struct.pack_into(f">{kind}", data, at, *struct.unpack_from(f"<{kind}", data, at))
    assert list(rpm_packages(bytes(data))) == ["a 1-1"]


def test_what_is_damaged_is_told() -> None:
    ndb, bdb = rpm_database(PACKAGES, "ndb"), rpm_database(PACKAGES, "bdb")
    header = rpm_header("bash", "5-1")
    assert why(b"") == why(b"SQLite, almost") == "is in no format that rpm has had"
    assert "cannot be read (" in why(b"SQLite format 3\0")
    assert why(rpm_database(PACKAGES)[:6000]) == "breaks off in the middle of a package"
    assert why(database("CREATE TABLE Others (blob)")) == "has no table of packages"
    assert why(ndb.replace(b"Slot", b"Sl0t")) == "has a slot that is none"
    assert why(ndb.replace(b"BlbS", b"BlbX")) == "has a package where none is"
    assert why(ndb[:4200]) == "breaks off in the middle of a package"
    assert why(bdb[:100]) == why(bdb[:4095]) == "has no pages"
    assert why(bdb[:20] + struct.pack("<I", 4097) + bdb[24:]) == "has no pages"
    assert why(bdb[:25] + b"\x09" + bdb[26:]) == "has no pages"
    assert why(bdb[:8192]) == "breaks off in the middle of a package"
    assert why(bdb[:9000]) == "breaks off in the middle of a package"
    broken = "breaks off in the middle of a package"
    assert why(database("CREATE TABLE Packages (blob)", header[:-9])) == broken
    assert why(database("CREATE TABLE Packages (blob)", b"\0\0")) == broken
    assert why(database("CREATE TABLE Packages (blob)", "a text")) == broken
    nameless = rpm_header("", "5-1")
    assert why(database("CREATE TABLE Packages (blob)", nameless)) == "has a package without a name"


ENDLESS = """
    CREATE VIEW Packages (blob) AS
    WITH RECURSIVE n(blob) AS (SELECT x'00' UNION ALL SELECT blob FROM n) SELECT blob FROM n
"""


def test_a_question_in_the_place_of_a_table_is_not_asked() -> None:
    assert why(database(ENDLESS)) == "has no table of packages"


def test_a_table_that_takes_too_many_steps_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpmdatabase, "_STEPS", 100)
    assert why(rpm_database(PACKAGES * 100)) == "cannot be read (interrupted)"


def test_packages_do_not_lie_upon_each_other() -> None:
    ndb = bytearray(rpm_database([("a", "1-1")] * 250, "ndb"))
    (block, length), slot = struct.unpack_from("<II", ndb, 40), 32
    struct.pack_into("<I", ndb, block * 16 + 12, len(ndb) - block * 16 - 16)
    for at in range(250):
        struct.pack_into("<I", ndb, slot + at * 16 + 8, block)
    assert length
    assert why(bytes(ndb)) == "has packages that lie upon each other"


def test_pages_that_lead_back_end() -> None:
    bdb = bytearray(rpm_database([("a", "1-1")], "bdb"))
    (place,) = struct.unpack_from("<H", bdb, 4096 + 28)
    struct.pack_into("<I", bdb, 8192 + 16, 2)
    struct.pack_into("<I", bdb, 4096 + place + 8, 0xFFFFFFFF)
    assert why(bytes(bdb)) == "has a package that is larger than all of it"
    struct.pack_into("<I", bdb, 4096 + place + 8, 3 * 4096)
    assert "a 1-1" in list(rpm_packages(bytes(bdb)))


def test_what_is_no_value_on_pages_of_its_own_is_no_package() -> None:
    bdb = bytearray(rpm_database([("a", "1-1")], "bdb"))
    (place,) = struct.unpack_from("<H", bdb, 4096 + 28)
    bdb[4096 + place] = 1
    assert list(rpm_packages(bytes(bdb))) == []
    bdb[4096 + place] = 3
    struct.pack_into("<HH", bdb, 4096 + 26, 4095, 8192 - 4096 - 4)
    bdb[8192 - 4] = 3
    assert why(bytes(bdb))


@settings(max_examples=200, deadline=None)
@given(
    form=st.sampled_from(sorted(PLACES)),
    edits=st.lists(
        st.tuples(st.integers(0, 20_000), st.sampled_from((0, 1, 2, 3, 7, 13, 127, 128, 255))),
        max_size=8,
    ),
    cut=st.integers(0, 20_000),
)
def test_damage_is_an_error_and_nothing_else(
    form: str, edits: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(rpm_database(PACKAGES, form))
    for at, value in edits:
        data[at % len(data)] = value
    with suppress(RpmDatabaseError):
        assert all(map(str.isprintable, rpm_packages(bytes(data[: len(data) - cut % 300]))))


def lists(data: bytes, form: str = "sqlite") -> list[InstalledList]:
    return of(read(Tar().file(PLACES[form], data).bytes()), InstalledList)


def test_a_database_in_a_layer_is_a_list() -> None:
    for form, path in PLACES.items():
        (listed,) = lists(rpm_database(PACKAGES, form), form)
        assert (listed.path, list(listed.packages), listed.unread) == (path, SAID, "")


def test_a_database_that_is_not_read_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    (listed,) = lists(b"nothing of the kind")
    assert (listed.packages, listed.unread) == ((), "is in no format that rpm has had")
    monkeypatch.setattr(installed, "LARGEST_DATABASE", 100)
    (listed,) = lists(rpm_database(PACKAGES))
    assert (listed.packages, listed.unread) == ((), "is larger than is read")


def test_names_are_one_line_each() -> None:
    (listed,) = lists(rpm_database((("a\nb 2-1\0", "1-1"),)))
    assert listed.packages == ("a b 2-1 1-1",)


def test_a_large_database_takes_three_times_its_size() -> None:
    data = rpm_database(("x" * 100_000, "1-1") for _ in range(200))
    tracemalloc.start()
    assert len(list(rpm_packages(data))) == 200
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * len(data)
