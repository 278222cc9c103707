"""Trivy, the real one and fakes that fail in every way."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from imagelint.collect.deadline import Deadline
from imagelint.collect.registry.layout import resolve_layout
from imagelint.collect.scanners import program
from imagelint.collect.scanners.scanner import Scan, seconds_for
from imagelint.collect.tools import trivy, trivy_program
from imagelint.collect.tools.trivy import FOUND, arguments, scan
from imagelint.collect.tools.trivy_options import TrivyOptions
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.image.coverage import Unscanned
from imagelint.documents.image.image import ImageIdentity
from imagelint.documents.image.manifest import ImageLayer
from imagelint.documents.image.vulnerabilities import (
    VulnerabilityReport,
    parse_vulnerabilities,
)
from imagelint.testing.database import write_database
from imagelint.testing.images import Image, Layout, alpine, java_archive
from tests.collect.conftest import Lab, need
from tools.lab.registry import Registry, free_port
from tools.lab.signing import push, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Fake = Callable[[str, str], Path]

DIGEST = "sha256:" + "0a" * 32
LAYER = ImageLayer(DIGEST, DIGEST, 1_000_000_000)
IMAGE = ImageIdentity(f"a.test/llm@{DIGEST}", DIGEST, "a.test/llm")


def report(found: Scan | Problem) -> VulnerabilityReport:
    assert isinstance(found, Scan), found
    return parse_vulnerabilities(found.source, found.facts)


def problem(found: Scan | Problem) -> Problem:
    assert isinstance(found, Problem), found
    return found


def identity(reference: str, platform: str = "") -> ImageIdentity:
    repository, _, digest = reference.partition("@")
    return ImageIdentity(reference, digest, repository, platform=platform)


def layout(folder: Path, platform: str = "", end: str = "") -> ImageIdentity:
    found = resolve_layout(f"oci:{folder}{end}", platform)
    assert not isinstance(found, Problem), found
    return found[0].identity


def ids(found: VulnerabilityReport) -> list[str]:
    return [one.id for one in found.vulnerabilities]


@pytest.fixture
def real() -> None:
    need("trivy")


@pytest.fixture
def options(lab: Lab) -> TrivyOptions:
    need("trivy")
    return TrivyOptions(cache=str(lab.cache), offline=True)


# The command line


def test_nothing_that_lies_around_decides() -> None:
    line = arguments(IMAGE, TrivyOptions(), "/cache", 90.5)
    text = " ".join(line)
    assert line[0] == "image"
    assert line[-1] == f"a.test/llm@{DIGEST}"
    assert f"--config {os.devnull} --ignorefile {os.devnull}" in text
    assert "--image-src remote" in text
    assert "--skip-version-check --disable-telemetry" in text
    assert "--timeout 90s --format json --exit-code 42" in text
    assert "--skip-files **/*.safetensors" in text
    assert "--offline-scan" not in line
    assert "--severity" not in line
    assert "--ignore-unfixed" not in line


def test_options_reach_the_command_line() -> None:
    options = TrivyOptions(offline=True, db_repositories=("a/db:2", "b/db:2"), skip_files=())
    image = IMAGE._replace(platform="linux/arm64", manifest="sha256:" + "0b" * 32)
    text = " ".join(arguments(image, options, "/cache", 1))
    assert "--skip-db-update --skip-java-db-update --offline-scan" in text
    assert "--db-repository a/db:2 --db-repository b/db:2" in text
    assert text.endswith(f"a.test/llm@sha256:{'0b' * 32}")
    assert "--platform" not in text
    assert "--skip-files" not in text


def test_a_layout_is_named_by_its_link() -> None:
    image = ImageIdentity("oci:-x", DIGEST, layout="-x", manifest=DIGEST, platform="linux/arm64")
    line = arguments(image, TrivyOptions(), "/cache", 1)
    assert line[-2:] == ("--input", "layout")
    assert "--platform" not in line


def test_a_large_layout_has_more_time() -> None:
    image = ImageIdentity("oci:x", DIGEST, layout="x", layers=(LAYER,) * 10)
    assert seconds_for(image) == 900
    assert seconds_for(IMAGE) == 1800


# The real program


def test_a_layout_is_scanned(lab: Lab, options: TrivyOptions) -> None:
    lab.push("vulnerable", lab.vulnerable())
    found = report(scan(layout(lab.layout("vulnerable")), options))
    assert ids(found) == ["CVE-2099-0002", "CVE-2099-0001", "CVE-2099-0004", "CVE-2099-0003"]
    assert found.vulnerabilities[0].title == "vllm: made up  [31mremote code execution"
    assert found.vulnerabilities[0].fixed == "0.9.0"
    assert found.vulnerabilities[2].rated is False
    assert found.database.age is not None
    assert 0 <= found.database.age < 1
    assert found.facts.version.startswith("0.")
    assert found.source.origin == f"oci:{lab.layout('vulnerable')}"
    assert str(lab.folder) not in "".join(one.path + one.target for one in found.vulnerabilities)


def test_an_image_of_a_registry_is_scanned_by_its_digest(lab: Lab, options: TrivyOptions) -> None:
    reference = lab.push("vulnerable", lab.vulnerable())
    found = report(scan(identity(reference), options))
    assert found.digest == reference.partition("@")[2]
    assert len(ids(found)) == 4
    assert found.scanned.config is not None
    assert found.scanned.config.user == "10001"


def test_a_tag_is_scanned_and_its_digest_told(lab: Lab, options: TrivyOptions) -> None:
    reference = lab.push("vulnerable", lab.vulnerable())
    repository, _, digest = reference.partition("@")
    tagged = ImageIdentity(f"{repository}:v1", "", repository)
    assert report(scan(tagged, options)).digest == digest


def test_an_image_without_vulnerabilities_is_clean(lab: Lab, options: TrivyOptions) -> None:
    image = Image((alpine(("openssl", "3.1.9-r0")),))
    found = report(scan(identity(lab.push("clean", image)), options))
    assert (ids(found), found.scanned.packages) == ([], 1)


def test_what_lies_in_the_folder_and_the_environment_changes_nothing(
    lab: Lab, options: TrivyOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = lab.push("vulnerable", lab.vulnerable())
    honest = report(scan(identity(reference), options))
    (tmp_path / "trivy.yaml").write_text("severity: [LOW]\nexit-code: 0\nscan: {scanners: []}\n")
    (tmp_path / ".trivyignore").write_text("CVE-2099-0001\nCVE-2099-0002\nCVE-2099-0003\n")
    (tmp_path / "trivy-secret.yaml").write_text("disable-rules: ['*']\n")
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "TRIVY_SEVERITY": "LOW",
        "TRIVY_IGNOREFILE": str(tmp_path / ".trivyignore"),
        "TRIVY_CONFIG": str(tmp_path / "trivy.yaml"),
        "TRIVY_RUN_AS_PLUGIN": "x",
        "TRIVY_IGNORE_UNFIXED": "true",
        "TRIVY_CACHE_DIR": str(tmp_path),
        "TRIVY_SERVER": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)
    hostile = report(scan(identity(reference), options))
    assert hostile.vulnerabilities == honest.vulnerabilities != ()
    layouts = report(scan(layout(lab.layout("vulnerable")), options))
    assert ids(layouts) == ids(honest)


def test_of_a_layout_with_several_images_the_chosen_one_is_scanned(
    options: TrivyOptions, tmp_path: Path
) -> None:
    made = Layout(tmp_path)
    made.add(Image(({"a": "b"},)), "other")
    old, new = alpine(("openssl", "3.1.4-r0")), alpine(("openssl", "3.1.9-r0"))
    made.add_index([Image((new,)), Image((old,), architecture="arm64")], "both")
    amd, arm = (
        report(scan(layout(tmp_path, platform, ":both"), options))
        for platform in ("linux/amd64", "linux/arm64")
    )
    assert (ids(amd), ids(arm)) == ([], ["CVE-2099-0001"])
    assert arm.scanned.config is not None
    assert arm.scanned.config.architecture == "arm64"


def test_a_layout_may_have_any_name(options: TrivyOptions, tmp_path: Path) -> None:
    folder = tmp_path / "a @sha256:x, -b"
    Layout(folder).add(Image((alpine(("openssl", "3.1.4-r0")),)))
    assert ids(report(scan(layout(folder), options))) == ["CVE-2099-0001"]


def test_packages_of_other_vendors_are_told(lab: Lab, options: TrivyOptions) -> None:
    found = report(scan(identity(lab.push("cuda", lab.cuda())), options))
    (unscanned,) = (one for one in found.unscanned if one.reason is Unscanned.THIRD_PARTY)
    assert unscanned.names == ("libcublas-12-4 12.4.5.8-1",)
    assert ids(found) == ["CVE-2099-0001"]


def test_an_old_database_is_used_without_a_word_and_its_age_is_told(
    lab: Lab, options: TrivyOptions, tmp_path: Path
) -> None:
    write_database(tmp_path, age_hours=400)
    reference = lab.push("vulnerable", lab.vulnerable())
    found = report(scan(identity(reference), options._replace(cache=str(tmp_path))))
    assert len(ids(found)) == 4
    assert found.database.age == pytest.approx(400, abs=1)


def test_a_database_comes_from_a_repository_of_ones_own(lab: Lab, tmp_path: Path) -> None:
    need("trivy")
    archive = tmp_path / "db.tar.gz"
    folder = str(lab.cache / "db")
    run(["tar", "-C", folder, "-czf", str(archive), "metadata.json", "trivy.db"])
    name = f"{lab.host}/sec/trivy-db:2"
    media = "application/vnd.aquasec.trivy.db.layer.v1.tar+gzip"
    kind = "application/vnd.aquasec.trivy.config.v1+json"
    upload = ["oras", "push", "--plain-http", name, "--artifact-type", kind]
    run([*upload, f"{archive.name}:{media}"], folder=tmp_path)
    reference = lab.push("vulnerable", lab.vulnerable())
    options = TrivyOptions(cache=str(tmp_path / "cache"), db_repositories=(name,))
    assert len(ids(report(scan(identity(reference), options)))) == 4


def test_no_database_is_an_answer_of_its_own(
    lab: Lab, options: TrivyOptions, tmp_path: Path
) -> None:
    reference = lab.push("vulnerable", lab.vulnerable())
    found = problem(scan(identity(reference), options._replace(cache=str(tmp_path))))
    assert found.kind is ProblemKind.TOOL_FAILED
    assert "there is no vulnerability database yet" in found.detail
    assert "--trivy-cache" in found.help


def test_a_database_that_cannot_be_downloaded_is_one_too(lab: Lab, tmp_path: Path) -> None:
    need("trivy")
    nowhere = f"127.0.0.1:{free_port()}/sec/trivy-db:2"
    options = TrivyOptions(cache=str(tmp_path), db_repositories=(nowhere,))
    found = problem(scan(identity(lab.push("vulnerable", lab.vulnerable())), options))
    assert found.kind is ProblemKind.UNREACHABLE
    assert "the vulnerability database cannot be downloaded" in found.detail


def test_java_archives_without_their_index_are_one_too(
    options: TrivyOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Layout(tmp_path).add(Image((alpine(), {"app/ray.jar": java_archive("ray", "2")})))
    found = problem(scan(layout(tmp_path), options))
    assert found.kind is ProblemKind.TOOL_FAILED
    assert "there is no index of Java archives" in found.detail
    mirror = f"127.0.0.1:{free_port()}/java-db:1"
    online = options._replace(offline=False, java_db_repositories=(mirror,))
    found = problem(scan(layout(tmp_path), online))
    assert found.kind is ProblemKind.UNREACHABLE
    assert "the index of Java archives cannot be downloaded" in found.detail


def test_an_unreachable_registry_is_another_answer(options: TrivyOptions) -> None:
    found = problem(scan(identity(f"127.0.0.1:{free_port()}/team/app@{DIGEST}"), options))
    assert found.kind is ProblemKind.UNREACHABLE
    assert "the registry cannot be reached" in found.detail


def test_an_image_that_is_not_there_is_another(lab: Lab, options: TrivyOptions) -> None:
    found = problem(scan(identity(f"{lab.host}/team/nosuch@{DIGEST}"), options))
    assert found.kind is ProblemKind.NOT_FOUND


def test_a_registry_that_wants_a_login_is_another(
    lab: Lab, options: TrivyOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bcrypt = "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"  # of `U*U`
    lab.push("vulnerable", lab.vulnerable())
    logins = tmp_path / "logins"
    logins.mkdir()
    with Registry(tmp_path / "registry", free_port(), htpasswd=f"user:{bcrypt}\n") as registry:
        name = f"{registry.host}/team/app"
        (logins / "config.json").write_text(
            json.dumps({"auths": {registry.host: {"auth": "dXNlcjpVKlU="}}})
        )
        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
        digest = layout(lab.layout("vulnerable")).digest
        found = problem(scan(identity(f"{name}@{digest}"), options))
        assert found.kind is ProblemKind.UNAUTHORIZED
        assert "docker login" in found.help
        monkeypatch.setenv("DOCKER_CONFIG", str(logins))
        push(lab.layout("vulnerable"), "v1", f"{name}:v1")
        assert len(ids(report(scan(identity(f"{name}@{digest}"), options)))) == 4


def test_the_version_is_read_without_running_the_program(real: None) -> None:
    path = shutil.which("trivy")
    assert path is not None
    assert trivy_program.built_from(path) == trivy_program.installed("x")


# Fakes

VERSION = """
if "version" in sys.argv:
    print('{"Version": "0.76.0"}')
    sys.exit()
