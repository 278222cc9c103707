"""Where a pipeline pushes images, and where it scans them for known holes.

aquasecurity/trivy: `--exit-code` (0 when it is not given) of `trivy image --help`, and `exit-code`
of aquasecurity/trivy-action's action.yaml; anchore/grype: `--fail-on` of `grype --help`, and
`fail-build` (true when it is not given) of anchore/scan-action's action.yml; docker/scout-action:
`exit-code`; docker/build-push-action and docker/bake-action: `push`; Kaniko's `executor`: it pushes
to each `--destination` unless `--no-push` is given. Read in November 2026.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import is_within, outermost
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.startscript import read_mapped_script
from imagelint.documents.shell.read import LONGEST
from imagelint.documents.shell.script import ScriptRole
from imagelint.documents.yaml.nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imagelint.core.source import Span
    from imagelint.documents.runlines.fragments import Fragment
    from imagelint.documents.runlines.pipelines.workflows import Job
    from imagelint.documents.shell.script import Command
    from imagelint.documents.yaml.cursor import Cursor

_PUSHERS = frozenset(("docker", "podman", "nerdctl", "buildah", "crane"))
_PUSH_ACTIONS = ("docker/build-push-action", "docker/bake-action")
# Others that look for holes: whether they fail, their settings elsewhere say.
_LOOKS = pattern(r"scan|trivy|grype|snyk|scout|imagelint|vulnerab|anchore|sysdig|wiz|prisma|clair")
# What a scan says to a service, that may stop the pipeline, or to a file that is read later on.
_ELSEWHERE = frozenset(("--config", "-c", "--output", "-o", "--file", "--format", "-f"))
_BEHIND = pattern(r"[^\n;&|]*\|\|[ \t]*(?:true|:|exit[ \t]+0|echo)\b")
# What runs something that stands in another file.
_CALLS = frozenset(("make", "just", "task", "bash", "sh", "python", "python3", "source"))
_RUNNERS = frozenset(("docker", "podman", "nerdctl"))
# Images of the programs: `docker run aquasec/trivy image …`.
_PROGRAM_IMAGE = pattern(r"(?:^|/)(?:aquasec(?:urity)?/(trivy)|anchore/(grype))(?:[:@]|$)")
# https://github.com/containers/image/blob/main/docs/containers-transports.5.md
_LOCAL = pattern(
    r"(?:docker-archive|docker-daemon|oci|oci-archive|containers-storage|dir|tarball):"
)
_KEPT = "--no-push"
# https://oras.land/docs/commands/oras_cp
_FROM_LAYOUT, _TO_LAYOUT = "--from-oci-layout", "--to-oci-layout"
# Variables that say what the flags do.
_BY_VARIABLE = {"trivy": "TRIVY_EXIT_CODE", "grype": "GRYPE_FAIL_ON_SEVERITY"}


class ImageScan(NamedTuple):
    """A scan of an image: its span, what does it, and whether it fails for what it finds."""

    span: Span
    tool: str
    fails: Fact[bool]
    path: str = ""


class ImagePipeline(NamedTuple):
    """What a pipeline does with the images that it builds.

    `pushes` and `scans` stand in the order of the text. `opaque` tells that parts of it stand in
    other files, which may scan as well, `ordered` that the first of both stand in one job: of two
    jobs the text does not say which is first.
    """

    span: Span
    pushes: tuple[Place, ...]
    scans: tuple[ImageScan, ...]
    opaque: bool
    ordered: bool
    path: str = ""


def image_pipeline(root: Cursor, jobs: Sequence[Job], text: str) -> ImagePipeline | None:
    """What a workflow or a pipeline pushes and scans; None where it does neither.

    `text` is that of the file.
    """
    pushes: list[Place] = []
    scans: list[ImageScan] = []
    opaque = root["include"].exists
    for job in jobs:
        for fragment in job.fragments:
            opaque |= _reads(fragment, text, pushes, scans)
    for _, place in (*root["jobs"].entries(), ("", root["runs"])):
        opaque |= place["uses"].exists
        for step in place["steps"].items():
            opaque |= _uses(step, pushes, scans)
    opaque |= any(place["trigger"].exists for _, place in root.entries())
    if not (pushes or scans):
        return None
    pushes.sort(key=lambda one: one.span)
    scans.sort(key=lambda one: one.span)
    found = tuple(_borne(scans, _tolerant(root), text))
    first = pushes[0].span if pushes else found[0].span
    ordered = bool(pushes and found) and any(
        job.span.start <= min(first, found[0].span).start
        and max(first, found[0].span).end <= job.span.end
        for job in jobs
        if job.span != root.span
    )
    return ImagePipeline(first, tuple(pushes), found, opaque, ordered)


def _tolerant(root: Cursor) -> tuple[Span, ...]:
    """The jobs and steps whose failure stops nothing.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax,
    https://docs.gitlab.com/ci/yaml/#allow_failure
    """
    found: list[Span] = []
    jobs = root["jobs"].entries()
    for _, job in jobs or root.entries():
        key = "continue-on-error" if jobs else "allow_failure"
        if job[key].word() == "true":
            found.append(job.span)
    for place in (*(job for _, job in jobs), root["runs"]):
        steps = place["steps"].items()
        found += (one.span for one in steps if one["continue-on-error"].word() == "true")
    return outermost(found)


def _borne(scans: list[ImageScan], tolerant: tuple[Span, ...], text: str) -> Iterator[ImageScan]:
    """The scans, of which none fails where a failure stops nothing, and some by a variable."""
    for scan in scans:
        fails = scan.fails
        variable = next((name for tool, name in _BY_VARIABLE.items() if tool in scan.tool), "")
        if isinstance(fails, Known) and is_within(scan.span, tolerant):
            fails = Known(value=False)
        elif isinstance(fails, Known) and variable and variable in text:
            fails = UNKNOWN
        yield scan._replace(fails=fails)


def _reads(fragment: Fragment, text: str, pushes: list[Place], scans: list[ImageScan]) -> bool:
    """Add what the commands of a step push and scan; whether some stand in another file."""
    if len(fragment.text.text) > LONGEST:
        return True
    script = read_mapped_script(
        fragment.text,
        ScriptRole.START,
        shell=fragment.shell,
        variables=fragment.variables or {},
        path=fragment.path,
    )
    opaque = False
    for command in (one for one in script.commands if one.words):
        # `./scan.sh`, `. scan.sh`, `!reference [.scan, script]`
        opaque |= command.program in _CALLS or command.words[0].text.startswith(".")
        if _pushes(command):
            pushes.append(Place(command.words[0].span, fragment.path))
        scans += _scan(command, text, fragment.path)
    return opaque or not script.readable


def _pushes(command: Command) -> bool:
    words = [word.text for word in command.arguments]
    if command.program == "skopeo":  # from one registry to another, it was pushed before
        ways = [word for word in words if ":" in word and not word.startswith("-")]
        return "copy" in words and [_LOCAL.match(way) is None for way in ways] == [False, True]
    if command.program == "executor":
        return any(word.startswith("--destination") for word in words) and _KEPT not in words
    if command.program == "oras":  # what it pushes itself are artifacts: SBOMs, weights, charts
        copies = words[:1] in (["cp"], ["copy"])
        return copies and _FROM_LAYOUT in words and _TO_LAYOUT not in words
    if command.program not in _PUSHERS:
        return False
    pushes = "push" in words[:2] and "build" not in words[:2]
    return pushes or ("build" in words[:2] and "--push" in words)


def _scan(command: Command, text: str, path: str) -> Iterator[ImageScan]:
    """The scan that a command is; none for other commands."""
    program, words = _scanner(command)
    fails = _fails(program, words)
    if fails is None:
        return
    end = command.words[-1].span.end
    if _BEHIND.match(text, end, end + 200):
        fails = Known(value=False)
    yield ImageScan(command.words[0].span, program, fails, path)


def _scanner(command: Command) -> tuple[str, list[str]]:
    """The program and its words, also of one that is run in a container."""
    words = [word.text for word in command.arguments]
    if command.program in _RUNNERS and "run" in words[:2]:
        for at, word in enumerate(words):
            image = _PROGRAM_IMAGE.search(word)
            if image is not None:
                return image[1] or image[2], words[at + 1 :]
    return command.program, words


def _fails(program: str, words: list[str]) -> Fact[bool] | None:
    """Whether a scan fails for what it finds; None for what is none."""
    if program == "trivy" and words[:1] in (["image"], ["i"]):
        return _told(words[1:], ("--exit-code",))
    if program == "grype" and words and words[0] not in ("db", "version", "config", "help"):
        return _told(words, ("--fail-on", "-f"))
    if program == "docker" and words[:2] == ["scout", "cves"]:
        return _told(words[2:], ("--exit-code", "-e"))
    fails = (program == "snyk" and words[:1] == ["container"]) or (
        program == "imagelint" and words[:1] in (["scan"], ["gate"])
    )
    return Known(value=True) if fails else None


def _told(words: list[str], flags: tuple[str, ...]) -> Fact[bool]:
    """Whether a flag says that what is found is a failure."""
    words = [word for word in words if word != "--format=table"]
    names = [word.partition("=")[0] for word in words]
    at = next((number for number, name in enumerate(names) if name in flags), -1)
    if at >= 0:
        value = words[at].partition("=")[2] or "".join(words[at + 1 : at + 2])
        return UNKNOWN if "$" in value else Known(value != "0")
    told = {name for name, behind in pairwise((*names, "")) if behind != "table"}
    elsewhere = not _ELSEWHERE.isdisjoint(told) or any(word.startswith("$") for word in words[:-1])
    return UNKNOWN if elsewhere else Known(value=False)


def _uses(step: Cursor, pushes: list[Place], scans: list[ImageScan]) -> bool:
    """Add what the action of a step pushes or scans; whether nobody knows that."""
    uses = step["uses"]
    action = uses.word().partition("@")[0].lower()
    if action in _PUSH_ACTIONS:
        if step.at("with", "push").word() == "true":
            pushes.append(Place(uses.span, uses.path))
        return False
    if not _LOOKS.search(action) or not isinstance(uses.node, Scalar):
        return action.startswith(".")
    fails = _of_action(action, step)
    # A report that is uploaded is judged there.
    if fails is not None and any(
        "sarif" in key + _text(one) for key, one in step["with"].entries()
    ):
        fails = UNKNOWN
    if fails is not None:
        scans.append(ImageScan(uses.span, action, fails, uses.path))
    return False


def _of_action(action: str, step: Cursor) -> Fact[bool] | None:
    """Whether an action fails for what it finds; None where it looks at something else."""
    told = step["with"]
    kind = told["scan-type"].word() or "image"
    if action == "aquasecurity/trivy-action":
        return _by_code(told) if kind == "image" else None
    if action == "docker/scout-action":
        return _by_code(told)
    if action == "anchore/scan-action":
        text = _text(told["fail-build"])
        return UNKNOWN if "$" in text or told["output-file"].exists else Known(text != "false")
    return Known(value=True) if action.startswith("snyk/") else UNKNOWN


def _by_code(told: Cursor) -> Fact[bool]:
    code = _text(told["exit-code"])
    if code not in ("", "0"):
        return UNKNOWN if "$" in code else Known(value=True)
    settings = ("trivy-config", "output", "sarif-file")
    if told["format"].word() not in ("", "table"):
        return UNKNOWN
    return UNKNOWN if any(told[key].exists for key in settings) else Known(value=False)


def _text(place: Cursor) -> str:
    return place.node.text if isinstance(place.node, Scalar) else ""
