"""Shell text as commands: what runs in a RUN, a CMD in shell form, a `sh -c`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.script import Script, ScriptRole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.fact import Fact
    from imagelint.core.source import Span

__all__ = ["Script", "ScriptRole", "read_script"]


def read_script(  # noqa: PLR0913 - the fields of a script
    text: str,
    span: Span,
    role: ScriptRole,
    *,
    shell: str = "sh",
    variables: Mapping[str, Fact[str]] | None = None,  # noqa: ARG001 - skeleton
    mounts: tuple[str, ...] = (),
    final: bool = True,
    workdir: str = "",
    path: str = "",
) -> Script:
    """Read shell text that stands at a span of the same length. Never raises.

    Args:
        text: The shell text.
        span: Where it stands; every span in the result is relative to the same text as this one.
        role: What runs it.
        shell: The base name of the shell (`sh`, `bash`, `powershell` …).
        variables: What is known about variables before the first command: a value, certainly not
            set (absent), or unknown. A name that is not there is unknown.
        mounts: Targets of `RUN --mount` as `type:target`.
        final: Whether the layer is shipped.
        workdir: The working directory, empty when unknown.
        path: The logical path.

    Returns:
        The script with its commands in source order.
    """
    return Script(span, text, role, (), shell, False, mounts, final, workdir, path)
