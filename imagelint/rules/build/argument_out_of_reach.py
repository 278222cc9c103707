"""The rule `argument-out-of-reach`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.stages import last_set_before
from imagelint.knowledge.dockerfile.base_variables import sets_variable
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Stage, Severity.MEDIUM, confidence=Confidence.LIKELY, keywords=("RUN",))
def argument_out_of_reach(stage: Stage, ctx: Context) -> Findings:
    """A RUN uses an argument that the stage does not ask for with an ARG.

    One above the first FROM is seen by FROM alone, and so is what BuildKit knows of the platforms
    (`TARGETARCH`). In a stage that does not say `ARG <name>` itself the
    variable is empty: `curl` fetches another address, `pip install torch==$VERSION` breaks off, and
    an index that pip should use by `PIP_INDEX_URL` is not used, without a word.

    Except:
        What the script sets itself, `${NAME:-default}`, and variables that the base image may have
        set: those which FROM names as well.

    Bad:
        ARG CMAKE_VERSION=3.31.2
        FROM debian:12.8-slim
        RUN make VERSION=$CMAKE_VERSION install

    Good:
        ARG CMAKE_VERSION=3.31.2
        FROM debian:12.8-slim
        ARG CMAKE_VERSION
        RUN make VERSION=$CMAKE_VERSION install
    """
    document = ctx.document
    if not isinstance(document, Dockerfile):
        return
    from imagelint.documents.queries.dockerfiles.globalarguments import (
        from_names,
        told_to_programs,
        used_in_runs,
    )

    named = from_names(document)
    told: set[str] = set()
    for found in (*used_in_runs(document, stage), *told_to_programs(document, stage)):
        if found.name in told or _has_base(stage, found.name, named):
            continue
        if last_set_before(document, stage, found.name, found.span) is not None:
            continue
        told.add(found.name)
        declared = document.arguments.get(found.name)
        yield ctx.finding(
            found,
            f"nothing sets `{found.name}` here: {_SEEN if declared else _ASKED}",
            help="say `ARG <name>` in this stage, before it is used",
            notes=(ctx.note("here it is declared", declared),) if declared else (),
            subject=found.name,
        )


_SEEN = "the ARG above the first FROM is seen by FROM alone"
_ASKED = "BuildKit tells it to the stages alone that ask for it"


def _has_base(stage: Stage, name: str, named: frozenset[str]) -> bool:
    """Whether the image at the bottom sets a variable, or may do so."""
    if stage.env_complete:
        return False
    image = stage.root_image
    known = image.reference if image is not None else None
    sets = sets_variable(known.value, name) if isinstance(known, Known) else None
    return name in named if sets is None else sets
