"""Make the folders of this use of the action, and say what its caches are called.

A use has a folder of its own; all uses in a job share what can be downloaded once. Keys hold all
that the content depends on: what is kept is never changed, and a stale one is never asked for.
"""

from __future__ import annotations

import hashlib
import platform
import sys
import tempfile
import time
from pathlib import Path

import inputs
from workflow import StepError, output, temporary

_LOCK = Path(__file__).with_name("requirements.txt")
_DIGITS = 16


def main() -> int:
    """Everything that later steps need to know."""
    if platform.system() not in ("Linux", "Darwin"):
        raise StepError(f"imagelint runs on Linux and macOS, not on {platform.system()}")
    inputs.arguments()  # wrong ones are told before anything is downloaded
    system = f"{platform.system()}-{platform.machine()}"
    shared = temporary() / "imagelint-shared"
    packages = shared / "packages"
    place = Path(tempfile.mkdtemp(prefix="imagelint-", dir=temporary()))
    (place / "bin").mkdir()
    output("place", str(place))
    output("programs", str(place / "bin"))
    output("packages", str(packages))
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    output("packages-key", f"imagelint-packages-{system}-{python}-{_digest(_LOCK.read_bytes())}")
    asked = inputs.flag("comment") or inputs.flag("fix-suggestions") or inputs.single("sbom")
    output("publish", "true" if asked else "false")
    output("install-tools", "true" if _installs_tools() else "false")
    if inputs.keeps_database():
        source = _digest("\n".join(inputs.lines("db-repository")).encode())
        today = time.strftime("%Y-%m-%d", time.gmtime())
        output("database", str(shared / f"trivy-{source}"))
        output("database-key", f"imagelint-database-{today}-{source}")
    return 0


def _installs_tools() -> bool:
    choice = inputs.single("tools") or "install"
    if choice not in ("install", "path"):
        raise StepError(f"input tools: install or path is expected, not {choice!r}")
    return choice == "install" and bool(inputs.lines("image"))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:_DIGITS]
