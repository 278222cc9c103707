from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from tools.provision import PINS, Pin, Unavailable, check, judge_package, mirror, provide

if TYPE_CHECKING:
    from pathlib import Path

PIN = Pin("lab-tool", "version", r"lab-tool 1\.2\.\d+", "lab-tool", "1.2.3-1", {"amd64": "00"})


def put(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "lab-tool"
    program.write_text(f"#!/bin/sh\necho lab-tool {version}\n")
    program.chmod(0o755)
    return program


def test_a_fitting_program_of_the_path_is_linked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = put(tmp_path / "bin", "1.2.9")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    into = tmp_path / ".tools"
    assert provide(PIN, into) == f"{program} of PATH"
    assert (into / "bin" / "lab-tool").resolve() == program
    assert provide(PIN, into) == f"{program} of PATH (already there)"


def test_a_change_of_the_pin_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "bin", "1.2.9")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    provide(PIN, tmp_path / ".tools")
    assert "already" not in provide(PIN._replace(pinned="1.2.4-1"), tmp_path / ".tools")


def test_neither_a_wrong_version_nor_a_relative_folder_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "bin", "1.3.0")
    put(tmp_path / "here", "1.2.9")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:here")
    with pytest.raises(
        Unavailable, match=r"there is no apt-get here; put lab-tool 1\.2\.3-1 on PATH"
    ):
        provide(PIN, tmp_path / ".tools")
    assert list((tmp_path / ".tools" / "bin").iterdir()) == []


def test_only_the_right_hash_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"content")
    check(file, hashlib.sha256(b"content").hexdigest())
    with pytest.raises(Unavailable, match="has the sha256"):
        check(file, "00" * 32)


def test_a_package_is_vouched_for_by_its_hash_or_by_debian(tmp_path: Path) -> None:
    package = tmp_path / "lab-tool_1.2.3-1_amd64.deb"
    package.write_bytes(b"content")
    digest = hashlib.sha256(b"content").hexdigest()
    assert judge_package(PIN, package, digest, signed=False) == "1.2.3-1 from Debian unstable"
    with pytest.raises(Unavailable, match="has the sha256"):
        judge_package(PIN, package, "00" * 32, signed=True)
    later = package.rename(tmp_path / "lab-tool_1.2.4-1_amd64.deb")
    assert "not the pinned 1.2.3-1; signed by Debian" in judge_package(
        PIN, later, digest, signed=True
    )
    with pytest.raises(Unavailable, match="its keys are not here"):
        judge_package(PIN, later, digest, signed=False)


def test_there_is_always_a_mirror() -> None:
    assert mirror().startswith(("http://", "https://"))


@pytest.mark.parametrize("pin", PINS, ids=lambda pin: pin.name)
def test_every_pin_has_hashes(pin: Pin) -> None:
    digests = [*pin.sha256.values(), *([pin.binary_sha256] if pin.binary_sha256 else [])]
    assert digests
    assert all(len(digest) == 64 for digest in digests)
