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
    from collections.abc import Sequence

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
_SECONDS = 30.0
_LARGEST = 64 * 1024 * 1024


class KustomizeEngine(NamedTuple):
    """What builds kustomizations: a program with the words before the folder, or a library."""

    program: str
    words: tuple[str, ...] = ()
    library: str = ""

    def build(self, folders: Sequence[str]) -> list[RenderedText | Problem]:
        """What comes of each folder, in order. The folders are absolute, without links."""
        if not self.library:
            return [self._by_program(folder) for folder in folders]
        found = self._by_library(folders)
        if isinstance(found, list):
            return found
        # One of them has ended the process, or takes for ever: the others are built by themselves.
        alone = (self._by_library([folder]) for folder in folders)
        return [one[0] if isinstance(one, list) else one for one in alone]

    def _by_program(self, folder: str) -> RenderedText | Problem:
        request = self._request((*self.words, "0"), [folder])
        completed = run(request)
        if isinstance(completed, Problem):
            return completed
        if completed.code:
            return _refused(folder, completed.stderr)
        return RenderedText(completed.stdout, _link(0))

    def _by_library(self, folders: Sequence[str]) -> list[RenderedText | Problem] | Problem:
        child = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kustomize_child.py")
        names = (str(number) for number in range(len(folders)))
        completed = run(self._request(("-I", child, self.library, *names), folders))
        if isinstance(completed, Problem):
            return completed
        found = _answers(completed, folders)
        if len(found) < len(folders):
            detail = f"the library of kustomize ended early: {completed.stderr.strip()[-300:]}"
            return Problem(ProblemKind.TOOL_FAILED, folders[0], detail)
        return found

    def _request(self, words: tuple[str, ...], folders: Sequence[str]) -> ProcessRequest:
        # Each is the only resource of a kustomization which asks for origins: the user's own files
        # stay as they are.
        texts = tuple(
            (f"{number}/kustomization.yaml", _wrapper(number)) for number in range(len(folders))
        )
        return ProcessRequest(
            self.program,
            words,
            folders[0],
            ProcessLimits(_SECONDS, stdout=_LARGEST),
            install=INSTALL,
            files=texts,
            links=tuple((_link(number), folder) for number, folder in enumerate(folders)),
            variables=_ISOLATED,
        )


def _wrapper(number: int) -> str:
    return f"resources: [../{_link(number)}]\nbuildMetadata: [originAnnotations]\n"


def _link(number: int) -> str:
    return f"to{number}"


def _answers(completed: CompletedProcess, folders: Sequence[str]) -> list[RenderedText | Problem]:
    found: list[RenderedText | Problem] = []
    for number, line in enumerate(completed.stdout.splitlines()[: len(folders)]):
        try:
            answer = json.loads(line)
        except ValueError:
            break
        if "text" in answer:
            found.append(RenderedText(str(answer["text"]), _link(number)))
        else:
            found.append(_refused(folders[number], str(answer.get("error", ""))))
    return found


def _refused(folder: str, words: str) -> Problem:
    said = _said(" ".join(words.split()), os.path.realpath(folder))[-_LONGEST:]
    detail = f"kustomize does not build it: {said or 'it does not say why'}"
    return Problem(ProblemKind.UNPARSABLE, folder, detail)


_LONGEST = 600
# The head of a line of its log, which names time and process, and what it says of our own file.
_HEAD = pattern(r'[A-Z]\d{4} [\d:.]+ +\d+ \S+\] "command failed" err=')
_OURS = pattern(
    r"accumulating resources: accumulation err='accumulating resources from '\.\./to\d+': "
    r"'[^']*' must resolve to a file': (?:recursed accumulation of path '[^']*': )?"
)


def _said(words: str, folder: str) -> str:
    """What kustomize says of a folder, with the names that its author knows."""
    said = (
        _OURS.sub("", _HEAD.sub("", words)).strip('"<> ').removeprefix("kustomize build failed: ")
    )
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