"""
EMPTY: dict[str, Any] = {"SchemaVersion": 2, "ArtifactType": "container_image"}


def test_a_missing_trivy_is_a_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = problem(scan(IMAGE, TrivyOptions()))
    assert found.kind is ProblemKind.TOOL_MISSING
    assert "brew install trivy" in found.help


@pytest.mark.parametrize("code", [0, FOUND])
def test_what_it_says_is_handed_on(fake: Fake, code: int) -> None:
    fake("trivy", f"{VERSION}print('''{json.dumps(EMPTY)}'''); sys.exit({code})")
    found = scan(IMAGE, TrivyOptions())
    assert isinstance(found, Scan)
    assert json.loads(found.source.text) == EMPTY
    assert (found.facts.version, found.source.origin) == ("0.76.0", IMAGE.reference)


@pytest.mark.parametrize("version", ["0.69.4", "0.69.5", "0.69.6"])
def test_a_withdrawn_version_is_refused(fake: Fake, version: str) -> None:
    fake("trivy", VERSION.replace("0.76.0", version))
    found = problem(scan(IMAGE, TrivyOptions()))
    assert found.kind is ProblemKind.TOOL_FAILED
    assert "GHSA-69fq-xp46-6x23" in found.help


def test_a_withdrawn_version_is_not_even_run(fake: Fake, tmp_path: Path) -> None:
    line = "# mod\tgithub.com/aquasecurity/trivy\tv0.69.4\t\n"
    fake("trivy", f"{line}open({str(tmp_path / 'ran')!r}, 'w')")
    assert "0.69.4" in problem(scan(IMAGE, TrivyOptions())).detail
    assert not (tmp_path / "ran").exists()


def test_a_program_that_lies_about_its_version_is_refused(fake: Fake) -> None:
    fake("trivy", f"# mod\tgithub.com/aquasecurity/trivy\tv0.70.0\t\n{VERSION}")
    found = problem(scan(IMAGE, TrivyOptions()))
    assert "says that it is 0.76.0, but was built from 0.70.0" in found.detail


@pytest.mark.parametrize(
    "body", ['print(\'{"Version": "new"}\')', "print('{')", "", "print('[]'); sys.exit(1)"]
)
def test_a_program_without_a_version_is_refused(fake: Fake, body: str) -> None:
    fake("trivy", body)
    assert "does not say which version" in problem(scan(IMAGE, TrivyOptions())).detail


def test_a_program_whose_version_hangs_is_refused(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "VERSION_SECONDS", 1.0)
    fake("trivy", "time.sleep(60)")
    found = problem(scan(IMAGE, TrivyOptions()))
    assert (found.kind, found.origin) == (ProblemKind.TIMED_OUT, IMAGE.reference)


def test_an_empty_program_was_built_from_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert trivy_program.built_from(str(tmp_path / "empty")) == ""
    assert trivy_program.built_from(str(tmp_path / "nosuch")) == ""


def test_half_a_report_is_said_to_be_half(fake: Fake) -> None:
    fake("trivy", f"{VERSION}print('{{\"SchemaVersion\": 2, \"Resul', end='')")
    found = scan(IMAGE, TrivyOptions())
    with pytest.raises(DocumentError, match="ends too early"):
        report(found)


@pytest.mark.parametrize(
    ("stderr", "kind", "words"),
    [
        ("context deadline exceeded", ProblemKind.TIMED_OUT, "longer than it may"),
        ("write /tmp/x: no space left on device", ProblemKind.TOOL_FAILED, "the disk is full"),
        ("TOOMANYREQUESTS: retry", ProblemKind.UNREACHABLE, "too many requests"),
        ("cache may be in use by another process", ProblemKind.TOOL_FAILED, "holds the cache"),
        ("unknown flag: --disable-telemetry", ProblemKind.TOOL_FAILED, "does not know"),
        ("the version of DB schema doesn't match", ProblemKind.TOOL_FAILED, "another version"),
        ("Java DB update failed", ProblemKind.TOOL_FAILED, "index of Java archives"),
        ("no child with platform linux/x in index", ProblemKind.NOT_FOUND, "no variant"),
        ("something new", ProblemKind.TOOL_FAILED, "Trivy ended with 1: something new"),
        ("", ProblemKind.TOOL_FAILED, "Trivy ended with 1: it said nothing"),
    ],
)
def test_what_goes_wrong_is_told_apart(
    fake: Fake, stderr: str, kind: ProblemKind, words: str
) -> None:
    line = f"2026-01-01T00:00:00Z\tFATAL\tFatal error\t{stderr}" if stderr else ""
    fake("trivy", f"{VERSION}print({line!r}, file=sys.stderr); sys.exit(1)")
    found = problem(scan(IMAGE, TrivyOptions()))
    assert found.kind is kind
    assert words in found.detail


def test_a_scan_that_hangs_is_stopped(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trivy, "MARGIN_SECONDS", 0.0)
    fake("trivy", f"{VERSION}time.sleep(60)")
    assert problem(scan(IMAGE, TrivyOptions(deadline=Deadline(1)))).kind is ProblemKind.TIMED_OUT


def test_without_time_nothing_is_scanned(fake: Fake) -> None:
    fake("trivy", f"{VERSION}print('{{}}')")
    deadline = Deadline(0.001)
    time.sleep(0.01)
    found = problem(scan(IMAGE, TrivyOptions(deadline=deadline)))
    assert found.kind is ProblemKind.TIMED_OUT
    assert found.detail == "the 0.001 seconds of this run are over: it was not scanned"


def test_the_cache_is_the_one_that_trivy_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert trivy.default_cache() == "/caches/trivy"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/somebody")
    assert trivy.default_cache() == "/home/somebody/.cache/trivy"


@pytest.mark.parametrize("text", [None, "{", "{}", '{"UpdatedAt": 1}'])
def test_the_time_of_a_database_may_be_unknown(tmp_path: Path, text: str | None) -> None:
    (tmp_path / "db").mkdir()
    if text is not None:
        (tmp_path / "db" / "metadata.json").write_text(text)
    assert trivy.database_time(str(tmp_path)) == ""


def test_a_server_matches_with_a_database_of_its_own(
    lab: Lab, options: TrivyOptions, tmp_path: Path
) -> None:
    lab.push("vulnerable", lab.vulnerable())
    write_database(tmp_path / "server", age_hours=50)
    address = f"127.0.0.1:{free_port()}"
    flags = ("--listen", address, "--cache-dir", str(tmp_path / "server"), "--skip-db-update")
    with subprocess.Popen(["trivy", "server", *flags], stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(address)
            asked = options._replace(server=f"http://{address}")
            found = report(scan(layout(lab.layout("vulnerable")), asked))
        finally:
            server.terminate()
    assert "CVE-2099-0002" in ids(found)
    assert found.database.age == pytest.approx(50, abs=0.5)
    gone = problem(scan(layout(lab.layout("vulnerable")), asked))
    assert (gone.kind, "the Trivy server cannot be reached" in gone.detail) == (
        ProblemKind.UNREACHABLE,
        True,
    )


def wait_for(address: str) -> None:
    host, _, port = address.partition(":")
    for _ in range(100):
        try:
            socket.create_connection((host, int(port)), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(address)
