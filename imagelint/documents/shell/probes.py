"""Commands that ask: what follows them behind `&&` may well not run."""

from __future__ import annotations

PROBES = frozenset({"[", "[[", "test", "command", "which", "type", "hash", "grep", "egrep"})
