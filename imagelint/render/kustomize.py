"""Build kustomizations with the program `kustomize`, with `kubectl`, or a library of Python's.

What is built comes from strangers: it runs in a child with limits of time and output, which finds
no `git` and no way to the network. Plugins and charts are off, as they are by default.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from typing import TYPE_CHECKING

from imagelint.collect import environment
from imagelint.collect.process import CompletedProcess, ProcessLimits, ProcessRequest, find, run
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.rendering.rendered import RenderedText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

INSTALL = (
    "install `kustomize` or `kubectl` (https://kubectl.docs.kubernetes.io/installation/kustomize/),"
    " or with Python 3.14 `pip install imagelint[kustomize]`"
)
OLDEST = (4, 5)
"""The release from which kustomize tells where an object comes from (`originAnnotations`)."""
_LIBRARIES = {
    ("Linux", "x86_64"): "linux-amd64/libpykustomize.so",
    ("Linux", "aarch64"): "linux-arm64/libpykustomize.so",
    ("Darwin", "x86_64"): "darwin-amd64/libpykustomize.dylib",
    ("Darwin", "arm64"): "darwin-arm64/libpykustomize.dylib",
}
_VERSION = pattern(r"v?(\d+)\.(\d+)(?:\.\d+)?")
_NOWHERE = "http://127.0.0.1:9"  # discard: nothing answers there
# No program is found, and no host reached: remote bases are refused before, this is for the rest.
_ISOLATED = (
    ("PATH", "/nonexistent"),
    ("HTTP_PROXY", _NOWHERE),
    ("HTTPS_PROXY", _NOWHERE),
    ("NO_PROXY", ""),
    ("GIT_ALLOW_PROTOCOL", "none"),
)
_ANYWHERE = "--load-restrictor=LoadRestrictionsNone"
_SECONDS = 30.0
_SECONDS_EACH = 0.2
_STAGED = "files"
_LARGEST = 64 * 1024 * 1024


class KustomizeEngine(NamedTuple):
    """What builds kustomizations: a program with the words before the folder, or a library."""

    program: str
    words: tuple[str, ...] = ()
    library: str = ""

    def build(
        self,
        folders: Sequence[str],
        texts: Mapping[str, str] | None = None,
        settings: Sequence[Mapping[str, object]] = (),
        reads: Sequence[Iterable[str]] = (),
        *,
        anywhere: bool = False,
    ) -> list[RenderedText | Problem]:
        """What comes of each folder, in order; with `anywhere` of files beside it as well.

        They are absolute, without links; or, with `texts`, relative to where these are put: who is
        built by itself gets those that it `reads`, by name, and without `reads` all. What comes of
        a folder is changed by `settings`, the fields of a kustomization, if there are any for it;
        its components are relative to the folder.
        """
        changed = settings or [{} for _ in folders]
        pairs = zip(folders, changed, strict=True)
        jobs = [_Job(folder, texts, told, anywhere) for folder, told in pairs]
        if not self.library:
            return [self._by_program(job) for job in _alone(jobs, reads)]
        found = self._by_library(jobs)
        if isinstance(found, list):
            return found
        # One of them has ended the process, or takes for ever: the others are built by themselves.
        alone = (self._by_library([job]) for job in _alone(jobs, reads))
        return [one[0] if isinstance(one, list) else one for one in alone]

    def _by_program(self, job: _Job) -> RenderedText | Problem:
        more = (_ANYWHERE,) if job.anywhere else ()
        completed = run(self._request((*self.words, *more, "0"), [job]))
        if isinstance(completed, Problem):
            return completed
        if completed.code:
            return _refused(job.folder, completed.stderr)
        return RenderedText(completed.stdout, job.name(0))

    def _by_library(self, jobs: Sequence[_Job]) -> list[RenderedText | Problem] | Problem:
        child = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kustomize_child.py")
        names = (str(number) for number in range(len(jobs)))
        options = json.dumps({"load_restrictions": 1} if jobs[0].anywhere else {})
        completed = run(self._request(("-I", child, self.library, options, *names), jobs))
        if isinstance(completed, Problem):
            return completed
        found = _answers(completed, jobs)
        if len(found) < len(jobs):
            detail = f"the library of kustomize ended early: {completed.stderr.strip()[-300:]}"
            return Problem(ProblemKind.TOOL_FAILED, jobs[0].folder, detail)
        return found

    def _request(self, words: tuple[str, ...], jobs: Sequence[_Job]) -> ProcessRequest:
        # Each is the only resource of a kustomization which asks for origins: the user's own files
        # stay as they are.
        files = [
            (f"{number}/kustomization.yaml", job.wrapper(number)) for number, job in enumerate(jobs)
        ]
        files += [(f"{_STAGED}/{name}", text) for name, text in (jobs[0].texts or {}).items()]
        links = [
            (job.name(number), job.folder) for number, job in enumerate(jobs) if job.texts is None
        ]
        return ProcessRequest(
            self.program,
            words,
            jobs[0].folder,
            ProcessLimits(_SECONDS + _SECONDS_EACH * len(jobs), stdout=_LARGEST),
            install=INSTALL,
            files=tuple(files),
            links=tuple(links),
            variables=_ISOLATED,
        )


class _Job(NamedTuple):
    """A folder to build: a real one, or one of some texts."""

    folder: str
    texts: Mapping[str, str] | None
    settings: Mapping[str, object] = {}
    anywhere: bool = False

    def name(self, number: int) -> str:
        """What it is called beside the folder in which the engine is started."""
        return f"to{number}" if self.texts is None else f"{_STAGED}/{self.folder}"

    def wrapper(self, number: int) -> str:
        """The kustomization that takes it."""
        name = f"../{self.name(number)}"
        whole = {**self.settings, "resources": [name], "buildMetadata": ["originAnnotations"]}
        components = self.settings.get("components")
        if isinstance(components, tuple):
            whole["components"] = [f"{name}/{one}" for one in components]
        return json.dumps(whole)


def _alone(jobs: Iterable[_Job], reads: Sequence[Iterable[str]]) -> Iterator[_Job]:
    """Each with the texts that it reads: to write all of them for each would be quadratic."""
    for number, job in enumerate(jobs):
        if job.texts is None or not reads:
            yield job
            continue
        own = {name: job.texts[name] for name in reads[number] if name in job.texts}
        yield job._replace(texts=own)


def _answers(completed: CompletedProcess, jobs: Sequence[_Job]) -> list[RenderedText | Problem]:
    found: list[RenderedText | Problem] = []
    for number, line in enumerate(completed.stdout.splitlines()[: len(jobs)]):
        try:
            answer = json.loads(line)
        except ValueError:
            break
        if "text" in answer:
            found.append(RenderedText(str(answer["text"]), jobs[number].name(number)))
        else:
            found.append(_refused(jobs[number].folder, str(answer.get("error", ""))))
    return found


def _refused(folder: str, words: str) -> Problem:
    said = _said(" ".join(words.split()), os.path.realpath(folder))[-_LONGEST:]
    detail = f"kustomize does not build it: {said or 'it does not say why'}"
    return Problem(ProblemKind.UNPARSABLE, folder, detail)


_LONGEST = 600
# The head of a line of its log, which names time and process, and what it says of our own file.
_HEAD = pattern(r'[A-Z]\d{4} [\d:.]+ +\d+ \S+\] "command failed" err=')
_OURS = pattern(
    r"accumulating resources: accumulation err='accumulating resources from '\.\./[^']*': "
    r"'[^']*' must resolve to a file': (?:recursed accumulation of path '[^']*': )?"
)


# It prints values of Go, with places in its memory, which differ in each run.
_POINTER = pattern(r"\b0x[0-9a-f]{6,16}\b")
_STAGED_AT = pattern(r"/[^ '\"]*?/work/files/")


def _said(words: str, folder: str) -> str:
    """What kustomize says of a folder, with the names that its author knows."""
    said = (
        _OURS.sub("", _HEAD.sub("", words)).strip('"<> ').removeprefix("kustomize build failed: ")
    )
    said = _POINTER.sub("…", _STAGED_AT.sub("", said))
    return said.replace(f"{folder}/", "").replace(folder, ".")


def kustomize_engine(origin: str) -> KustomizeEngine | Problem:
    """What is there to build kustomizations with; a problem at an origin where nothing is."""
    library = _library()
    if library:
        return KustomizeEngine(sys.executable, library=library)
    search = environment.variable("PATH")
    old = ""
    for program, asked, words in (
        ("kustomize", ("version",), ("build",)),
        ("kubectl", ("version", "--client", "-o", "json"), ("kustomize",)),
    ):
        found = find(program, search)
        version = _version(found, asked, origin) if found else None
        if version is not None and version >= OLDEST:
            return KustomizeEngine(found, words)
        if version is not None:
            old = f"; `{program}` has kustomize {version[0]}.{version[1]}, too old to name origins"
    detail = f"what the kustomizations make is not examined: nothing here can build them{old}"
    return Problem(ProblemKind.TOOL_MISSING, origin, detail, help=INSTALL)


def _version(program: str, asked: tuple[str, ...], origin: str) -> tuple[int, int] | None:
    """The release of kustomize that a program holds; None where it does not tell."""
    request = ProcessRequest(program, asked, origin, ProcessLimits(_SECONDS), INSTALL)
    completed = run(request)
    if isinstance(completed, Problem):
        return None
    text = completed.stdout
    if "kustomizeVersion" in text:
        text = text[text.index("kustomizeVersion") :]
    elif "clientVersion" in text:
        return (0, 0)  # before it was told apart
    match = _VERSION.search(text)
    return (int(match[1]), int(match[2])) if match else None


def _library() -> str:
    """The shared object of the package `pykustomize`; empty where it is not installed.

    The package itself is not imported: it would bring the object into this process.
    """
    from importlib.util import find_spec

    spec = find_spec("pykustomize")
    name = _LIBRARIES.get((platform.system(), platform.machine()), "")
    for folder in (spec.submodule_search_locations or ()) if spec and name else ():
        path = os.path.abspath(os.path.join(folder, "_lib", name))
        if os.path.isfile(path):
            return path
    return ""
