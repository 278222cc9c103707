"""What lies beside a scan and decides it: the program, its settings, what is known of exploits."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from imagelint.collect.environment import moment
from imagelint.testing.images import Image, Layout, python_package
from tests.collect.conftest import need
from tests.gate.attack import Ended, Outcome, Said, attack

if TYPE_CHECKING:
    import pytest

    from tests.gate.conftest import Yard

TITLE = "What decides a scan beside the image"
LOW = Image((python_package("torch", "2.5.0"),))
HIGH = Image((python_package("vllm", "0.8.5"),))
FLAGS = ("--skip-db-update", "--offline-scan", "--skip-version-check", "--exit-code", "42")


def scanned(yard: Yard, image: Image, *words: str, bare: tuple[str, ...] = ()) -> Outcome:
    """Both scan an image, each with words of its own."""
    folder = yard.folder / "image"
    Layout(folder).add(image)
    theirs = yard.bare(
        *("trivy", "image", "--quiet", *FLAGS, *bare, "--cache-dir", str(yard.lab.cache)),
        *("--cache-backend", "memory", "--input", str(folder)),
    )
    return Outcome(ours(yard, f"oci:{folder}", *words), theirs)


def ours(yard: Yard, image: str, *words: str) -> Ended:
    return yard.ours("scan", image, "--offline", "--trivy-cache", str(yard.lab.cache), *words)


def policy(yard: Yard, text: str) -> tuple[str, str]:
    path = yard.folder / "policy.yaml"
    path.write_text(f"extends: strict\n{text}", encoding="utf-8")
    return ("--policy", str(path))


@attack(
    "A `trivy.yaml` lies in the current folder and asks for nothing but what is low",
    bare=Said("trivy image", 0, told="passes"),
    ours=Said("scan", 1, "CVE-2099-0002", "`vulnerable-package`"),
)
def test_a_configuration_in_the_folder_is_not_read(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> Outcome:
    (yard.folder / "trivy.yaml").write_text("severity: [LOW]\n", encoding="utf-8")
    monkeypatch.chdir(yard.folder)
    return scanned(yard, HIGH)


@attack(
    "A `.trivyignore` lies in the current folder",
    bare=Said("trivy image", 0, told="passes"),
    ours=Said("scan", 1, "CVE-2099-0002", "`vulnerable-package`"),
)
def test_an_ignore_file_in_the_folder_is_not_read(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> Outcome:
    (yard.folder / ".trivyignore").write_text("CVE-2099-0002\nCVE-2099-0004\n", encoding="utf-8")
    monkeypatch.chdir(yard.folder)
    return scanned(yard, HIGH)


@attack(
    "A variable of the environment asks for nothing but what is low",
    bare=Said("trivy image", 0, told="passes"),
    ours=Said("scan", 1, "CVE-2099-0002", "`vulnerable-package`"),
)
def test_the_environment_does_not_decide(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    monkeypatch.setenv("TRIVY_SEVERITY", "LOW")
    folder = yard.folder / "image"
    Layout(folder).add(HIGH)
    cache = str(yard.lab.cache)
    line = ("trivy", "image", "--quiet", *FLAGS, "--cache-dir", cache, "--input", str(folder))
    done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=yard.folder)
    return Outcome(ours(yard, f"oci:{folder}"), Ended(done.returncode, done.stderr))


@attack(
    "What is exploited is rated low, and the pipeline asks for what is critical",
    bare=Said("trivy image --severity CRITICAL", 0, told="passes"),
    ours=Said("scan --kev", 1, "critical[vulnerable-package]", "`vulnerable-package`, critical"),
)
def test_what_is_exploited_is_critical(yard: Yard) -> Outcome:
    kev = yard.folder / "kev.json"
    known = '[{"cveID": "CVE-2099-0003", "dateAdded": "2026-02-27"}]'
    kev.write_text(
        f'{{"dateReleased": "2026-03-01T00:00:00Z", "vulnerabilities": {known}}}', encoding="utf-8"
    )
    words = ("--kev", str(kev), "--fail-on", "critical")
    return scanned(yard, LOW, *words, bare=("--severity", "CRITICAL"))


@attack(
    "The list of what is exploited is no such list",
    ours=Said("scan --kev", 3, "no catalogue of known exploited", "incomplete"),
)
def test_a_list_that_is_none_is_told(yard: Yard) -> Outcome:
    (yard.folder / "kev.json").write_text("{}", encoding="utf-8")
    words = ("--kev", str(yard.folder / "kev.json"))
    return Outcome(scanned(yard, LOW, *words).ours)


@attack(
    "The scanner is another program than the one that the policy pins",
    ours=Said("scan", 3, "no program that the policy knows", "incomplete: not run"),
)
def test_another_program_is_not_run(yard: Yard) -> Outcome:
    settings = f"scan: {{trivy: {{sha256: [{'0a' * 32}]}}}}\n"
    return Outcome(scanned(yard, LOW, *policy(yard, settings)).ours)


@attack(
    "The scanner is a release that the policy denies",
    ours=Said("scan", 3, "a version that the policy denies", "incomplete: not run"),
)
def test_a_denied_release_is_not_run(yard: Yard) -> Outcome:
    version = subprocess.run(["trivy", "--version"], capture_output=True, text=True, check=True)
    said = version.stdout.split()[1]
    return Outcome(
        scanned(yard, LOW, *policy(yard, f"scan: {{trivy: {{denied: ['{said}']}}}}\n")).ours
    )


def test_the_pinned_program_is_run(yard: Yard) -> None:
    need("trivy")
    path = Path(os.path.realpath(shutil.which("trivy") or ""))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    settings = f"scan: {{trivy: {{sha256: [{digest}], at-least: '0.66'}}}}\n"
    ended = scanned(yard, LOW, *policy(yard, settings)).ours
    assert ended.code == 0, ended.text


def test_what_is_not_scanned_is_told(yard: Yard) -> None:
    ended = scanned(yard, HIGH, *policy(yard, "scan: {skip-files: ['**/METADATA']}\n")).ours
    assert "CVE-2099-0002" not in ended.text
    assert "files not scanned" in ended.text
    assert "**/METADATA" in ended.text
    assert "**/*.safetensors" in ended.text


def vex(yard: Yard, product: str, folder: str = "elsewhere") -> str:
    path = yard.folder / folder / "vex.json"
    path.parent.mkdir(exist_ok=True)
    statements = [
        {
            "vulnerability": {"name": id_},
            "products": [{"@id": product}],
            "status": "not_affected",
            "justification": "vulnerable_code_not_in_execute_path",
        }
        for id_ in ("CVE-2099-0002", "CVE-2099-0004")
    ]
    said = {"@context": "https://openvex.dev/ns/v0.2.0", "author": "Ada", "statements": statements}
    path.write_text(json.dumps(said), encoding="utf-8")
    return str(path)


def test_who_says_that_it_does_no_harm_is_told(yard: Yard) -> None:
    ended = scanned(yard, HIGH, "--vex", vex(yard, "pkg:pypi/vllm@0.8.5")).ours
    assert ended.code == 0, ended.text
    assert "not affected, says Ada in" in ended.text
    assert "vulnerable_code_not_in_execute_path" in ended.text


@attack(
    "A VEX document is about another image",
    ours=Said("scan --vex", 1, "CVE-2099-0002", "`vulnerable-package`"),
)
def test_a_statement_about_another_image_does_not_count(yard: Yard) -> Outcome:
    other = "pkg:oci/image@sha256:" + "0b" * 32
    return Outcome(scanned(yard, HIGH, "--vex", vex(yard, other)).ours)


@attack(
    "A VEX document calls a vulnerability harmless, and takes that back further down",
    ours=Said("scan --vex", 1, "CVE-2099-0002", "`vulnerable-package`"),
)
def test_the_last_word_counts(yard: Yard) -> Outcome:
    path = Path(vex(yard, "pkg:pypi/vllm@0.8.5"))
    said = json.loads(path.read_text(encoding="utf-8"))
    said["statements"] += [{**one, "status": "affected"} for one in said["statements"]]
    path.write_text(json.dumps(said), encoding="utf-8")
    return Outcome(scanned(yard, HIGH, "--vex", str(path)).ours)


@attack(
    "A VEX document calls a vulnerability harmless, on a day that is to come",
    ours=Said("scan --vex", 1, "says it in the future", "`vulnerable-package`, and a problem"),
)
def test_nobody_speaks_in_the_future(yard: Yard) -> Outcome:
    path = Path(vex(yard, "pkg:pypi/vllm@0.8.5"))
    said = json.loads(path.read_text(encoding="utf-8"))
    said["statements"] += [{**one, "status": "affected"} for one in said["statements"]]
    for one in said["statements"][:2]:
        one["timestamp"] = moment(30 * 24 * 3600)
    path.write_text(json.dumps(said), encoding="utf-8")
    return Outcome(scanned(yard, HIGH, "--vex", str(path)).ours)


@attack(
    "A VEX document comes with the files that are examined",
    ours=Said("gate --vex", 2, "lies in what is examined", "error of usage"),
)
def test_a_statement_of_the_tree_is_refused(yard: Yard) -> Outcome:
    path = vex(yard, "pkg:pypi/vllm@0.8.5", "tree")
    folder = str(yard.folder / "tree")
    return Outcome(yard.ours("gate", "oci:image", folder, "--offline", "--vex", path))


@attack(
    "The policy of the examined tree names a VEX document",
    ours=Said("scan", 2, "the policy of the examined tree names", "error of usage"),
)
def test_a_policy_of_the_tree_has_no_say(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    vex(yard, "pkg:pypi/vllm@0.8.5", "tree")
    policy_file = yard.folder / "tree" / ".imagelint.yaml"
    policy_file.write_text("scan: {vex: [vex.json]}\n", encoding="utf-8")
    monkeypatch.chdir(yard.folder / "tree")
    return Outcome(ours(yard, "oci:image"))


def test_a_document_that_cannot_be_read_is_told(yard: Yard) -> None:
    ended = scanned(yard, LOW, "--vex", str(yard.folder / "nosuch")).ours
    assert ended.code == 3, ended.text
