"""The rule `unpinned-requirement`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.packages.requirements import Requirements
from imagelint.documents.queries.pins import fixed_by_constraints, is_for_others, is_loose
from imagelint.knowledge.gpu_stack import GPU_STACK
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.packages.requirements import Requirement

_SHOWN = 5


@rule(Requirements, Severity.MEDIUM, references=("hadolint DL3013",))
def unpinned_requirement(document: Requirements, ctx: Context) -> Findings:
    """The requirements file leaves versions open.

    Without exact versions every build resolves anew: the image that is tested is not the image
    that is built again for a fix. `pip-compile` and `uv pip compile` write all versions, and the
    hashes, of everything down to the last dependency. One finding speaks for the whole file.

    Except:
        Versions that a constraints file fixes, local paths, `git+…@<commit>`, files for
        development, tests and documentation by their names and folders, constraints files
        themselves, and `requirements.in`, from which the exact versions are worked out.

    Bad (requirements.txt):
        torch>=2.4
        fastapi==0.115.2

    Good (requirements.txt):
        torch==2.8.0
        fastapi==0.115.2
    """
    if document.require_hashes or is_for_others(ctx.source.origin):
        return
    fixed = fixed_by_constraints(document, ctx.project)
    if fixed is None:
        return
    loose = [
        package for package in document.packages if is_loose(package) and package.name not in fixed
    ]
    if not loose:
        return
    # What decides whether the server starts is named first.
    names = list(dict.fromkeys(package.name or package.raw for package in _by_weight(loose)))
    more = len(names) - _SHOWN
    shown = ", ".join(f"`{name}`" for name in names[:_SHOWN])
    yield ctx.finding(
        _by_weight(loose)[0],
        f"{_counted(len(loose), len(document.packages))} no exact version: {shown}"
        + (f" and {more} more" if more > 0 else ""),
        help="write exact versions: `uv pip compile --generate-hashes` or `pip-compile` does it",
        notes=tuple(ctx.note("no exact version", at) for at in _by_weight(loose)[1:_SHOWN]),
        subject=ctx.source.origin,
        references=(),  # hadolint reads commands, and no files
    )


def _counted(loose: int, all_: int) -> str:
    if all_ == 1:
        return "the only requirement has"
    return f"{loose} of {all_} requirements {'has' if loose == 1 else 'have'}"


def _by_weight(packages: list[Requirement]) -> list[Requirement]:
    return sorted(packages, key=lambda package: package.name not in GPU_STACK)
