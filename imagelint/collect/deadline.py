"""How long a whole run may take: what is left of it bounds every step."""

from __future__ import annotations

import time

from imagelint.core.report import Problem, ProblemKind


class Deadline:
    """The end of a run, some seconds from now; without seconds there is none."""

    __slots__ = ("_end", "seconds")

    def __init__(self, seconds: float = 0) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds if seconds else None

    def left(self, most: float) -> float:
        """The seconds that a step may take which alone could take `most`; at least 0."""
        return most if self._end is None else max(0.0, min(most, self._end - time.monotonic()))

    @property
    def passed(self) -> bool:
        """Whether nothing is left."""
        return self._end is not None and self._end <= time.monotonic()

    def problem(self, origin: str, what: str) -> Problem:
        """The problem that there was no time for something."""
        detail = f"the {self.seconds:g} seconds of this run are over: {what}"
        return Problem(ProblemKind.TIMED_OUT, origin, detail, help="give it more with `--timeout`")


NEVER = Deadline()
"""Every step may take what it takes."""
