"""Workflows of GitHub, composite actions and pipelines of GitLab: the shell text of their steps.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax and
https://docs.gitlab.com/ci/yaml/
"""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.compose.interpolation import with_gaps
from imagelint.documents.runlines.bakes import BakeLine
from imagelint.documents.runlines.builds import BuildLine, argument, given_context
from imagelint.documents.runlines.fragments import Fragment
from imagelint.documents.runlines.values import Value
from imagelint.documents.runtime.field import Place
from imagelint.documents.shared import ImageRole, ImageUse, image_use
from imagelint.documents.shell.shells import POSIX_SHELLS
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence
from imagelint.documents.yaml.text import map_scalar

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, MutableMapping

    from imagelint.core.source import Span
    from imagelint.documents.mapped import MappedText
    from imagelint.documents.yaml.cursor import Cursor

    Variables = MutableMapping[str, Fact[str]]

# Braces may stand in its strings: `format('-e TOKEN={0}', secrets.TOKEN)`.
_EXPRESSION = pattern(r"\$\{\{(?:[^{}']|'(?:[^'$]|\$(?!\{\{))*')*\}\}")
_NO_WORD = pattern(r"\W+")
_IMAGE_SCHEME = "docker://"
_BUILD_ACTION = "docker/build-push-action"
_BAKE_ACTION = "docker/bake-action"
_COMMA = pattern(r"[^,\s](?:[^,\n]*[^,\s])?")
_LINE = pattern(r"[^\s](?:[^\n]*[^\s])?")
_SCRIPTS = ("before_script", "script", "after_script")
_KEPT_BY_GITHUB = "keep it as a secret of the repository: `${{{{ secrets.{name} }}}}`"
_KEPT_BY_GITLAB = "keep it as a masked variable of the project: `${name}`"


class Job(NamedTuple):
    """What one machine does: the shell text of its steps, in source order.

    `span` is where all of it stands, `handing` how a pipeline of its kind hands over a secret.
    """

    span: Span
    fragments: tuple[Fragment, ...]
    handing: str


def jobs(root: Cursor) -> Iterator[Job]:
    """The jobs of a workflow or a pipeline, in source order; an action is one."""
    if root["jobs"].exists or root["runs"].exists:
        yield from _of_github(root)
    else:
        yield from _of_gitlab(root)


def _of_github(root: Cursor) -> Iterator[Job]:
    known = _variables(root["env"], {})
    for _, job in root["jobs"].entries():
        yield _of_steps(job, _variables(job["env"], known))
    if root["runs"].exists:
        yield _of_steps(root["runs"], known)


def _of_steps(job: Cursor, around: Variables) -> Job:
    found = (one for step in job["steps"].items() for one in _step(step, around))
    return Job(job.span, tuple(found), _KEPT_BY_GITHUB)


def _step(step: Cursor, around: Variables) -> Iterator[Fragment]:
    place, variables = step["run"], _variables(step["env"], around)
    shell = (step["shell"].word() or "bash").split()[0]
    if isinstance(place.node, Scalar) and shell in POSIX_SHELLS:
        mapped = without_expressions(map_scalar(place.node), variables)
        yield Fragment(mapped, shell, variables, place.path)


def images(root: Cursor) -> Iterator[ImageUse]:
    """The images that jobs, their services and steps run in."""
    if root["jobs"].exists or root["runs"].exists:
        known = _variables(root["env"], {})
        for place in _images_of_github(root):
            yield from _image(place, known)
        return
    known = _variables(root["variables"], {})
    for _, job in (("", root), *root.entries()):
        if isinstance(job.node, Mapping):
            variables = known if job is root else _variables(job["variables"], known)
            for place in (job["image"], *job["services"].items()):
                named = place["name"] if isinstance(place.node, Mapping) else place
                yield from _image(named, variables)


def _images_of_github(root: Cursor) -> Iterator[Cursor]:
    jobs = tuple(job for _, job in root["jobs"].entries())
    for job in jobs:
        container = job["container"]
        yield container["image"] if isinstance(container.node, Mapping) else container
        yield from (service["image"] for _, service in job["services"].entries())
    for steps in (*(job["steps"] for job in jobs), root.at("runs", "steps")):
        yield from (step["uses"] for step in steps.items() if _is_image(step["uses"]))
    if _is_image(root.at("runs", "image")):
        yield root.at("runs", "image")


def _is_image(place: Cursor) -> bool:
    return isinstance(place.node, Scalar) and place.node.text.startswith(_IMAGE_SCHEME)


def _image(place: Cursor, variables: Variables) -> Iterator[ImageUse]:
    node = place.node
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.value:
        return
    written = map_scalar(node)
    skipped = len(_IMAGE_SCHEME) if _is_image(place) else 0
    text = without_expressions(written, variables).text[skipped:]
    known = {name: fact.value for name, fact in variables.items() if isinstance(fact, Known)}
    span = written.place(skipped, len(written.text))
    yield image_use(Place(span, place.path), ImageRole.COMPOSE, text, with_gaps(text, known))


