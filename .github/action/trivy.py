"""Install Trivy: a release file whose signature is that of its own release workflow.

The signature decides, not where the file comes from: a mirror may be named. Nothing is put where
it could be run before it is verified, and nothing is left when it is not.
https://trivy.dev/docs/latest/getting-started/signature-verification/
"""

from __future__ import annotations

import platform
import shutil
import signal
import subprocess
import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import inputs
from download import Download, DownloadError
from workflow import StepError, only_text, scrubbed, variable

if TYPE_CHECKING:
    from types import FrameType

VERSION = "0.76.0"
_REPOSITORY = "https://github.com/aquasecurity/trivy"
_RELEASES = f"{_REPOSITORY}/releases/download"
_WORKFLOW = f"{_REPOSITORY}/.github/workflows/reusable-release.yaml@refs/tags/v{VERSION}"
_ISSUER = "https://token.actions.githubusercontent.com"
_SYSTEMS = {"Linux": "Linux", "Darwin": "macOS"}
_MACHINES = {"x86_64": "64bit", "aarch64": "ARM64", "arm64": "ARM64"}
_SECONDS = 300.0
_LARGEST_ARCHIVE = 500_000_000
_LARGEST_BUNDLE = 1_000_000
_LARGEST_PROGRAM = 1_000_000_000


class OutOfTime(Exception):  # noqa: N818 - no OSError, which a download would try again for
    """Installing took longer than it may."""


def main() -> int:
    """Put Trivy beside cosign, where only imagelint finds it."""
    programs = Path(variable("PLACE")) / "bin"
    cosign = shutil.which("cosign", path=str(programs))
    if cosign is None:
        raise StepError("cosign is not installed: nothing can verify Trivy")
    signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_REAL, inputs.seconds("timeout", _SECONDS))
    with tempfile.TemporaryDirectory(dir=programs.parent) as folder:
        try:
            program = _verified(Path(folder), cosign)
        except (DownloadError, OutOfTime) as error:
            raise StepError(f"Trivy {VERSION} cannot be installed: {error}") from None
        signal.setitimer(signal.ITIMER_REAL, 0)
        program.chmod(0o755)
        program.replace(programs / "trivy")
    print(f"Trivy {VERSION}, signed by {_WORKFLOW}")
    return 0


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise OutOfTime("it took too long")


def _verified(folder: Path, cosign: str) -> Path:
    """The program, verified, in a folder that goes away."""
    base = inputs.single("trivy-releases") or _RELEASES
    name = f"trivy_{VERSION}_{_system()}.tar.gz"
    archive, bundle = folder / name, folder / f"{name}.sigstore.json"
    for file, most in ((bundle, _LARGEST_BUNDLE), (archive, _LARGEST_ARCHIVE)):
        Download(f"{base.rstrip('/')}/v{VERSION}/{file.name}", most).to(file)
    _verify(cosign, archive, bundle)
    program = _unpacked(archive, folder / "trivy")
    _demand_version(program)
    return program


def _system() -> str:
    system = _SYSTEMS.get(platform.system(), "")
    machine = _MACHINES.get(platform.machine(), "")
    if not system or not machine:
        what = f"{platform.system()} on {platform.machine()}"
        raise StepError(f"there is no Trivy for {what}: put one on PATH, with `tools: path`")
    return f"{system}-{machine}"


def _verify(cosign: str, archive: Path, bundle: Path) -> None:
    command = [cosign, "verify-blob", "--bundle", str(bundle), "--certificate-identity", _WORKFLOW]
    command += ["--certificate-oidc-issuer", _ISSUER, str(archive)]
    done = _run(command, archive.parent)
    if done.returncode:
        with only_text():
            print(done.stderr)
        raise StepError(f"{archive.name} is not signed by {_WORKFLOW}: it is not used")


def _unpacked(archive: Path, program: Path) -> Path:
    """The program out of the archive, and nothing else of it."""
    try:
        with tarfile.open(archive, "r:gz") as opened:
            member = next((each for each in opened if each.name == "trivy"), None)
            if member is None or not member.isreg() or member.size > _LARGEST_PROGRAM:
                raise StepError(f"there is no program in {archive.name}")
            source = opened.extractfile(member)
            if source is not None:
                with source, program.open("xb") as target:
                    shutil.copyfileobj(source, target)
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise StepError(f"{archive.name} cannot be unpacked: {error}") from None
    return program


def _demand_version(program: Path) -> None:
    program.chmod(0o700)
    done = _run([str(program), "--version"], program.parent)
    if f"Version: {VERSION}" not in done.stdout.splitlines():
        raise StepError(f"the Trivy of release {VERSION} does not say that it is {VERSION}")


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program that sees nothing of the job: no token, nothing that changes whom it trusts."""
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=scrubbed(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise StepError(f"{Path(command[0]).name} cannot be run: {error.strerror}") from None
