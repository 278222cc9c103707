"""The fixtures for others: what the page about them shows, and what real programs make of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imagelint.testing.fixtures import (
    image_layout,
    loopback_registry,
    signing_authority,
    signing_key,
    vulnerability_database,
)
from imagelint.testing.images import Image, alpine
from tests.collect.conftest import need, provided_programs

if TYPE_CHECKING:
    from imagelint.testing.fixtures import MakeAuthority, MakeDatabase, MakeKey, MakeLayout
    from imagelint.testing.registry import MemoryRegistry

__all__ = (  # fixtures
    "image_layout",
    "loopback_registry",
    "provided_programs",
    "signing_authority",
    "signing_key",
    "vulnerability_database",
)

ROOT = Path(__file__).parents[2]
_FILE = re.compile(r'```python title="(?P<name>\S+)"\n(?P<text>.*?)```', re.DOTALL)


def _run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    names = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(command, env=names, capture_output=True, text=True, check=False)


def test_what_the_page_shows_passes(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    files = {one["name"]: one["text"] for one in _FILE.finditer(page)}
    assert len(files) == page.count("```python")
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    bin_ = str(Path(sys.executable).parent)
    path = os.pathsep.join((bin_, os.environ["PATH"]))
    words = ("-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path))
    where = {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path / "home")}
    done = _run(sys.executable, "-m", "pytest", *words, **{**where, "PATH": path})
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{sum(text.count('def test_') for text in files.values())} passed" in done.stdout


def test_every_fixture_is_on_the_page() -> None:
    from imagelint.testing import fixtures

    page = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^\| `(\w+)` \|", page) == list(fixtures.__all__)


def test_without_pytest_it_is_said_how_to_get_it() -> None:
    code = "import sys; sys.modules['pytest'] = None; import imagelint.testing.fixtures"
    done = _run(sys.executable, "-c", code, PYTHONPATH=str(ROOT))
    assert "pip install 'imagelint[testing]'" in done.stderr


def test_helpers_for_rules_need_neither_pytest_nor_cryptography() -> None:
    code = "import sys, imagelint.testing; print(*sys.modules)"
    loaded = _run(sys.executable, "-c", code, PYTHONPATH=str(ROOT)).stdout.split()
    assert {"pytest", "cryptography", "asyncio"}.isdisjoint(loaded)


@pytest.mark.parametrize("has_referrers", [True, False])
def test_cosign_pushes_to_the_registry_and_verifies_there(
    image_layout: MakeLayout,
    loopback_registry: MemoryRegistry,
    tmp_path: Path,
    provided_programs: None,
    *,
    has_referrers: bool,
) -> None:
    from tools.lab.signing import Signing, push

    need("cosign", "oras")
    loopback_registry.has_referrers = has_referrers
    layout = image_layout({"big": os.urandom(300_000)})
    reference = f"{loopback_registry.host}/team/app"
    push(layout, "v1", f"{reference}:v1")
    digest = json.loads((layout / "index.json").read_bytes())["manifests"][0]["digest"]
    signing = Signing(tmp_path / "keys")
    key = signing.key("build")
    signing.sign(f"{reference}@{digest}", "build")
    home = str(tmp_path / "home")
    words = (f"--key={key}", "--insecure-ignore-tlog=true", f"{reference}:v1")
    assert _run("cosign", "verify", *words, HOME=home).returncode == 0


def test_cosign_believes_what_a_key_signed(
    image_layout: MakeLayout,
    loopback_registry: MemoryRegistry,
    signing_key: MakeKey,
    tmp_path: Path,
    provided_programs: None,
) -> None:
    need("cosign")
    digest = loopback_registry.add(image_layout({"a": "b"}), "team/app")
    image = f"{loopback_registry.host}/team/app@{digest}"
    build, other = signing_key("build"), signing_key("other")
    loopback_registry.attach("team/app", digest, build.bundle(digest).encode())
    for key, believed in ((build, True), (other, False)):
        words = (f"--key={key.path}", "--insecure-ignore-tlog=true", image)
        done = _run("cosign", "verify", *words, HOME=str(tmp_path / "home"))
        assert (done.returncode == 0) is believed


def test_cosign_believes_what_an_authority_certified(
    image_layout: MakeLayout,
    loopback_registry: MemoryRegistry,
    signing_authority: MakeAuthority,
    tmp_path: Path,
    provided_programs: None,
) -> None:
    need("cosign")
    digest = loopback_registry.add(image_layout({"a": "b"}), "team/app")
    image = f"{loopback_registry.host}/team/app@{digest}"
    ours, strange = signing_authority("ours"), signing_authority("strange")
    ci, issuer = "https://ci.test/build", "https://issuer.test"
    loopback_registry.attach("team/app", digest, ours.bundle(digest, ci, issuer).encode())
    who = (f"--certificate-identity={ci}", f"--certificate-oidc-issuer={issuer}")
    for authority, believed in ((ours, True), (strange, False)):
        words = (*who, f"--trusted-root={authority.trusted_root()}", image)
        done = _run("cosign", "verify", *words, HOME=str(tmp_path / "home"))
        assert (done.returncode == 0) is believed


def test_trivy_reads_the_database(
    image_layout: MakeLayout, vulnerability_database: MakeDatabase, provided_programs: None
) -> None:
    need("trivy")
    layout = image_layout(Image((alpine(("openssl", "3.1.4-r0")),)))
    words = ("--cache-dir", str(vulnerability_database()), "--skip-db-update", "--offline-scan")
    done = _run("trivy", "image", "--input", str(layout), "--format", "json", "--quiet", *words)
    assert "CVE-2099-0001" in done.stdout, done.stderr
