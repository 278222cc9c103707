"""Trivy is installed when its release workflow signed it, and in no other case.

The real cosign verifies, told to trust an authority that was made for the test.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shlex
import shutil
import sys
import tarfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imagelint.testing.authority import Authority
from tests.action.composite import Composite, Job, Result
from tests.action.jobs import ACTION, NAMES, PATH, REPOSITORY
from tests.action.releases import Answer, Releases, archive, serve
from tests.cli.projects import GOOD, write
from tests.collect.conftest import need
from tests.gate.attack import Ended, Outcome, Said, attack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERSION = "0.76.0"
WORKFLOW = "https://github.com/aquasecurity/trivy/.github/workflows/reusable-release.yaml"
IDENTITY = f"{WORKFLOW}@refs/tags/v{VERSION}"
ISSUER = "https://token.actions.githubusercontent.com"
NAME = f"trivy_{VERSION}_Linux-64bit.tar.gz"
FILE, BUNDLE = f"/v{VERSION}/{NAME}", f"/v{VERSION}/{NAME}.sigstore.json"
CANARY = "trivy-was-run"
PROGRAM = f'#!/bin/sh\necho "Version: {VERSION}"\n: > "$HOME/{CANARY}"\n'.encode()
RELEASE = archive(PROGRAM)
TITLE = "What the Action installs to judge an image"
UNSIGNED = f"{NAME} is not signed by {IDENTITY}"
EVIL = archive(PROGRAM + b"# and more\n")
COSIGN, TRIVY = NAMES.index("Install cosign"), NAMES.index("Install Trivy")

pytestmark = pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"), reason="names of another system"
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", PATH)
        need("cosign")
        made = Authority(tmp_path_factory.mktemp("authority"))
        made.trusted_root()
    return made


@pytest.fixture
def releases() -> Iterator[Releases]:
    with serve() as server:
        yield server


class Installer:
    """A job that has come so far as to install Trivy, with a cosign that trusts our authority."""

    def __init__(self, folder: Path, authority: Authority, releases: Releases) -> None:
        self.home = folder / "temp"
        self.place = self.home / "imagelint-here"
        self.programs = self.place / "bin"
        self.programs.mkdir(parents=True)
        self.releases = releases
        self.has_cosign = True
        self._folder = folder
        self._trust = authority.folder / "trusted-root.json"

    def cosign(self, given: Mapping[str, str], path: Path) -> dict[str, str]:
        """Stands for the official installer."""
        real = shutil.which("cosign", path=PATH)
        assert real is not None
        program = Path(given["install-dir"]) / "cosign"
        trust = f"--trusted-root={shlex.quote(str(self._trust))}"
        trusting = f'[ "$1" != verify-blob ] || set -- "$@" {trust}'
        program.write_text(f'#!/bin/sh\n{trusting}\nexec {real} "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        path.write_text(f"{program.parent}\n", encoding="utf-8")
        return {}

    def run(self, **inputs: str) -> Result:
        others = {"sigstore/cosign-installer@": self.cosign} if self.has_cosign else {}
        known = {
            "prepare.outputs.place": str(self.place),
            "prepare.outputs.programs": str(self.programs),
            "prepare.outputs.install-tools": "true",
        }
        variables = {"COSIGN_EXPERIMENTAL": "1", "SIGSTORE_ROOT_FILE": "/nowhere", "TOKEN": "x"}
        job = Job(self._folder, self.home, PATH, others, known, variables)
        given = {"image": "a/b", "trivy-releases": self.releases.url, **inputs}
        return Composite(ACTION, job).run(given, slice(COSIGN, TRIVY + 1))

    def left(self) -> set[str]:
        """What is in the folder of this use, and what was run."""
        made = {str(file.relative_to(self.place)) for file in self.place.rglob("*")}
        ran = {CANARY} if (self.home / CANARY).exists() else set[str]()
        return made | ran


@pytest.fixture
def installer(tmp_path: Path, authority: Authority, releases: Releases) -> Installer:
    (tmp_path / "temp").mkdir()
    return Installer(tmp_path, authority, releases)


def bundle(
    authority: Authority,
    folder: Path,
    content: bytes = RELEASE,
    identity: str = IDENTITY,
    issuer: str = ISSUER,
) -> Answer:
    file = folder / "signed"
    file.write_bytes(content)
    return Answer(authority.sign_file(file, identity, issuer).read_bytes())


@pytest.fixture
def published(installer: Installer, authority: Authority, tmp_path: Path) -> Releases:
    """The release as it should be."""
    answers = {FILE: Answer(RELEASE), BUNDLE: bundle(authority, tmp_path)}
    installer.releases.answers |= answers
    return installer.releases


def test_a_signed_release_is_installed(installer: Installer, published: Releases) -> None:
    done = installer.run()
    assert done.code == 0, done.stdout
    assert installer.left() == {"bin", "bin/cosign", "bin/trivy", CANARY}
    assert (installer.programs / "trivy").read_bytes() == PROGRAM
    assert os.access(installer.programs / "trivy", os.X_OK)
    assert f"signed by {IDENTITY}" in done.stdout
    assert done.commands == ()
    assert [given for _, given in done.used] == [
        {"cosign-release": "v3.1.1", "install-dir": str(installer.programs)}
    ]


def demand_refusal(installer: Installer, said: str, **inputs: str) -> Result:
    began = time.monotonic()
    done = installer.run(**inputs)
    assert time.monotonic() - began < 60
    assert done.code == 2, done.stdout
    (error,) = done.errors
    assert said in error, error
    assert installer.left() == {"bin", "bin/cosign"}
    assert done.outputs["verdict"] == "incomplete"
    return done


def refused(installer: Installer, said: str, **inputs: str) -> Outcome:
    done = demand_refusal(installer, said, **inputs)
    return Outcome(Ended(done.code, done.stdout))


@attack(
    "The release of the scanner is another file under its name",
    ours=Said("image:", 2, UNSIGNED, "not signed, and not installed"),
)
def test_another_file_under_the_name_is_not_used(
    installer: Installer, published: Releases
) -> Outcome:
    published.answers[FILE] = Answer(EVIL)
    return refused(installer, UNSIGNED)


@pytest.mark.parametrize(
    "signer",
    [
        (f"{WORKFLOW}@refs/tags/v0.69.4", ISSUER),
        (f"{WORKFLOW}@refs/heads/main", ISSUER),
        (f"{IDENTITY}.1", ISSUER),
        (IDENTITY.replace("aquasecurity", "aquasecurity-fork"), ISSUER),
        (IDENTITY.replace("reusable-release", "test"), ISSUER),
        (IDENTITY, "https://issuer.test"),
    ],
)
@attack(
    "A fork, another workflow, another tag or another issuer signed the release of the scanner",
    ours=Said("image:", 2, UNSIGNED, "not signed by its project, and not installed"),
)
def test_another_signer_is_not_trusted(
    installer: Installer,
    published: Releases,
    authority: Authority,
    tmp_path: Path,
    signer: tuple[str, str],
) -> Outcome:
    published.answers[BUNDLE] = bundle(authority, tmp_path, RELEASE, *signer)
    return refused(installer, UNSIGNED)


@attack(
    "Somebody is an authority of their own, and signs as the project",
    ours=Said("image:", 2, UNSIGNED, "not signed by its project, and not installed"),
)
def test_another_authority_is_not_trusted(
    installer: Installer, published: Releases, tmp_path: Path
) -> Outcome:
    published.answers[BUNDLE] = bundle(Authority(tmp_path / "other"), tmp_path)
    return refused(installer, UNSIGNED)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"null", b"<html>", b"\xff\xfe", b"::error::x\n::set-output name=a::b\n"]
)
def test_a_bundle_that_is_none_is_no_signature(
    installer: Installer, published: Releases, body: bytes
) -> None:
    published.answers[BUNDLE] = Answer(body)
    demand_refusal(installer, UNSIGNED)


@pytest.mark.parametrize("path", [FILE, BUNDLE])
@attack(
    "The release of the scanner, or its signature, is cut on the way",
    ours=Said("image:", 2, "bytes came, 3 times", "asked for three times, and not installed"),
)
def test_half_a_file_is_no_file(installer: Installer, published: Releases, path: str) -> Outcome:
    whole = published.answers[path].body
    published.answers[path] = Answer(whole, sent=whole[: len(whole) // 2])
    outcome = refused(installer, f"of {len(whole)} bytes came, 3 times", timeout="30")
    assert published.asked.count(path) == 3
    return outcome


def test_half_a_file_that_looks_whole_is_not_signed(
    installer: Installer, published: Releases
) -> None:
    published.answers[FILE] = Answer(RELEASE[: len(RELEASE) // 2])
    demand_refusal(installer, UNSIGNED)


@pytest.mark.parametrize(
    "program",
    [
        archive(PROGRAM, name="bin/trivy"),
        archive(PROGRAM, name="../trivy"),
        archive(PROGRAM, kind=tarfile.SYMTYPE),
        archive(PROGRAM, kind=tarfile.DIRTYPE),
        archive(PROGRAM.replace(VERSION.encode(), b"0.75.0")),
        archive(b"no program"),
        b"no archive",
        RELEASE[: len(RELEASE) // 2],
    ],
)
def test_signed_nonsense_is_not_installed(
    installer: Installer,
    published: Releases,
    authority: Authority,
    tmp_path: Path,
    program: bytes,
) -> None:
    published.answers |= {FILE: Answer(program), BUNDLE: bundle(authority, tmp_path, program)}
    done = installer.run()
    assert (done.code, len(done.errors)) == (2, 1), done.stdout
    assert installer.left() - {CANARY} == {"bin", "bin/cosign"}


@pytest.mark.parametrize("path", [FILE, BUNDLE])
@attack(
    "The server of releases answers byte by byte",
    ours=Said("image:, timeout:", 2, "it took too long", "not waited for"),
)
def test_a_server_that_drips_is_not_waited_for(
    installer: Installer, published: Releases, path: str
) -> Outcome:
    body = published.answers[path].body
    published.answers[path] = Answer(body, pause=0.5)
    began = time.monotonic()
    outcome = refused(installer, "it took too long", timeout="2")
    assert time.monotonic() - began < 20
    return outcome


def test_a_server_that_hangs_is_not_waited_for(installer: Installer, published: Releases) -> None:
    published.answers[BUNDLE] = Answer(b"{}", pause=100)
    demand_refusal(installer, "it took too long", timeout="1")


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_what_is_not_there_is_asked_for_once(
    installer: Installer, published: Releases, status: int
) -> None:
    published.answers[FILE] = Answer(b"", status)
    demand_refusal(installer, f"{FILE}: {status} ")
    assert published.asked.count(FILE) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(
    installer: Installer, published: Releases, status: int
) -> None:
    soon = (("Retry-After", "0"),)
    good = published.answers[FILE]
    published.answers[FILE] = Answer(b"", status, soon, times=2, then=good)
    assert installer.run().code == 0
    assert published.asked.count(FILE) == 3


def test_a_server_that_stays_busy_is_given_up(installer: Installer, published: Releases) -> None:
    published.answers[FILE] = Answer(b"", 429, (("Retry-After", "0"),))
    demand_refusal(installer, "429 Too Many Requests, 3 times")


def test_a_long_wait_is_not_waited(installer: Installer, published: Releases) -> None:
    published.answers[FILE] = Answer(b"", 429, (("Retry-After", "86400"),))
    demand_refusal(installer, "it took too long", timeout="2")


def redirect(url: str) -> Answer:
    return Answer(b"", 302, (("Location", url),))


def test_a_redirect_within_the_server_is_followed(
    installer: Installer, published: Releases
) -> None:
    published.answers["/elsewhere"] = published.answers[FILE]
    published.answers[FILE] = redirect("/elsewhere")
    assert installer.run().code == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/elsewhere",
        "http://example.test/elsewhere",
        "ftp://127.0.0.1/elsewhere",
        "//127.0.0.1:1/elsewhere",
    ],
)
def test_a_redirect_elsewhere_in_the_clear_is_not_followed(
    installer: Installer, published: Releases, url: str
) -> None:
    published.answers[FILE] = redirect(url)
    demand_refusal(installer, "leads elsewhere, not by https")


def test_a_redirect_to_a_file_is_not_followed(installer: Installer, published: Releases) -> None:
    published.answers[FILE] = redirect("file:///etc/passwd")
    demand_refusal(installer, "Redirection to url 'file:///etc/passwd' is not allowed")


def test_a_redirect_to_another_server_brings_only_what_is_signed(
    installer: Installer, published: Releases, authority: Authority, tmp_path: Path
) -> None:
    """What a redirect leads to is judged like everything: by its signature."""
    signer = f"{WORKFLOW}@refs/tags/v0.69.4"
    published.answers |= {
        FILE: redirect("/other/file"),
        BUNDLE: redirect("/other/bundle"),
        "/other/file": Answer(EVIL),
        "/other/bundle": bundle(authority, tmp_path, EVIL, signer),
    }
    demand_refusal(installer, UNSIGNED)


def test_a_circle_of_redirects_ends(installer: Installer, published: Releases) -> None:
    published.answers[FILE] = redirect(FILE)
    demand_refusal(installer, f"{FILE}: 302 ")
    assert published.asked.count(FILE) <= 10


def test_a_file_without_end_is_given_up(installer: Installer, published: Releases) -> None:
    published.answers[BUNDLE] = Answer(b"x" * 1_000_001)
    demand_refusal(installer, "is larger than 1000000 bytes")


def test_nobody_there_is_said(installer: Installer, published: Releases) -> None:
    demand_refusal(installer, "cannot be reached", **{"trivy-releases": "http://127.0.0.1:1"})


@pytest.mark.parametrize(
    "url", ["http://example.test", "ftp://127.0.0.1", "file:///tmp", "example.test", "-x"]
)
def test_releases_come_encrypted(installer: Installer, url: str) -> None:
    demand_refusal(installer, "is neither https nor on this machine", **{"trivy-releases": url})


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon"])
def test_a_time_that_is_none_is_said(
    installer: Installer, published: Releases, seconds: str
) -> None:
    demand_refusal(installer, "input timeout: seconds are expected", timeout=seconds)
    assert published.asked == []


def test_without_cosign_nothing_is_installed(installer: Installer, published: Releases) -> None:
    """A cosign that lies on PATH is not the one that was installed and verified."""
    installer.has_cosign = False
    done = installer.run()
    assert (done.code, done.errors) == (2, ("cosign is not installed: nothing can verify Trivy",))
    assert installer.left() == {"bin"}
    assert published.asked == []


def test_an_image_is_judged_by_what_was_installed(
    installer: Installer, authority: Authority, demo: Path, installed: Path, tmp_path: Path
) -> None:
    """From nothing: no tool on PATH, the whole action, the real Trivy in a signed release."""
    program = shutil.which("trivy", path=PATH)
    assert program is not None
    release = archive(Path(program).read_bytes())
    answers = {FILE: Answer(release), BUNDLE: bundle(authority, tmp_path, release)}
    installer.releases.answers |= answers
    write(tmp_path / "checkout", Dockerfile=GOOD)
    bare = tmp_path / "programs"
    bare.mkdir()
    for name in ("bash", "sh", "git"):
        (bare / name).symlink_to(shutil.which(name) or "")

    def restore(given: Mapping[str, str], _path: Path) -> dict[str, str]:
        packages = installed.parents[1] / "imagelint-shared/packages"
        kept = demo / "trivy" if "trivy" in given["path"] else packages
        shutil.copytree(kept, given["path"])
        return {"cache-hit": "true"}

    others = {"sigstore/cosign-installer@": installer.cosign, "actions/cache/restore@": restore}
    job = Job(tmp_path / "checkout", installer.home, str(bare), others)
    inputs = {"image": f"oci:{demo / 'image'}", "key": str(demo / "signer.pub")}
    inputs |= {"no-transparency-log": "true", "trivy-releases": installer.releases.url}
    done = Composite(ACTION, job).run({"python": sys.executable, **inputs})
    assert done.outputs["verdict"] == "pass", (done.stdout, done.stderr)
    evidence = json.loads(Path(done.outputs["report-json"]).read_text(encoding="utf-8"))["evidence"]
    assert done.steps["prepare.outputs.programs"] in json.dumps(evidence)


def test_the_version_is_the_one_that_the_tests_run_with() -> None:
    provision = (REPOSITORY / "tools/provision.py").read_text(encoding="utf-8")
    assert f'"{VERSION}"' in provision
    (cosign,) = re.findall(r'"cosign",\n\s+"(\d+\.\d+\.\d+)-\d+"', provision)
    assert f"cosign-release: v{cosign}" in ACTION.read_text(encoding="utf-8")
