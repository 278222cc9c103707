"""Throw-away keys, and signatures without any service: cosign with an empty signing config."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from imagelint.testing.registry import BUNDLE

if TYPE_CHECKING:
    from pathlib import Path


class Signing:
    """Keys and signatures in a folder. Keys have no password: they protect nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "home").mkdir(parents=True, exist_ok=True)
        self._config = folder / "signing-config.json"
        self._cosign("signing-config", "create", "--out", str(self._config))

    def key(self, name: str) -> Path:
        """Make a pair of keys and give the public one's path."""
        self._cosign("generate-key-pair", "--output-key-prefix", str(self.folder / name))
        return self.folder / f"{name}.pub"

    def sign(self, reference: str, name: str, *arguments: str) -> None:
        """Sign a digest in a registry, in the present format."""
        config = f"--signing-config={self._config}"
        self._cosign("sign", f"--key={self._private(name)}", config, "--yes", *arguments, reference)

    def imported(self, kind: str) -> Path:
        """Make a pair of keys of a kind, `rsa` or `ed25519`, named after it."""
        private = _private_key(kind)
        path = self.folder / f"{kind}.pem"
        path.write_bytes(private)
        prefix = ("--output-key-prefix", str(self.folder / kind))
        self._cosign("import-key-pair", "--key", str(path), *prefix, "--yes")
        return self.folder / f"{kind}.pub"

    def sign_former(self, reference: str, name: str, *, referring: bool = False) -> None:
        """Sign a digest in a registry, in the format before version 3.

        `referring` lets the signature refer to the image instead of lying under a tag.
        """
        former = ("--tlog-upload=false", "--use-signing-config=false", "--new-bundle-format=false")
        mode = ("--registry-referrers-mode=oci-1-1",) if referring else ()
        key = f"--key={self._private(name)}"
        self._cosign("sign", key, *former, *mode, "--yes", reference)

    def sign_file(self, path: Path, name: str, bundle: Path) -> None:
        """Sign the bytes of a file into a bundle."""
        config = f"--signing-config={self._config}"
        key = f"--key={self._private(name)}"
        self._cosign("sign-blob", key, config, f"--bundle={bundle}", "--yes", str(path))

    def attest(self, reference: str, name: str, kind: str, content: str = "{}") -> None:
        """Attach a signed statement that is not a signature."""
        predicate = self.folder / "predicate.json"
        predicate.write_text(content, encoding="utf-8")
        arguments = (f"--predicate={predicate}", f"--type={kind}", "--yes")
        config = f"--signing-config={self._config}"
        self._cosign("attest", f"--key={self._private(name)}", config, *arguments, reference)

    def empty_trust(self) -> Path:
        """A trusted root that trusts nobody."""
        path = self.folder / "trusted-root.json"
        self._cosign("trusted-root", "create", "--out", str(path))
        return path

    def save(self, reference: str, layout: Path) -> None:
        """Save an image with its signatures as cosign does it."""
        self._cosign("save", reference, "--dir", str(layout))

    def _private(self, name: str) -> Path:
        return self.folder / f"{name}.key"

    def _cosign(self, *arguments: str) -> None:
        home = str(self.folder / "home")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "COSIGN_PASSWORD": "",
            "COSIGN_EXPERIMENTAL": "1",
        }
        run(["cosign", *arguments], environment)


def _private_key(kind: str) -> bytes:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

    made = {
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
    }
    return made[kind]().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def push(layout: Path, tag: str, reference: str) -> None:
    """Copy an image of a layout into a registry on the loopback interface."""
    run(["oras", "cp", "--from-oci-layout", f"{layout}:{tag}", "--to-plain-http", reference])


def attach(reference: str, bundle: str, folder: Path) -> None:
    """Let a Sigstore bundle refer to a digest in a registry; `folder` may be written to."""
    (folder / "bundle.json").write_text(bundle, encoding="utf-8")
    command = ["oras", "attach", "--plain-http", "--artifact-type", BUNDLE, reference]
    run([*command, f"bundle.json:{BUNDLE}"], folder=folder)


def pull(reference: str, layout: Path, tag: str) -> None:
    """Copy an image with everything that refers to it into a layout."""
    target = ["--to-oci-layout", f"{layout}:{tag}"]
    run(["oras", "cp", "-r", "--from-plain-http", reference, *target])


def run(
    command: list[str], environment: dict[str, str] | None = None, folder: Path | None = None
) -> None:
    """Run a command and fail with its words."""
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
