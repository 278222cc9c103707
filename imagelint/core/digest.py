"""Digests of content."""

from __future__ import annotations

try:  # `hashlib` loads OpenSSL, which takes a thirtieth of what a small file takes.
    from _sha2 import sha256  # type: ignore[import-not-found,unused-ignore]
except ImportError:  # before Python 3.12
    from _sha256 import sha256  # type: ignore[import-not-found,unused-ignore,no-redef]

__all__ = ["digest_of", "has_digest", "sha256"]


def has_digest(data: bytes, digest: str) -> bool:
    """Whether some bytes have a digest (`sha256:…`, `sha512:…`)."""
    import hashlib

    algorithm, _, encoded = digest.partition(":")
    known = algorithm in ("sha256", "sha512")
    return known and hashlib.new(algorithm, data).hexdigest() == encoded


def digest_of(*parts: bytes | str) -> str:
    """SHA-256 of some parts, in 64 hexadecimal digits; where a part ends makes a difference."""
    pieces: list[bytes] = []
    for part in parts:
        data = part.encode(errors="surrogatepass") if isinstance(part, str) else part
        pieces += (b"%d:" % len(data), data)
    return str(sha256(b"".join(pieces)).hexdigest())
