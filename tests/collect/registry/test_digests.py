"""Tags and digests of a real registry, and images that are pinned by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.collect.registry.digests import RegistryDigests
from imagelint.core.reference import parse_reference
from imagelint.core.report import Problem
from imagelint.testing.registry import MemoryRegistry, Reply
from tests.cli.projects import write
from tools.lab.signing import push

if TYPE_CHECKING:
    from pathlib import Path

    from tests.collect.conftest import Lab
    from tests.conftest import Program


@pytest.fixture(scope="module")
def server(lab: Lab) -> str:
    """A repository with versions, each of another image, and one that moves."""
    for number, version in enumerate(("v1.2.0", "v1.10.0", "v1.9.0", "latest")):
        name = f"server-{number}"
        lab.push(name)
        push(lab.layout(name), "v1", f"{lab.host}/team/server:{version}")
    return f"{lab.host}/team/server"


def digest(lab: Lab, number: int) -> str:
    return lab.push(f"server-{number}").rpartition("@")[2]


def test_a_tag_has_the_digest_that_the_registry_tells(lab: Lab, server: str) -> None:
    digests = RegistryDigests()
    for number, tag in enumerate(("v1.2.0", "v1.10.0", "v1.9.0")):
        reference = parse_reference(f"{server}:{tag}")
        assert reference is not None
        assert digests.digest(reference) == digest(lab, number)
        assert set(digests.tags(reference) or ()) == {"v1.2.0", "v1.10.0", "v1.9.0", "latest"}
    untagged = parse_reference(server)
    assert untagged is not None
    assert digests.digest(untagged) == digest(lab, 3)


def test_what_is_not_there_is_a_problem(lab: Lab) -> None:
    reference = parse_reference(f"{lab.host}/team/nothing:v1")
    assert reference is not None
    assert isinstance(RegistryDigests().digest(reference), Problem)
    assert isinstance(RegistryDigests().tags(reference), Problem)


def test_files_are_pinned_kept_and_updated(
    lab: Lab, server: str, program: Program, here: Path
) -> None:
    text = f"FROM {server}:v1.2.0\nCOPY --from={server} /a /a\n"
    write(here, Dockerfile=text)
    assert program("pin", "--check").code == 1
    assert program("pin", "--diff").code == 0
    assert (here / "Dockerfile").read_text(encoding="utf-8") == text

    answer = program("pin")
    assert answer.code == 0, answer.err
    assert f"pinned Dockerfile:1:6 {server}:v1.2.0 @{digest(lab, 0)[:19]}\n" in answer.out
    assert answer.err == "2 images pinned\n"
    pinned = (here / "Dockerfile").read_text(encoding="utf-8")
    assert pinned == (
        f"FROM {server}:v1.2.0@{digest(lab, 0)}\nCOPY --from={server}@{digest(lab, 3)} /a /a\n"
    )
    lock = (here / "imagelint.lock").read_text(encoding="utf-8")
    assert f'"{server}:v1.2.0": "{digest(lab, 0)}"' in lock
    assert program("pin", "--check").code == 0
    assert program("pin") == (0, "", "0 images pinned\n")

    answer = program("pin", "--update", "--check")
    assert answer.code == 1
    assert f"{server}:v1.2.0 → v1.10.0 @{digest(lab, 1)[:19]}\n" in answer.out
    assert program("pin", "--update", "--quiet") == (0, "", "")
    assert f"v1.10.0@{digest(lab, 1)}" in (here / "Dockerfile").read_text(encoding="utf-8")


def test_the_lock_file_serves_without_the_registry(
    lab: Lab, server: str, program: Program, here: Path
) -> None:
    gone = f"{lab.host}/team/gone:v1"
    write(here, Dockerfile=f"FROM {gone}\n")
    answer = program("pin")
    assert answer.code == 3
    assert "problem: " in answer.err
    kept = f'{{"version": 1, "images": {{"{gone}": "{digest(lab, 0)}"}}}}\n'
    (here / "kept.json").write_text(kept, encoding="utf-8")
    assert server
    assert program("pin", "--lock", "kept.json").code == 0
    assert (here / "Dockerfile").read_text("utf-8") == f"FROM {gone}@{digest(lab, 0)}\n"


def test_a_wrong_lock_file_is_wrong_usage(program: Program, here: Path) -> None:
    write(here, Dockerfile="FROM a:1\n")
    (here / "imagelint.lock").write_text("{}", encoding="utf-8")
    answer = program("pin")
    assert answer.code == 2
    assert (
        "error: the lock file is no lock file of version 1\n   at: imagelint.lock\n" in answer.err
    )
    (here / "imagelint.lock").write_bytes(b"\0")
    assert program("pin").code == 2


def test_what_has_a_variable_in_its_name_is_told(program: Program, here: Path) -> None:
    write(here, Dockerfile="ARG V=1\nFROM debian:${V}\n", broken_yaml="a: [\n")
    answer = program("pin", "--check")
    assert " note: Dockerfile:2:6: left as it is: a variable" in answer.err
    assert (answer.code, answer.out) == (1, "not pinned Dockerfile:2:6 debian:1\n")


NOT_IMAGES = [
    b"",
    b"<html>log in</html>",
    b'{"errors": []}',
    b'{"schemaVersion": 1, "fsLayers": []}',
]


@pytest.mark.parametrize("data", NOT_IMAGES)
def test_what_is_no_image_has_no_digest(data: bytes) -> None:
    with MemoryRegistry() as registry:
        there = registry.image("team/server")
        registry.script("/v2/team/server/manifests/portal", Reply(200, data))
        known, portal = (
            parse_reference(f"{registry.host}/team/server:{x}") for x in ("v1", "portal")
        )
        assert known is not None
        assert portal is not None
        digests = RegistryDigests()
        assert digests.digest(known) == there
        found = digests.digest(portal)
        assert isinstance(found, Problem)
        assert found.detail.startswith("what the registry gives for it ")
