"""What layers hold: by their files, upon each other, and as attacks."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import tracemalloc
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
import zstandard

from imagelint.documents.image.layers import listing, overlay, reading, stream
from imagelint.documents.image.layers.listing import LayerEntry, Listing, Recorder, parse_listing
from imagelint.documents.image.layers.nodes import (
    Account,
    CudaRuntimes,
    FileRole,
    InstalledList,
    InstalledPackage,
    InstalledSystem,
    LayerContents,
    LayerFiles,
    UnreadLayer,
    Waste,
)
from imagelint.documents.image.layers.reading import ImageReading
from imagelint.documents.image.layers.stream import ByteStream, StreamError
from imagelint.documents.image.manifest import ImageLayer
from imagelint.testing.archives import Tar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import ModuleType

N = TypeVar("N")
MEBI = 1024 * 1024


def layer_of(data: bytes, plain: bytes) -> ImageLayer:
    digest, name = (f"sha256:{hashlib.sha256(one).hexdigest()}" for one in (data, plain))
    return ImageLayer(digest, name, len(data))


def read(*layers: bytes, packed: Callable[[bytes], bytes] = bytes) -> ImageReading:
    """What layers hold: the same where they are read, and as they were written down before."""
    found, again = ImageReading(), ImageReading()
    for plain in layers:
        data = packed(plain)
        recorder = Recorder()
        pieces = ByteStream([data[:3], data[3:]])
        found.layer(pieces, layer_of(data, plain), recorder)
        written = recorder.written(pieces.unpacked)
        known = None if written is None else parse_listing(written)
        assert known is not None
        again.listed(layer_of(data, plain), known)
    assert list(again.nodes()) == list(found.nodes())
    return found


def of(found: ImageReading, kind: type[N]) -> list[N]:
    return [node for node in found.nodes() if isinstance(node, kind)]


def files(found: ImageReading) -> dict[FileRole, list[str]]:
    named: dict[FileRole, list[str]] = {}
    for node in of(found, LayerFiles):
        named.setdefault(node.role, []).extend(node.names)
    return named


def waste(*layers: bytes) -> Waste:
    (one,) = of(read(*layers), Waste)
    return one


@pytest.mark.parametrize("packed", [bytes, gzip.compress, zstandard.compress])
def test_a_layer_is_read_however_it_is_packed(packed: Callable[[bytes], bytes]) -> None:
    found = read(Tar().file("a/b", b"1" * 700).file("c", b"22").bytes(), packed=packed)
    (layer,) = of(found, LayerContents)
    assert (layer.unpacked, layer.entries, layer.dead) == (702, 2, 0)
    assert layer.holds == (("a/b", 700), ("c", 2))


def test_gzip_of_several_members_is_one() -> None:
    plain = Tar().file("a", b"1" * 5000).bytes()
    data = gzip.compress(plain[:1000]) + gzip.compress(plain[1000:]) + bytes(100)
    found = ImageReading()
    found.layer(ByteStream([data]), layer_of(data, plain))
    assert of(found, LayerContents)[0].unpacked == 5000


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data[:-9], "in the middle"),
        (lambda data: data[:20] + b"!" * 9 + data[29:], "cannot be unpacked"),
        (lambda data: data + gzip.compress(b"more"), "does not have its digest"),
        (lambda _: b"", "does not have its digest"),
        (lambda _: gzip.compress(b"text" * 200), "a number that is none"),
    ],
)
def test_a_layer_that_is_not_what_it_is_called_is_refused(
    change: Callable[[bytes], bytes], said: str
) -> None:
    plain = Tar().file("a", bytes(range(256)) * 99).bytes()
    data = gzip.compress(plain)
    with pytest.raises(StreamError, match=said):
        ImageReading().layer(ByteStream([change(data)]), layer_of(data, plain))


def test_a_layer_under_another_name_in_the_configuration_is_refused() -> None:
    plain = Tar().file("a").bytes()
    layer = layer_of(plain, plain)._replace(diff_id="sha256:" + "0" * 64)
    with pytest.raises(StreamError, match="diff id"):
        ImageReading().layer(ByteStream([plain]), layer)


def test_what_is_replaced_or_removed_is_dead() -> None:
    first = Tar().file("a", b"1" * 10).file("d/x", b"1" * 5).file("d/y", b"1" * 6).bytes()
    second = Tar().file("a", b"2" * 4).file(".wh.d").bytes()
    found = read(first, second)
    lower, upper = of(found, LayerContents)
    assert (lower.dead, upper.dead) == (21, 0)
    (total,) = of(found, Waste)
    assert (total.dead, total.size) == (21, 25)
    assert total.largest == (("d", 11), ("a", 10))


def test_an_opaque_folder_hides_what_is_below_and_nothing_of_its_own_layer() -> None:
    first = Tar().file("d/x", b"1" * 5).file("e", b"1").bytes()
    for order in (("d/.wh..wh..opq", "d/y"), ("d/y", "d/.wh..wh..opq")):
        second = Tar()
        for name in order:
            second.file(name, b"" if "wh" in name else b"2" * 7)
        lower, upper = of(read(first, second.bytes()), LayerContents)
        assert (lower.dead, upper.dead) == (5, 0)
    lower, _ = of(read(first, Tar().file(".wh..wh..opq").bytes()), LayerContents)
    assert lower.dead == 6


def test_a_folder_in_place_of_a_file_and_a_file_in_place_of_a_folder() -> None:
    first = Tar().file("a", b"1" * 3).file("b/c", b"1" * 4).bytes()
    second = Tar().file("a/x", b"2").file("b", b"3").entry("e", tarfile.DIRTYPE).bytes()
    lower, upper = of(read(first, second), LayerContents)
    assert (lower.dead, upper.dead) == (7, 0)


def test_one_file_twice_in_a_layer_counts_where_it_is_last() -> None:
    (layer,) = of(read(Tar().file("a", b"1" * 9).file("./a", b"2").bytes()), LayerContents)
    assert (layer.unpacked, layer.dead) == (10, 9)


def test_the_figures_of_dive() -> None:
    """Worked out by hand from its source: efficiency.go, evaluator.go."""
    first = Tar().file("base", b"1" * 100).file("twice", b"1" * 40).file("gone", b"1" * 20).bytes()
    second = Tar().file("twice", b"2" * 10).file(".wh.gone").bytes()
    third = Tar().file("twice", b"3" * 30).bytes()
    total = waste(first, second, third)
    assert total.wasted == (40 + 10 + 30) + (20 + 20)
    assert total.efficiency == pytest.approx((100 + 10 + 20) / (100 + 80 + 40))
    assert total.share == pytest.approx(120 / 40)
    assert total.dead == 40 + 10 + 20
    assert waste(first).efficiency == 1.0
    assert waste(Tar().bytes()).efficiency == 1.0


def test_a_copy_with_other_rights_is_seen() -> None:
    first = Tar().file("a", b"1" * 10).file("b", b"1" * 10).bytes()
    second = Tar().file("a", b"1" * 10, 0o600).file("b", b"2" * 9).bytes()
    assert [layer.again for layer in of(read(first, second), LayerContents)] == [0, 10]


def test_files_are_known_for_what_they_are() -> None:
    archive = (
        Tar()
        .file("usr/bin/sudo", b"1", 0o4755)
        .file("usr/bin/wall", b"1", 0o2755)
        .entry(
            "usr/bin/ping", tarfile.REGTYPE, pax_headers={"SCHILY.xattr.security.capability": "1"}
        )
        .file("opt/open", b"1", 0o666)
        .entry("opt/folder", tarfile.DIRTYPE, mode=0o777)
        .entry("tmp", tarfile.DIRTYPE, mode=0o777)
        .entry("opt/shared", tarfile.DIRTYPE, mode=0o1777)
        .file("var/lib/apt/lists/deb_main_Packages", b"1")
        .file("var/lib/apt/lists/lock", b"")
        .file("root/.cache/pip/http/1", b"1")
        .file("opt/conda/pkgs/a.conda", b"1")
        .file("usr/local/cuda-12.4/bin/nvcc", b"1")
        .file("models/a.safetensors", b"1" * MEBI)
        .file("models/pytorch_model.bin", b"1" * MEBI)
        .file("models/small.pt", b"1")
        .file("app/.git/HEAD", b"ref: x")
        .entry("dev/sda", tarfile.BLKTYPE)
        .entry("up", tarfile.SYMTYPE, "../../etc/passwd")
        .entry("usr/fine", tarfile.SYMTYPE, "../etc/passwd")
        .entry("hard", tarfile.LNKTYPE, "../x")
        .file("../../outside", b"1")
        .bytes()
    )
    named = files(read(archive))
    assert named == {
        FileRole.SETUID: ["usr/bin/sudo", "usr/bin/wall", "usr/bin/ping"],
        FileRole.WORLD_WRITABLE: ["opt/open", "opt/folder"],
        FileRole.CACHE: [
            "var/lib/apt/lists/deb_main_Packages",
            "root/.cache/pip/http/1",
            "opt/conda/pkgs/a.conda",
        ],
        FileRole.TOOLKIT: ["usr/local/cuda-12.4/bin/nvcc"],
        FileRole.WEIGHTS: ["models/a.safetensors", "models/pytorch_model.bin"],
        FileRole.PICKLED: ["models/pytorch_model.bin"],
        FileRole.UNNEEDED: ["app/.git/HEAD"],
        FileRole.DEVICE: ["dev/sda"],
        FileRole.OUTSIDE: ["up", "hard", "../../outside"],
    }


KEY = "hf_" + "q7Rk" * 8 + "Zp"


def test_secrets_are_found_in_every_layer_and_never_told() -> None:
    first = (
        Tar()
        .file("root/.ssh/id_rsa", b"-----BEGIN OPENSSH PRIVATE KEY-----")
        .file("app/.env", f"HF_TOKEN={KEY}\n".encode())
        .file("app/.npmrc", b"registry=https://registry.example.com\n")
        .file("srv/.netrc", b"machine example.com login me password ${PASSWORD}\n")
        .file("usr/lib/python3/site-packages/x/id_rsa", b"1")
        .file("root/.cache/huggingface/token", KEY.encode())
        .bytes()
    )
    found = read(first, Tar().file("app/.wh..env").bytes())
    secrets = {node.names[0]: node for node in of(found, LayerFiles)}
    assert set(secrets) == {"root/.ssh/id_rsa", "app/.env", "root/.cache/huggingface/token"}
    assert [node.removed for node in secrets.values()] == [False, True, False]
    assert KEY not in repr(list(found.nodes()))


APK = b"C:Q1=\nP:musl\nV:1.2.5-r0\n\nP:odd\nV:\n\nP:zlib\nV:1.3.1-r0\n"
DPKG = (
    b"Package: bash\nStatus: install ok installed\nDescription: a\n Version: 7\nVersion: 5.2-1\n\n"
    b"Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n"
    b"Package: new\nStatus: hold ok installed\nVersion: 1\n"
)


def test_package_managers_say_what_they_installed() -> None:
    first = Tar().file("lib/apk/db/installed", APK).file("var/lib/dpkg/status", DPKG)
    distroless = first.file("var/lib/dpkg/status.d/libc6", b"Package: libc6\nVersion: 2:36-1\n")
    distroless.file("var/lib/dpkg/status.d/libc6.md5sums", b"Package: x\nVersion: 1\n")
    found = read(distroless.bytes())
    told = {one.path: one.packages for one in of(found, InstalledList)}
    assert told == {
        "lib/apk/db/installed": ("musl 1.2.5-r0", "zlib 1.3.1-r0"),
        "var/lib/dpkg/status": ("bash 5.2-1",),
        "var/lib/dpkg/status.d/libc6": ("libc6 2:36-1",),
    }
    again = Tar().file("lib/apk/db/installed", APK[:26]).file("var/lib/dpkg/.wh.status")
    found = read(first.bytes(), again.bytes())
    told = {one.path: one.packages for one in of(found, InstalledList)}
    assert told["lib/apk/db/installed"] == ("musl 1.2.5-r0",)
    assert "var/lib/dpkg/status" not in told


def test_python_packages_that_are_removed_are_not_installed() -> None:
    place = "opt/site-packages"
    old, new = (f"Name: vllm\nVersion: {one}\n".encode() for one in ("0.8.5", "0.9.0"))
    first = Tar().file(f"{place}/vllm-0.8.5.dist-info/METADATA", old).bytes()
    second = Tar().file(f"{place}/.wh.vllm-0.8.5.dist-info")
    second.file(f"{place}/vllm-0.9.0.dist-info/METADATA", new)
    found = read(first, second.bytes())
    assert [one.version for one in of(found, InstalledPackage)] == ["0.9.0"]


def test_small_files_say_what_is_installed() -> None:
    archive = (
        Tar()
        .file("usr/lib/os-release", b'ID=ubuntu\nVERSION_ID="22.04"\nPRETTY_NAME="Ubuntu 22.04"\n')
        .file(
            "opt/x/site-packages/vLLM_x-0.8.5.dist-info/METADATA", b"Name: vLLM_x\nVersion: 0.8.5\n"
        )
        .file("opt/x/site-packages/no-0.dist-info/METADATA", b"Metadata-Version: 2.1\n")
        .file("etc/passwd", b"root:x:0:0::/:/bin/sh\nopen::7:7::/:\ntoor:*:0:0::/:\nbad\n")
        .file("etc/shadow", b"root::1::::::\n")
        .file("etc/group", b"a:x:5:\nb:x:5:\n")
        .bytes()
    )
    found = read(archive)
    (system,) = of(found, InstalledSystem)
    assert (system.name, system.version, system.title) == ("ubuntu", "22.04", "Ubuntu 22.04")
    (package,) = of(found, InstalledPackage)
    assert (package.name, package.version, package.layer) == ("vllm-x", "0.8.5", 1)
    told = [(one.name, one.number, one.twin, one.unguarded) for one in of(found, Account)]
    assert told == [
        ("root", 0, "", True),
        ("open", 7, "", True),
        ("toor", 0, "root", False),
        ("b", 5, "a", False),
    ]


def test_what_was_replaced_says_nothing_of_the_system() -> None:
    first = Tar().file("etc/os-release", b"ID=debian\nVERSION_ID=11\n").bytes()
    second = Tar().file("etc/os-release", b"ID=alpine\nVERSION_ID=3.20\n").bytes()
    assert [one.name for one in of(read(first, second), InstalledSystem)] == ["alpine"]
    assert of(read(first, Tar().file("etc/.wh.os-release").bytes()), InstalledSystem) == []


def test_two_runtimes_of_cuda_are_told_together() -> None:
    system = Tar().file("usr/local/cuda/lib64/libcublas.so.12", b"1" * 9).bytes()
    wheel = Tar().file("x/site-packages/nvidia/cublas/lib/libcublas.so.12", b"1").bytes()
    (both,) = of(read(system, wheel), CudaRuntimes)
    assert (both.system, both.wheels, both.size) == (("libcublas.so.12",), ("libcublas.so.12",), 9)
    assert of(read(system), CudaRuntimes) == []
    gone = Tar().file("usr/local/.wh.cuda").bytes()
    assert of(read(system, wheel, gone), CudaRuntimes) == []


def test_of_layers_that_were_not_read_no_sums_are_made() -> None:
    found = read(Tar().file("a", b"1").bytes())
    layer = ImageLayer("sha256:" + "0" * 64, "", 5)
    found.unread(layer, "cannot be had")
    assert of(found, Waste) == []
    assert [(one.number, one.why) for one in of(found, UnreadLayer)] == [(2, "cannot be had")]
    assert len(of(found, LayerContents)) == 2


# Attacks. Each is made while it is read: nothing large lies anywhere.


def header(name: str, kind: bytes = b"0", size: int = 0, **fields: Any) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.type, entry.size = kind, size
    for field, value in fields.items():
        setattr(entry, field, value)
    return entry.tobuf(tarfile.GNU_FORMAT)


def forged(block: bytes, at: int, field: bytes) -> bytes:
    """A header with another field and the checksum that goes with it."""
    block = block[:at] + field + block[at + len(field) :]
    total = sum(block[:148]) + sum(block[156:512]) + 8 * 32
    return block[:148] + b"%06o\0 " % total + block[156:]


def many(count: int) -> Iterator[bytes]:
    for at in range(0, count, 500):
        yield b"".join(header(f"d{at}/{number}") for number in range(500))


def zeros() -> Iterator[bytes]:
    import zlib

    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    yield packer.compress(header("zeros", size=1 << 42))
    while True:
        yield packer.compress(bytes(8 * MEBI))


def records(size: int) -> Iterator[bytes]:
    yield header("x", b"x", size)
    while True:
        yield b"30 mtime=1350244992.0239600000\n"[:30] * 1000


ATTACKS: dict[str, tuple[Callable[[], Iterable[bytes]], str]] = {
    "a bomb of zeros": (zeros, "unpacks to more than"),
    "ten million empty files": (lambda: many(10_000_000), "holds more than"),
    "a PAX header of a gigabyte": (lambda: records(1 << 30), "a header of 1,073,741,824 bytes"),
    "a name of a gigabyte": (lambda: [header("x", b"L", 1 << 30)], "a header of 1,073,741,824"),
    "a size of base 256": (
        lambda: [forged(header("x"), 124, b"\xff" * 12)],
        "size cannot be",
    ),
    "a size larger than any disk": (
        lambda: [forged(header("x"), 124, b"\x80" + b"\xff" * 11)],
        "size cannot be",
    ),
    "a path of 6,000 bytes": (
        lambda: [header("a/" * 3000 + "x")],
        "a path of 6,001 bytes",
    ),
    "a size in a PAX header that is none": (
        lambda: [header("x", b"x", 13), b"13 size=-100\n".ljust(512, b"\0"), header("y")],
        "a size that is none",
    ),
    "a PAX header without an end": (
        lambda: [header("x", b"x", 9), b"999999999".ljust(512, b"\0")],
        "cannot be read",
    ),
    "a PAX record without a value": (
        lambda: [header("x", b"x", 9), b"9 abcdef\n".ljust(512, b"\0")],
        "cannot be read",
    ),
    "a map of a sparse file without an end": (
        lambda: [forged(header("x", b"S"), 482, b"\1"), (bytes(504) + b"\1" * 8) * 9000],
        "whose map does not end",
    ),
    "a wrong checksum": (lambda: [header("x")[:-1] + b"!"], "checksum is wrong"),
    "half a header": (lambda: [header("x")[:300]], "in the middle of an entry"),
    "half a file": (lambda: [header("x", size=9000), bytes(600)], "in the middle of a file"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_ends_soon_and_in_little_memory(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The limits are those of real images divided by ten: what is held grows with them.
    monkeypatch.setattr(overlay, "_MOST_NODES", 2_000)
    monkeypatch.setattr(stream, "_FREE", 16 * MEBI)
    made, said = ATTACKS[name]
    tracemalloc.start()
    with pytest.raises(StreamError, match=said):
        ImageReading().layer(ByteStream(made()), ImageLayer("sha256:0", "sha256:0", 0))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 40 * MEBI


def test_folders_within_folders_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlay, "_MOST_NODES", 5_000)
    deep = [
        header("/".join(f"{number}{part}" for part in range(300)) + "/x") for number in range(9)
    ]
    with pytest.raises(StreamError, match="holds more than"):
        ImageReading().layer(ByteStream(deep), ImageLayer("sha256:0", "sha256:0", 0))


def test_entries_of_one_name_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_MOST_ENTRIES", 100)
    with pytest.raises(StreamError, match="more than 100 entries"):
        ImageReading().layer(
            ByteStream(header("x") for _ in range(200)), ImageLayer("sha256:0", "sha256:0", 0)
        )


def test_whiteouts_of_everything_take_no_time() -> None:
    lower = Tar()
    for number in range(300):
        lower.file(f"{'d/' * (number % 40)}{number}", b"1")
    upper = Tar()
    for number in range(300):
        upper.file(f"{'d/' * (number % 40)}.wh..wh..opq").file(f".wh.{number}")
    below, above = of(read(lower.bytes(), upper.bytes()), LayerContents)
    assert (below.dead, above.dead) == (300, 0)


def test_a_sparse_file_counts_as_large_as_it_becomes() -> None:
    block = forged(forged(header("holes", b"S", 512), 483, b"00000040000\0"), 482, b"\0")
    (layer,) = of(read(block + bytes(512) + bytes(1024)), LayerContents)
    assert layer.unpacked == 0o40000
    pax = Tar().entry("holes", tarfile.REGTYPE, pax_headers={"GNU.sparse.realsize": "4096"}).bytes()
    (layer,) = of(read(pax), LayerContents)
    assert layer.unpacked == 4096


def privileged(count: int) -> Tar:
    archive = Tar()
    for number in range(count):
        archive.file(f"bin/p{number}", b"x", mode=0o4755)
    return archive


def test_what_is_left_of_many_programs_is_told() -> None:
    first, later, last = privileged(8).bytes(), Tar(), Tar()
    for number in range(6):
        later.file(f"bin/p{number}", b"x", mode=0o755)
    second = later.bytes()
    (left,) = of(read(first, second), LayerFiles)
    assert (left.names, left.files, left.size) == (("bin/p6", "bin/p7"), 2, 2)
    assert not left.removed
    third = last.file("bin/.wh.p6").file("bin/.wh.p7").bytes()
    (gone,) = of(read(first, second, third), LayerFiles)
    assert gone.removed
    assert gone.files == 8


def test_more_programs_than_are_kept_are_never_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(reading._KEPT_NAMES, FileRole.SETUID, 5)
    later = Tar()
    for number in range(5):
        later.file(f"bin/.wh.p{number}", b"")
    (left,) = of(read(privileged(6).bytes(), later.bytes()), LayerFiles)
    assert not left.removed
    assert left.files == 1


def test_rights_are_those_of_every_name() -> None:
    first = (
        Tar().file("tmp/x", b"x", mode=0o4755).entry("bin/y", tarfile.LNKTYPE, "tmp/x", mode=0o4755)
    )
    (left,) = of(read(first.bytes(), Tar().file("tmp/.wh.x", b"").bytes()), LayerFiles)
    assert (left.role, left.names, left.removed) == (FileRole.SETUID, ("bin/y",), False)


def test_more_sorts_than_are_told_are_no_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_MOST_GROUPS", 1)
    with pytest.raises(StreamError, match="sorts of files"):
        read(Tar().file("a/id_rsa", b"1").file("b/id_rsa", b"1").bytes())


@pytest.mark.parametrize(
    ("module", "name", "most"), [(listing, "_LARGEST_TEXT", 20), (reading, "_MOST_TEXTS", 7)]
)
def test_accounts_beyond_what_is_read_are_no_layer(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, most: int
) -> None:
    monkeypatch.setattr(module, name, most)
    with pytest.raises(StreamError, match="more in etc/passwd than is read"):
        read(Tar().file("etc/passwd", b"root:x:0:0::/:/bin/sh\n").bytes())


def test_what_is_written_down_of_a_layer_has_no_word_of_an_account_or_a_secret() -> None:
    data = (
        Tar()
        .file("etc/shadow", b"root:$6$salt$hash:1::::::\nopen::1::::::\n")
        .file("etc/passwd", b"root:x:0:0::/root:/bin/sh\nold:$1$salt$hash:1:1::/:\n")
        .file("root/.netrc", b"machine a login b password correct-horse-battery\n")
        .bytes()
    )
    recorder, pieces = Recorder(), ByteStream([data])
    ImageReading().layer(pieces, layer_of(data, data), recorder)
    written = recorder.written(pieces.unpacked) or b""
    assert b"root/.netrc" in written
    assert not any(word in written for word in (b"hash", b"salt", b"horse"))


@pytest.mark.parametrize(
    "line", ["x", "[]", '["a","b",false,[],[],null]', '["a",1,false,["y"],["z"],null]', "{}"]
)
def test_what_was_written_down_and_then_damaged_is_not_believed(line: str) -> None:
    assert parse_listing(f"{'0' * 64}\n{line}".encode()) is None


def test_of_a_layer_with_very_many_files_nothing_is_written_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listing, "_LARGEST_LISTING", 50)
    recorder = Recorder()
    for number in range(10):
        recorder.add(LayerEntry(f"some/file/{number}", 1, is_folder=False))
    assert recorder.written("0" * 64) is None


def test_a_layer_that_was_read_is_held_to_what_each_image_calls_it() -> None:
    data = Tar().file("a", b"1").bytes()
    known = Listing(hashlib.sha256(data).hexdigest(), ())
    ImageReading().listed(layer_of(data, data), known)
    with pytest.raises(StreamError, match="something else than the configuration says"):
        ImageReading().listed(layer_of(data, b"another"), known)


def test_the_first_line_of_an_account_counts_and_numbers_are_numbers() -> None:
    found = read(
        Tar()
        .file("etc/passwd", b"root:x:0:0::/:\nevil:x:00:0::/:\n")
        .file("etc/shadow", b"evil::1::::::\nevil:*:1::::::\n")
        .bytes()
    )
    told = {(one.name, one.twin, one.unguarded) for one in of(found, Account)}
    assert told == {("evil", "", True), ("evil", "root", False)}
