from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.digest import digest_of

PARTS = st.lists(st.binary(max_size=6) | st.text(st.characters(codec=None), max_size=6), max_size=4)


def plain(part: bytes | str) -> bytes:
    return part if isinstance(part, bytes) else part.encode(errors="surrogatepass")


@given(PARTS, PARTS)
def test_equal_digests_mean_equal_parts(
    first: list[bytes | str], second: list[bytes | str]
) -> None:
    same = [plain(part) for part in first] == [plain(part) for part in second]
    assert (digest_of(*first) == digest_of(*second)) is same


def test_where_a_part_ends_makes_a_difference() -> None:
    assert digest_of("ab", "c") != digest_of("a", "bc")
    assert digest_of("a", "") != digest_of("a")
    assert digest_of("1:a") != digest_of("a")


def test_the_digest_is_what_it_says() -> None:
    assert digest_of(b"abc") == digest_of("abc") == sha256(b"3:abc").hexdigest()
