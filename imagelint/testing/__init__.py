"""Helpers for whoever writes rules: examine texts, and compare what is said with what is expected.

    from imagelint.testing import check_cases, check_examples
    from acme_rules import RULES

    def test_examples():
        check_examples(RULES)

    def test_cases():
        check_cases(RULES, "tests/cases/unapproved-user.md")

A case is a heading and files in fences. `# expect: NAME` stands in a file, on the line above the
place at which the rule of that name must speak; behind the name may stand a severity, a confidence,
and a part of the message in quotes. Where nothing is expected, all rules must be silent:

    ## Root is not approved.

    ```Dockerfile
    FROM alpine:3.20
    # expect: unapproved-user high "not approved"
    USER root
    ```
"""

from __future__ import annotations

from imagelint.testing.cases import Case, read_cases
from imagelint.testing.checking import check_case, check_cases, check_examples
from imagelint.testing.examining import examine_files, findings

__all__ = ["Case", "check_case", "check_cases", "check_examples", "examine_files", "findings"]
__all__ += ["read_cases"]
