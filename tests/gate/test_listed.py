"""A scanner that does not say all that it should, and the image's own lists."""

from __future__ import annotations

import os
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from imagelint.cli.images import run
from imagelint.testing.images import Image, Layout, alpine, debian, python_package
from imagelint.testing.rpm import PLACES, rocky
from tests.collect.conftest import fake
from tests.gate.attack import Ended, Outcome, Said, attack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.gate.conftest import Yard

    Fake = Callable[[str, str], Path]

__all__ = ("fake",)  # a fixture

TITLE = "What a scanner leaves out"
MAINTAINER = "Debian <x@lists.debian.org>"


def own(name: str, version: str) -> dict[str, str]:
    """A Python package that no package of the system brings."""
    files = python_package(name, version)
    return {path.replace("usr/lib/", "usr/local/lib/"): text for path, text in files.items()}


ALPINE = Image((alpine(("openssl", "3.1.4-r0"), ("musl", "1.2.5-r0")) | own("numpy", "2.3.0"),))
ALPINE_LIST = str(ALPINE.layers[0]["lib/apk/db/installed"])
PYTHON = Image((alpine(("musl", "1.2.5-r0")) | own("vllm", "0.8.5") | own("numpy", "2.3.0"),))
ROCKY = (("bash", "5.1.8-9.el9"), ("openssl", "1:3.0.7-27.el9"), ("gpg-pubkey", "8d22-60"))
DEBIAN = Image((debian(("openssl", "1:3.0.11-1", MAINTAINER), ("bash", "5.2.15-2", MAINTAINER)),))

EDITS = """
import json, subprocess
def edited(report):
    results, system = report["Results"], report["Metadata"]["OS"]
    def each(kind):
        return [one for result in results for one in result.get(kind, [])]
    def without(name):
        for result in results:
            for kind in ("Packages", "Vulnerabilities"):
                named = lambda one: name in (one.get("Name"), one.get("PkgName"))
                kept = [one for one in result.get(kind, []) if not named(one)]
                result[kind] = kept
    def harmless():
        for result in results:
            result.pop("Vulnerabilities", None)
    {edit}
    return report
done = subprocess.run([{real!r}, *sys.argv[1:]], capture_output=True, check=False)
sys.stderr.buffer.write(done.stderr)
if "image" not in sys.argv[1:2] or done.returncode not in (0, 42):
    sys.stdout.buffer.write(done.stdout)
    sys.exit(done.returncode)
report = edited(json.loads(done.stdout))
print(json.dumps(report))
sys.exit(42 if any(x.get("Vulnerabilities") for x in report["Results"]) else 0)
"""


def real() -> str | None:
    """The real Trivy, also where one that lies stands before it."""
    places = os.environ["PATH"].split(os.pathsep)
    return shutil.which("trivy", path=os.pathsep.join(one for one in places if "fakes" not in one))


def judged(yard: Yard, fake: Fake, image: Image, edit: str = "pass") -> Ended:
    """How the gate of an image ends, with a Trivy whose report is edited."""
    fake("trivy", EDITS.replace("{edit}", edit).replace("{real!r}", repr(real())))
    folder = yard.folder / "image"
    Layout(folder).add(image)
    return yard.ours("gate", f"oci:{folder}", *scanned(yard))


def scanned(yard: Yard) -> tuple[str, ...]:
    """Options for a scan alone."""
    policy = yard.folder / "policy.yaml"
    off = (
        *("unsigned-image", "wrong-signer", "moved-signature", "key-trusted-everywhere"),
        *("too-few-signers", "missing-attestation"),
    )
    rules = "".join(f"  {name}: off\n" for name in off) + "  account-without-password: high\n"
    policy.write_text(f"extends: [baseline]\nrules:\n{rules}", encoding="utf-8")
    return ("--policy", str(policy), "--offline", "--trivy-cache", str(yard.lab.cache))


def in_registry(
    yard: Yard, fake: Fake, image: Image, edit: str = "pass", *words: str, command: str = "gate"
) -> Ended:
    """How a command about an image of a registry ends, with a Trivy whose report is edited."""
    fake("trivy", EDITS.replace("{edit}", edit).replace("{real!r}", repr(real())))
    digest = sha256(repr(image).encode()).hexdigest()[:12]
    return yard.ours(command, yard.lab.push(f"listed-{digest}", image), *scanned(yard), *words)


LEFT_OUT = Said("gate", 1, "of which the scanner lists none", "`unscanned-packages`, high")


@attack("A scanner leaves out the vulnerable package of Alpine", ours=LEFT_OUT)
def test_what_apk_says_is_installed_is_listed(yard: Yard, fake: Fake) -> Outcome:
    return Outcome(judged(yard, fake, ALPINE, 'without("openssl"); harmless()'))


@attack("A scanner calls the vulnerable package of Debian by a later version", ours=LEFT_OUT)
def test_what_dpkg_says_is_installed_is_listed(yard: Yard, fake: Fake) -> Outcome:
    edit = 'harmless(); [one.update(Version="3.0.99") for one in each("Packages")]'
    return Outcome(judged(yard, fake, DEBIAN, edit))


@attack("A scanner leaves out the vulnerable package of Red Hat's kind", ours=LEFT_OUT)
def test_what_rpm_says_is_installed_is_listed(yard: Yard, fake: Fake) -> Outcome:
    return Outcome(judged(yard, fake, Image((rocky(*ROCKY),)), 'without("openssl"); harmless()'))


@pytest.mark.parametrize("form", PLACES)
def test_each_database_of_rpm_tells_of_an_older_epoch(yard: Yard, fake: Fake, form: str) -> None:
    edit = 'harmless(); [one.update(Epoch=2) for one in each("Packages") if one.get("Epoch")]'
    ended = judged(yard, fake, Image((rocky(*ROCKY, form=form),)), edit)
    LEFT_OUT.demand(ended)
    assert "1 package (openssl 1:3.0.7-27.el9)" in ended.text


