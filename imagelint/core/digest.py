"""Digests of content."""

from __future__ import annotations

try:  # `hashlib` loads OpenSSL, which takes a thirtieth of what a small file takes.
    from _sha2 import sha256  # type: ignore[import-not-found,unused-ignore]
except ImportError:  # before Python 3.12
    from _sha256 import sha256  # type: ignore[import-not-found,unused-ignore,no-redef]

__all__ = ["digest_of", "sha256"]


def digest_of(*parts: bytes | str) -> str:
    """SHA-256 of some parts, in 64 hexadecimal digits; where a part ends makes a difference."""
    state = sha256()
    for part in parts:
        data = part.encode(errors="surrogatepass") if isinstance(part, str) else part
        state.update(b"%d:" % len(data))
        state.update(data)
    return str(state.hexdigest())
