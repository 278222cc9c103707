"""What changes the shell that runs it and nothing else: an environment that is activated."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ACTIVATING", "SOURCED"]

ACTIVATING: Mapping[str, tuple[str, ...]] = {
    "conda": ("activate", "deactivate"),
    "mamba": ("activate", "deactivate"),
    "micromamba": ("activate", "deactivate"),
    "nvm": ("use",),
    "pyenv": ("shell",),
    "module": ("load", "use"),
}
"""By program, its subcommands that do no more than that."""
SOURCED = frozenset({"activate", ".bashrc", ".profile", "setvars.sh", "nvm.sh", "conda.sh"})
"""Files that set up an environment for the shell which reads them."""
