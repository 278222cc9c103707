"""Why we cannot go on. Findings and problems are values; only these are raised.

    ImagelintError
    ├── UsageError      wrong arguments, a path that is not there            exit 2
    └── PolicyError     a policy that cannot be read or is wrong             exit 2

Anything else that reaches the top is a defect of ours, exit 4.
"""

from __future__ import annotations

from imagelint.core.record import NamedTuple


class Diagnostic(NamedTuple):
    """One thing that is wrong with an input of ours: what, where (`file:line:col`), what to do."""

    message: str
    at: str = ""
    help: str = ""


class ImagelintError(Exception):
    """Something that the user has to change before we can go on; all complaints at once."""

    def __init__(self, *complaints: Diagnostic) -> None:
        super().__init__("; ".join(complaint.message for complaint in complaints))
        self.complaints = complaints


class UsageError(ImagelintError):
    """The command line asks for something that cannot be."""


class PolicyError(ImagelintError):
    """A policy cannot be read, or does not say what a policy may say."""
