"""What the environment says to the programs that are asked: none of it reaches them."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest

from imagelint.testing.images import Image, Layout, alpine, python_package
from tests.gate.attack import Ended, Outcome, Said, attack
from tests.gate.test_scanner import FLAGS
from tools.lab.proxy import Proxy, Reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.gate.conftest import Yard

TITLE = "What the environment of a runner says"
VULNERABLE = Image((python_package("vllm", "0.8.5"),))
LOOSENING = {
    "TRIVY_SKIP_DIRS": "**/site-packages",
    "TRIVY_SKIP_FILES": "**/METADATA",
    "TRIVY_IGNORE_STATUS": "fixed",
    "TRIVY_IGNOREFILE": "{folder}/ignored",
    "TRIVY_IGNORE_POLICY": "{folder}/ignore.rego",
    "TRIVY_PKG_TYPES": "os",
    "TRIVY_SCANNERS": "license",
    "TRIVY_CONFIG": "{folder}/other.yaml",
    "TRIVY_SERVER": "http://127.0.0.1:1",
    "TRIVY_CACHE_DIR": "{folder}/nothing",
    "TRIVY_VEX": "{folder}/vex.json",
    "TRIVY_EXIT_CODE": "0",
    "TRIVY_RUN_AS_PLUGIN": "other",
    "TRIVY_INPUT": "{folder}/other",
}
FILES = {
    "ignored": "CVE-2099-0002\n",
    "ignore.rego": "package trivy\n\ndefault ignore = true\n",
    "other.yaml": "severity: [LOW]\n",
    "vex.json": "{}",
}


def _layout(yard: Yard) -> Path:
    made = Layout(yard.folder / "image")
    made.add(VULNERABLE)
    return made.folder


def _scan(yard: Yard, layout: Path) -> Ended:
    words = ("--offline", "--trivy-cache", str(yard.lab.cache))
    return yard.ours("scan", f"oci:{layout}", *words)


@attack(
    "A variable of the environment asks for the system's packages alone",
    bare=Said("trivy image", 0, told="nothing found"),
    ours=Said("scan", 1, "CVE-2099-0002", "`vulnerable-package`"),
)
def test_no_package_is_left_out_by_the_environment(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> Outcome:
    layout = _layout(yard)
    monkeypatch.setenv("TRIVY_PKG_TYPES", "os")
    bare = yard.bare(
        *("env", "TRIVY_PKG_TYPES=os", "trivy", "image", "--quiet", *FLAGS),
        *("--cache-dir", str(yard.lab.cache), "--cache-backend", "memory", "--input", str(layout)),
    )
    return Outcome(_scan(yard, layout), bare)


@pytest.mark.parametrize("name", LOOSENING)
def test_no_variable_of_the_scanner_loosens_it(
    yard: Yard, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for file, text in FILES.items():
        (yard.folder / file).write_text(text, encoding="utf-8")
    monkeypatch.setenv(name, LOOSENING[name].format(folder=yard.folder))
    monkeypatch.chdir(yard.folder)
    answer = _scan(yard, _layout(yard))
    assert answer.code == 1, answer.text
    assert "CVE-2099-0002" in answer.text


@pytest.mark.parametrize(
    "variables",
    [
        {"COSIGN_EXPERIMENTAL": "1", "COSIGN_REPOSITORY": "{host}/team/env-signed"},
        {"COSIGN_KEY": "{keys}/build.pub", "COSIGN_INSECURE_IGNORE_TLOG": "true"},
        {"COSIGN_DOCKER_MEDIA_TYPES": "1", "COSIGN_ALLOW_INSECURE_REGISTRY": "true"},
        {"SIGSTORE_ROOT_FILE": "{keys}/build.pub", "SIGSTORE_REKOR_PUBLIC_KEY": "{keys}/build.pub"},
        {"TUF_ROOT": "{keys}", "TUF_MIRROR": "http://127.0.0.1:1", "TUF_ROOT_JSON": "{keys}"},
    ],
    ids=lambda variables: next(iter(variables)),
)
def test_no_variable_of_cosign_makes_an_image_signed(
    yard: Yard, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    """`other` signed nothing; what `build` signed lies in a repository beside."""
    yard.signed("env-signed")
    reference = yard.lab.push("env-unsigned")
    for name, value in variables.items():
        said = value.format(host=yard.lab.host, keys=yard.lab.keys)
        monkeypatch.setenv(name, said)
    key = str(yard.lab.keys / "other.pub")
    answer = yard.ours("verify", reference, "--key", key, "--no-transparency-log")
    assert answer.code == 1, answer.text
    assert "is not signed" in answer.text


def _led_on(path: str) -> Reply:
    return Reply(307, b"", (("Location", f"{path}{'&' if '?' in path else '?'}again"),))


BREAKS: dict[str, Callable[[str], Reply]] = {
    "leads on without an end": _led_on,
    "asks for a login again and again": lambda _path: Reply(
        401, b"", (("WWW-Authenticate", 'Basic realm="x"'),)
    ),
    "asks for a token of a file": lambda _path: Reply(
        401, b"", (("WWW-Authenticate", 'Bearer realm="file:///etc/passwd"'),)
    ),
    "gives a part of it": lambda _path: Reply(206, b"{}"),
    "breaks": lambda _path: Reply(500),
    "waits for a day": lambda _path: Reply(429, b"{}", (("Retry-After", "86400"),)),
}


@pytest.mark.parametrize("after", [0, 1, 3])
@pytest.mark.parametrize("what", BREAKS)
def test_nothing_is_left_behind(
    yard: Yard, monkeypatch: pytest.MonkeyPatch, what: str, after: int
) -> None:
    """A registry that does so at the first, second, fourth blob, while a gate looks at it."""
    system = alpine(("openssl", "3.1.9-r0"))
    reference = yard.signed("left", Image((system, python_package("torch", "2.6.0"))))
    temporary = yard.folder / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    seen: list[str] = []

    def decide(path: str) -> Reply | None:
        seen.extend([path] if "/blobs/" in path else [])
        return BREAKS[what](path) if "/blobs/" in path and len(seen) > after else None

    with Proxy(yard.lab.host, decide) as proxy:
        image = reference.replace(yard.lab.host, proxy.host)
        key = ("--key", str(yard.lab.keys / "build.pub"), "--no-transparency-log")
        scan = ("--offline", "--trivy-cache", str(yard.lab.cache))
        answer = yard.ours("gate", image, *key, *scan, "--timeout", "5")
    assert answer.code == 3, answer.text
    assert "unsigned-image" not in answer.text
    assert list(temporary.iterdir()) == []
