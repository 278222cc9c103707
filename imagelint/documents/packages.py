"""Questions about what a command installs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.installers.model import (
    Option,
    PackageIndex,
    PackageInstall,
    Requirement,
)

if TYPE_CHECKING:
    from imagelint.documents.script import Command

__all__ = ["Option", "PackageIndex", "PackageInstall", "Requirement"]
__all__ += ["caches_removed", "package_installs", "refreshes_index"]


def package_installs(command: Command) -> tuple[PackageInstall, ...]:  # noqa: ARG001 - skeleton
    """What a command installs; empty for a command that installs nothing."""
    return ()


def refreshes_index(command: Command) -> str:  # noqa: ARG001 - skeleton
    """The ecosystem (`deb`, `apk`, `rpm`) whose package index the command fetches, or empty."""
    return ""


def caches_removed(command: Command) -> tuple[str, ...]:  # noqa: ARG001 - skeleton
    """Whose left-overs a command removes.

    Some of `apt-lists` (`rm -rf /var/lib/apt/lists/*`), `apt`, `apk`, `yum`, `dnf`, `microdnf`,
    `zypper`, `pip`, `uv`, `conda`, `npm`, `yarn`, `pnpm`.
    """
    return ()
