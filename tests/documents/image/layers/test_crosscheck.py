from __future__ import annotations

import tracemalloc

import pytest

from imagelint.documents.image.image import NOWHERE
from imagelint.documents.image.jsonview import JsonView
from imagelint.documents.image.layers import reading
from imagelint.documents.image.layers.crosscheck import contradictions
from imagelint.documents.image.layers.installed import installed
from imagelint.documents.image.layers.nodes import (
    InstalledList,
    InstalledPackage,
    InstalledSystem,
    UnreadLayer,
)
from imagelint.documents.image.layers.stream import StreamError
from imagelint.testing.archives import Tar
from tests.documents.image.layers.test_reading import DPKG, of, read

APK = "lib/apk/db/installed"
RESULTS = JsonView(
    [
        {"Class": "os-pkgs", "Packages": [{"Name": "musl", "Version": "1.2.5-r0"}]},
        {"Class": "lang-pkgs", "Packages": [{"Name": "Ruamel.Yaml", "Version": "0.18"}]},
    ]
)


def told(
    *nodes: InstalledList | InstalledPackage | InstalledSystem | UnreadLayer,
    system: str = "alpine 3.20.1",
    left_out: str = "nothing",
) -> list[tuple[tuple[str, ...], str]]:
    found = contradictions(nodes, RESULTS, system, lambda path: path.startswith(left_out))
    return [(one.names, one.detail) for one in found]


def package(name: str, version: str, path: str) -> InstalledPackage:
    return InstalledPackage(NOWHERE, name, version, 1, path=f"layer 1: {path}")


def test_what_is_installed_and_not_listed_is_told() -> None:
    listed = InstalledList(NOWHERE, ("musl 1.2.5-r0", "zlib 1.3"), APK)
    assert told(listed) == [(("zlib 1.3",), f"`{APK}`")]
    assert told(listed, left_out="lib/apk") == []


def test_a_list_that_was_not_read_is_told() -> None:
    listed = InstalledList(NOWHERE, (), "var/lib/rpm/Packages", "is larger than is read")
    assert told(listed) == [((), "`var/lib/rpm/Packages` in the image is larger than is read")]
    assert told(listed, left_out="var/lib") == []


def test_python_packages_are_compared_by_their_normal_names() -> None:
    place = "opt/venv/x.dist-info/METADATA"
    assert told(package("ruamel-yaml", "0.18", place)) == []
    ((names, _),) = told(package("vllm", "0.8.5", place))
    assert names == ("vllm 0.8.5",)
    assert told(package("vllm", "0.8.5", place), left_out="opt/venv") == []


def test_where_a_layer_was_not_read_nothing_is_compared() -> None:
    listed = InstalledList(NOWHERE, ("zlib 1.3",), APK)
    assert told(listed, UnreadLayer(NOWHERE, 1, "it is cut off", "layer 1")) == []


def test_a_list_of_nothing_but_lines_takes_little_memory() -> None:
    text = "\n" * 4_000_000
    tracemalloc.start()
    assert list(installed("var/lib/dpkg/status", text)) == []
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * len(text) + 8_000_000


def test_lists_of_packages_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    def lists(count: int) -> bytes:
        layer = Tar()
        for at in range(count):
            layer.file(f"var/lib/dpkg/status.d/{at}", DPKG)
        return layer.bytes()

    monkeypatch.setattr(reading, "_MOST_LISTED", 50)
    assert of(read(lists(1)), InstalledList)
    with pytest.raises(StreamError, match="than is read"):
        read(lists(9))


def test_a_list_that_was_removed_is_told_as_such() -> None:
    listed = InstalledList(NOWHERE, ("zlib 1.3",), APK, removed=True)
    assert told(listed) == [(("zlib 1.3",), f"`{APK}`, which a later layer removed,")]


@pytest.mark.parametrize(
    ("upper", "gone"),
    [
        (Tar().file("var/lib/dpkg/.wh.status"), True),
        (Tar().file("var/lib/.wh.dpkg"), True),
        (Tar().file("var/lib/dpkg/.wh..wh..opq"), True),
        (Tar().file("var/lib/dpkg/status", b""), False),
        (Tar().file("var/lib/dpkg/.wh.status").file("var/lib/dpkg/status.d/a", DPKG), False),
        (Tar().file("var/lib/dpkg/.wh.status").file(APK, b""), True),
        (Tar().file("var/lib/dpkg/.wh.status").file("etc/.wh.os-release"), False),
    ],
)
def test_a_list_is_gone_where_none_of_its_kind_is_left(upper: Tar, *, gone: bool) -> None:
    lower = Tar().file("etc/os-release", b"ID=debian\n").file("var/lib/dpkg/status", DPKG)
    lists = of(read(lower.bytes(), upper.bytes()), InstalledList)
    assert [one.path for one in lists if one.removed] == ["var/lib/dpkg/status"] * gone


def test_a_list_that_was_never_read_is_not_missed() -> None:
    path = "var/lib/rpm/Packages"
    lower = Tar().file("etc/os-release", b"ID=rhel\n").file(path, b"damaged")
    upper = Tar().file("var/lib/rpm/.wh.Packages")
    assert of(read(lower.bytes(), upper.bytes()), InstalledList) == []
