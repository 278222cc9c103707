"""`policy show` tells who locked what."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.conftest import Program
    from tests.trust.conftest import Repository

ORGANISATION = """\
extends: [baseline]
fail-on: medium
environment: {registries: [registry.example.com]}
waivers: [{rule: root-user, where: old, reason: is replaced, until: 2999-01-01}]
lock:
  rules:
    root-user: high
  packs: [baseline]
  registries: true
"""


def test_each_line_tells_who_locked_it(
    program: Program, repository: Repository, outside: Path
) -> None:
    (outside / "ours.yaml").write_text(ORGANISATION, encoding="utf-8")
    repository.write(
        ".imagelint.yaml",
        "fail-on: critical\nrules:\n  root-user: info\n  missing-healthcheck: low\n",
    )
    said = program("policy", "show", "--policy", str(outside / "ours.yaml")).out
    lines = {" ".join(line.split()) for line in said.splitlines()}
    path = "../organisation/ours.yaml"
    assert f"root-user: info # .imagelint.yaml:3; locked at high by {path}:7" in lines
    assert "missing-healthcheck: low # .imagelint.yaml:4" in lines
    assert f"fail-on: medium # .imagelint.yaml:1; locked by {path}:2" in lines
    assert f"curl-pipe-shell: on # baseline; locked at on by {path}:8" in lines
    assert f'registries: ["registry.example.com"] # {path}:3; locked by {path}:9' in lines
    tree, trusted = said.split("---\n")
    assert "waivers" not in tree
    assert f"# trusted: {path}\n" in trusted
    assert "is replaced" in trusted
    assert "root-user: high" in trusted
    assert 'packs: ["baseline"]' in trusted


def test_the_verdict_names_both(
    program: Program,
    repository: Repository,
    outside: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (outside / "ours.yaml").write_text(ORGANISATION, encoding="utf-8")
    monkeypatch.setenv("IMAGELINT_POLICY", str(outside / "ours.yaml"))
    repository.commit(_imagelint_yaml="", Dockerfile="FROM registry.example.com/a:1\n")
    said = " ".join(program("check", "--policy-from", "HEAD").out.split())
    assert f"trusted policy HEAD ({repository.git('rev-parse', 'HEAD')[:12]}) sha256:" in said
    assert "trusted policy ../organisation/ours.yaml" in said