@attack("A scanner leaves out the vulnerable package of Python", ours=LEFT_OUT)
def test_what_python_packages_say_is_listed(yard: Yard, fake: Fake) -> Outcome:
    return Outcome(judged(yard, fake, PYTHON, 'without("vllm"); harmless()'))


@attack("A scanner leaves out a vulnerable package of an image in a registry", ours=LEFT_OUT)
def test_layers_of_a_registry_are_held_against_the_list(yard: Yard, fake: Fake) -> Outcome:
    edit = 'without("openssl"); harmless()'
    for image in (DEBIAN, Image((rocky(*ROCKY),))):
        LEFT_OUT.demand(in_registry(yard, fake, image, edit))
        LEFT_OUT.demand(in_registry(yard, fake, image, edit, "--layers"))
        LEFT_OUT.demand(in_registry(yard, fake, image, edit, command="scan"))
    return Outcome(in_registry(yard, fake, ALPINE, edit))


def test_layers_of_a_registry_are_not_judged_where_they_are_only_compared(
    yard: Yard, fake: Fake
) -> None:
    """A gate says of an image what it said before it read its layers."""
    image = Image((alpine(("musl", "1.2.5-r0")) | {"etc/passwd": "a::0:0::/:/bin/sh\n"},))
    for command in ("gate", "scan"):
        ended = in_registry(yard, fake, image, command=command)
        assert (ended.code, "held against the layers (" in ended.text) == (0, True), ended.text
    ended = in_registry(yard, fake, image, "pass", "--layers")
    assert (ended.code, "account-without-password" in ended.text) == (1, True), ended.text


def test_large_layers_of_a_registry_are_read_when_that_is_asked_for(
    yard: Yard, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "FETCHED", 10)
    edit = 'without("openssl"); harmless()'
    ended = in_registry(yard, fake, ALPINE, edit, command="scan")
    assert ended.code == 0, ended.text
    assert "in a registry, to be read with `--layers`" in ended.text
    LEFT_OUT.demand(in_registry(yard, fake, ALPINE, edit, "--layers", command="scan"))


@attack(
    "A scanner takes the image for that of another distribution",
    ours=Said("gate", 1, "the scanner took it for wolfi", "`unscanned-packages`, high"),
)
def test_the_system_is_the_one_that_the_image_says(yard: Yard, fake: Fake) -> Outcome:
    edit = 'harmless(); system.update(Family="wolfi", Name="20230201")'
    return Outcome(judged(yard, fake, ALPINE, edit))


@attack(
    "A scanner names other layers beside those that it lists",
    ours=Said("gate", 3, "that are not the image's", "incomplete"),
)
def test_all_names_of_layers_agree(yard: Yard, fake: Fake) -> Outcome:
    edit = 'harmless(); report["Metadata"]["DiffIDs"] = ["sha256:" + "0" * 64]'
    return Outcome(judged(yard, fake, ALPINE, edit))


UPGRADED = Image(
    (
        alpine(("musl", "1.2.4-r0"), ("openssl", "3.1.9-r0")) | own("numpy", "2.2.0"),
        {
            **alpine(("musl", "1.2.5-r0")),
            "usr/local/lib/python3.11/site-packages/.wh.numpy-2.2.0.dist-info": "",
            **own("numpy", "2.3.0"),
        },
    )
)
REMOVED = debian(("bash", "5.2.15-2", MAINTAINER), ("old", "1.0-1", MAINTAINER))
REMOVED["var/lib/dpkg/status"] = REMOVED["var/lib/dpkg/status"].replace(
    "Package: old\nStatus: install ok", "Package: old\nStatus: deinstall ok"
)


@pytest.mark.parametrize(
    "image",
    [
        Image((alpine(("musl", "1.2.5-r0")) | own("numpy", "2.3.0"),)),
        Image((debian(("bash", "1:5.2.15-2", MAINTAINER)),)),
        UPGRADED,
        Image((REMOVED,)),
        *(Image((rocky(*ROCKY[::2], form=form),)) for form in PLACES),
        Image((rocky(*ROCKY), {**rocky(ROCKY[0]), "root/x": "1"})),
    ],
)
def test_an_honest_scanner_contradicts_nothing(yard: Yard, fake: Fake, image: Image) -> None:
    ended = judged(yard, fake, image)
    assert ended.code == 0, ended.text
    assert "lists none" not in ended.text
    assert "took it for" not in ended.text


@attack(
    "A later layer removes the list of packages, and leaves the packages",
    ours=Said("gate", 1, "which a later layer removed, in the image tells of 2 packages"),
)
def test_a_list_that_a_later_layer_removes_is_known(yard: Yard, fake: Fake) -> Outcome:
    gone = {"lib/apk/db/.wh.installed": "", "usr/local/.wh.lib": ""}
    return Outcome(judged(yard, fake, Image((*ALPINE.layers, gone))))


@pytest.mark.parametrize(
    "gone",
    [
        {"usr/local/.wh.lib": ""},
        {"lib/apk/db/.wh.installed": "", "usr/lib/apk/db/installed": ALPINE_LIST},
        {".wh.etc": "", "lib/apk/db/.wh.installed": "", "usr/.wh.local": ""},
    ],
)
def test_half_a_system_leaves_no_doubt(yard: Yard, fake: Fake, gone: dict[str, str]) -> None:
    """What is removed with its files, or has moved, is no longer there to be listed."""
    ended = judged(yard, fake, Image((*ALPINE.layers, gone)))
    assert "lists none" not in ended.text
