"""Digests of content."""

from __future__ import annotations


def digest_of(*parts: bytes | str) -> str:
    """SHA-256 of some parts, in 64 hexadecimal digits; where a part ends makes a difference."""
    from hashlib import sha256  # loads OpenSSL: not for a run that remembers nothing

    state = sha256()
    for part in parts:
        data = part.encode(errors="surrogatepass") if isinstance(part, str) else part
        state.update(b"%d:" % len(data))
        state.update(data)
    return state.hexdigest()
