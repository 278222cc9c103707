"""Keys that are none, several, or weak: none of them makes an image signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

    from tests.gate.conftest import Yard


def _pem(key: PublicKeyTypes) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, form)


def _other() -> bytes:
    return _pem(ec.generate_private_key(ec.SECP256R1()).public_key())


def _private() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _text(label: str) -> bytes:
    return f"-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n".encode()


FILES: dict[str, Callable[[bytes], bytes]] = {
    "another key": lambda _own: _other(),
    "another key, and the signer's behind it": lambda own: _other() + own,
    "a key of RSA with few bits": lambda _own: _pem(
        rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()  # noqa: S505 - on purpose
    ),
    "a key on another curve": lambda _own: _pem(
        ec.generate_private_key(ec.SECP521R1()).public_key()
    ),
    "a key of Ed25519": lambda _own: _pem(ed25519.Ed25519PrivateKey.generate().public_key()),
    "a private key": lambda _own: _private(),
    "a certificate that is none": lambda _own: _text("CERTIFICATE"),
    "a public key that is none": lambda _own: _text("PUBLIC KEY"),
    "the key under another label": lambda own: own.replace(b"PUBLIC KEY", b"RSA PUBLIC KEY"),
    "the key, cut": lambda own: own[:60],
    "the key in UTF-16": lambda own: own.decode().encode("utf-16"),
    "nothing": lambda _own: b"",
    "blanks": lambda _own: b" \n" * 9,
    "bytes": lambda _own: bytes(range(256)),
    "a megabyte": lambda _own: b"x" * 1_000_000,
}


@pytest.mark.parametrize("what", FILES)
def test_no_file_makes_a_signer(yard: Yard, what: str) -> None:
    reference = yard.signed("keys")
    own = (yard.lab.keys / "build.pub").read_bytes()
    path = yard.folder / "key.pub"
    path.write_bytes(FILES[what](own))
    answer = yard.ours("verify", reference, "--key", str(path), "--no-transparency-log")
    assert answer.code in (1, 2, 3), answer.text
    assert "unsigned-image" not in answer.text


@pytest.mark.parametrize(
    "key",
    [
        *("", " ", "/", "/dev/null", "/dev/zero", "nothing.pub", "file:///etc/passwd", "-"),
        *("http://127.0.0.1:9/key.pub", "env://HOME", "k8s://a/b", "pkcs11:object=x", "sha256:abc"),
        *(
            "--insecure-ignore-tlog",
            "key.pub\nx",
            "$(cat key.pub)",
            "gitlab://1",
            "azurekms://a/b/c",
        ),
    ],
)
def test_no_word_makes_a_signer(yard: Yard, key: str) -> None:
    reference = yard.signed("keys")
    answer = yard.ours("verify", reference, "--key", key, "--no-transparency-log")
    assert answer.code in (1, 2, 3), answer.text
    assert "is not signed" not in answer.text