def action_builds(root: Cursor) -> Iterator[BuildLine]:
    """The images that steps build by Docker's own action, and the one that an action runs in.

    https://github.com/docker/build-push-action#inputs,
    https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#runsimage
    """
    yield from (_built(told) for told in _inputs_of(root, _BUILD_ACTION))
    own = root.at("runs", "image")
    if isinstance(own.node, Scalar) and not _is_image(own):
        yield BuildLine(own.span, (), ".", _path(own, ""), "", ())


def action_bakes(root: Cursor) -> Iterator[BakeLine]:
    """The targets of bake files that steps build with other settings by Docker's own action.

    https://github.com/docker/bake-action#inputs
    """
    for told in _inputs_of(root, _BAKE_ACTION):
        settings = _values(told["set"], _LINE)
        if settings:
            yield BakeLine(told.key_span, _values(told["files"], _COMMA), settings)


def _inputs_of(root: Cursor, action: str) -> Iterator[Cursor]:
    """The inputs of all steps that use an action."""
    jobs = (job["steps"] for _, job in root["jobs"].entries())
    for steps in (*jobs, root.at("runs", "steps")):
        for step in steps.items():
            if step["uses"].word().partition("@")[0].lower() == action:
                yield step["with"]


def _built(told: Cursor) -> BuildLine:
    contexts = _values(told["build-contexts"], _LINE)
    return BuildLine(
        span=told.key_span,
        names=_values(told["tags"], _COMMA),
        context=_path(told["context"], "."),
        dockerfile=_path(told["file"], ""),
        target=_path(told["target"], ""),
        arguments=tuple(map(argument, _values(told["build-args"], _LINE))),
        contexts=tuple(map(given_context, contexts)),
        target_span=told["target"].span if told["target"].word() else None,
        placed=True,
    )


def _path(place: Cursor, otherwise: str) -> str | None:
    """What is said of a path; None where an expression takes part."""
    if not place.exists or place.null:
        return otherwise
    word = place.word()
    return word if word and "${{" not in word else None


def _values(place: Cursor, entries: re.Pattern[str]) -> tuple[Value, ...]:
    """The entries of a list that is written as one text."""
    node = place.node
    if not isinstance(node, Scalar) or node.value is None:
        return ()
    mapped = map_scalar(node)
    found: list[Value] = []
    for match in entries.finditer(mapped.text):
        filled = _EXPRESSION.sub(_as_variable, match[0])
        text = filled if filled != match[0] else match[0].replace("$", "$$")
        found.append(Value(mapped.place(*match.span()), text, match[0]))
    return tuple(found)


def _as_variable(match: re.Match[str]) -> str:
    return f"${{{_NO_WORD.sub('_', match[0])}}}"


def _of_gitlab(root: Cursor) -> Iterator[Job]:
    known = _variables(root["variables"], {})
    yield _of_lines(root, known)  # what stands beside the jobs runs in each of them
    for _, job in root.entries():
        if isinstance(job.node, Mapping):
            yield _of_lines(job, _variables(job["variables"], known))


def _of_lines(job: Cursor, variables: Variables) -> Job:
    lines = (line for name in _SCRIPTS for line in _lines(job[name], 0))
    found = (
        Fragment(map_scalar(line.node), "bash", variables, line.path)
        for line in lines
        if isinstance(line.node, Scalar) and line.node.value is not None
    )
    return Job(job.span, tuple(found), _KEPT_BY_GITLAB)


def _lines(place: Cursor, depth: int) -> Iterator[Cursor]:
    """The lines of a script, which may be lists within lists: anchors make them so."""
    if not isinstance(place.node, Sequence):
        yield place
        return
    for item in place.items() if depth < 10 else ():  # noqa: PLR2004 - as deep as GitLab goes
        yield from _lines(item, depth + 1)


def _variables(place: Cursor, around: Variables) -> Variables:
    """The variables of a step with those around it."""
    entries = place.entries()
    if not entries:
        return around
    found: dict[str, Fact[str]] = {}
    for name, entry in entries:
        node = entry["value"].node if isinstance(entry.node, Mapping) else entry.node
        found[name] = UNKNOWN
        if isinstance(node, Scalar) and node.value is not None and "$" not in node.text:
            found[name] = Known(node.text)
    return ChainMap(found, around)


def without_expressions(mapped: MappedText, variables: Variables) -> MappedText:
    """The text with what each `${{ … }}` comes to, which is filled in before.

    Of what is not known a variable is left, whose name may tell what it is.
    """
    found = _EXPRESSION.finditer(mapped.text)
    return mapped.replaced((*match.span(), _filled(match, variables)) for match in found)


def _filled(match: re.Match[str], variables: Variables) -> str:
    name = match[0][3:-2].strip()
    fact = variables.get(name.removeprefix("env.")) if name.startswith("env.") else UNKNOWN
    return fact.value if isinstance(fact, Known) else _as_variable(match)
