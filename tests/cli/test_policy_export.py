from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.conftest import Program

POLICY = """\
name: LLM
environment:
  signers: [{name: build, key: keys/build.pub}]
  trust: [{attestations: [{type: sbom}]}]
"""
KEY = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"


def test_who_must_sign_is_printed_for_a_cluster(
    program: Program, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "keys").mkdir()
    (here / "keys/build.pub").write_text(KEY)
    (here / ".imagelint.yaml").write_text(POLICY)
    (here / "deploy").mkdir()
    monkeypatch.chdir(here / "deploy")  # keys lie where the policy does
    answer = program("policy", "export", "kyverno")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("# Not told: the statement sbom")
    made = yaml.safe_load(answer.out)
    assert made["metadata"]["name"] == "llm-signatures"
    answer = program("policy", "export", "policy-controller")
    assert answer.code == 0
    assert yaml.safe_load(answer.out)["spec"]["authorities"][0]["key"]["data"] == KEY


def test_a_key_that_is_not_there_is_told(program: Program, here: Path) -> None:
    (here / ".imagelint.yaml").write_text(POLICY)
    answer = program("policy", "export", "kyverno")
    assert answer.code == 2
    assert "keys/build.pub" in answer.err
    assert answer.out == ""


def test_a_policy_without_signers_is_refused(program: Program, here: Path) -> None:
    (here / ".imagelint.yaml").write_text("name: x\n")
    answer = program("policy", "export", "policy-controller")
    assert answer.code == 2
    assert "names no signer" in answer.err
