from __future__ import annotations

from imagelint.core.errors import Diagnostic
from imagelint.core.source import Source
from imagelint.policy.check import complaints
from imagelint.policy.text import read_text


def test_of_thousands_of_complaints_the_first_are_told() -> None:
    rules = "".join(f"  rot-user-{number}: high\n" for number in range(300))
    found = complaints(read_text(Source("p.yaml", f"rules:\n{rules}")))
    assert len(found) == 101
    assert found[0].message == "no rule is named `rot-user-0`"
    assert found[-1] == Diagnostic("there may be more: these are the first 100", found[-2].at)
