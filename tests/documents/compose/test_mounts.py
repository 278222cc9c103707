from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import UNKNOWN, Known
from imagelint.documents.compose.mounts import read_mounts
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import load_yaml

if TYPE_CHECKING:
    from imagelint.documents.runtime.model import Mount


def read(text: str) -> tuple[Mount, ...]:
    (node,) = load_yaml(text)
    fact = read_mounts(Cursor(node))
    assert isinstance(fact, Known)
    mounts: tuple[Mount, ...] = fact.value
    return mounts


@pytest.mark.parametrize(
    ("volume", "target", "source", "host_path", "read_only"),
    [
        ("/data", "/data", "volume", "", False),
        ("models:/models/", "/models", "named", "", False),
        ("./models:/models:ro", "/models", "bind", "./models", True),
        ("~/.cache:/root/.cache:rw,z", "/root/.cache", "bind", "~/.cache", False),
        ("/var/run/docker.sock:/s", "/s", "bind", "/var/run/docker.sock", False),
        ("C:\\models:/models", "/models", "bind", "C:\\models", False),
        ("$MODELS:/models", "/models", "", "", False),
        ("${A:-/x}/y:/models", "/models", "bind", "/x/y", False),
        ("${A:-${B}}/y:/models", "/models", "", "", False),
        ("/x/$A:/models", "/models", "bind", "", False),
        ("aa:/$X", UNKNOWN, "named", "", False),
        ("[]", UNKNOWN, "volume", "", False),
        ("{type: bind, source: ./a, target: /b/, read_only: true}", "/b", "bind", "./a", True),
        ("{type: volume, source: a, target: /b}", "/b", "named", "", False),
        ("{type: volume, target: /b}", "/b", "volume", "", False),
        ("{type: tmpfs, target: $X}", UNKNOWN, "tmpfs", "", False),
    ],
)
def test_volumes(
    volume: str, target: object, source: str, host_path: str, *, read_only: bool
) -> None:
    (mount,) = read(f"volumes:\n- {volume}\n")
    assert (mount.target.value if isinstance(mount.target, Known) else mount.target) == target
    assert (mount.source, mount.host_path, mount.read_only) == (source, host_path, read_only)
    assert mount.path == "volumes[0]"


def test_temporary_file_systems() -> None:
    first, second = read("tmpfs: [/run, '$X']")
    assert isinstance(first.target, Known)
    assert (first.target.value, first.source) == ("/run", "tmpfs")
    assert (second.target, second.size) == (UNKNOWN, UNKNOWN)
    assert read("tmpfs:\nvolumes:") == ()
