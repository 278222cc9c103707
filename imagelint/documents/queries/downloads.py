"""Questions about what a script fetches from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import covering
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.packages.options import ParsedOptions, bare_text, sort_words
from imagelint.documents.packages.python import is_python
from imagelint.documents.queries.downloadvalues import (
    ARIA_VALUES,
    CURL_VALUES,
    GIT_VALUES,
    HUB_VALUES,
    RPM_VALUES,
    WGET_VALUES,
)
from imagelint.documents.remembered import remembered, remembered_briefly
from imagelint.documents.shell.inner import STANDARD_INPUT, script_word, takes_input
from imagelint.documents.shell.shells import POSIX_SHELLS
from imagelint.knowledge.recognition import pull_length, pulling_programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from imagelint.core.source import Span
    from imagelint.documents.packages.installs import Requirement
    from imagelint.documents.shell.script import Command, Script, Word


class Download(NamedTuple):
    """One thing that a command fetches.

    `kind` is `file` (curl, wget, aria2c, packages by their addresses), `git` (a clone) or `model`
    (`hf download`, `ollama pull`, `snapshot_download(…)`). `url` is what is fetched: a URL, a
    repository, a model's name. `output` is the file or folder it is written to, `-` for standard
    output, empty when the tool chooses.
    `revision` is the commit, tag or branch that is asked for, absent when none is. `hub` is the
    name of the hub that a model comes from, empty for anything else.
    `checked` is true when the tool itself compares a checksum (`aria2c --checksum=…`).
    """

    span: Span
    command: Command
    kind: str
    url: Fact[str]
    output: str = ""
    revision: Fact[str] = ABSENT
    checked: bool = False
    hub: str = ""


_FETCHING_CODE = pattern(
    r"\b(?:snapshot_download|hf_hub_download|from_pretrained)\(([^()]{0,400})\)"
)
_MODEL = pattern(r"^\s*(?:(?:repo_id|pretrained_model_name_or_path)\s*=\s*)?['\"]([^'\"]+)['\"]")
_REVISION = pattern(r"\brevision\s*=\s*(?:['\"]([^'\"]*)['\"]|(\S))")
_FOLDER = pattern(r"\b(?:local_dir|cache_dir)\s*=\s*['\"]([^'\"]*)['\"]")
_SUBSTITUTION = pattern(r"\"?(?:\$\(|`|<\()")
_INTERPRETERS = pattern(
    r"(?:python|perl|ruby|node|php|fish|pwsh|powershell|nu|t?csh|ksh|mksh|bash|lua|bun|deno)[\d.]*"
)
_SOURCING = frozenset({"source", "."})
CHECKSUMS = frozenset(
    f"{name}sum" for name in ("sha", "sha1", "sha224", "sha256", "sha384", "sha512")
) | {"md5sum", "b2sum", "b3sum"}
_VERIFIERS = frozenset(
    {"gpg", "gpg2", "gpgv", "cosign", "openssl", "minisign", "signify", "slsa-verifier", "rhash"}
)


@remembered
def downloads(command: Command) -> tuple[Download, ...]:
    """What a command fetches; empty for a command that fetches nothing."""
    reader = _READERS.get(command.program)
    if reader is not None:
        return reader(command)
    if is_python(command.program):
        return _code(command)
    return _pull(command) or _packages(command)


@remembered_briefly
def pipes_into_shell(script: Script) -> tuple[tuple[Command, Command], ...]:
    """Pairs of a command that downloads and the interpreter that certainly runs its output.

    `curl … | bash`, `bash <(curl …)`, `sh -c "$(curl …)"`, `eval "$(curl …)"`.
    """
    commands = script.commands
    # A loop over all commands of all scripts, of which few fetch anything: no generator for each.
    fetching = [number for number, command in enumerate(commands) if _prints(downloads(command))]
    if not fetching:
        return ()
    runners = [number for number, command in enumerate(commands) if _interprets(command)]
    pairs = {*_piped(commands, fetching, runners), *_substituted(commands, fetching, runners)}
    return tuple((commands[fetch], commands[runner]) for fetch, runner in sorted(pairs))


def _prints(fetched: tuple[Download, ...]) -> bool:
    """Whether a file goes to standard output."""
    return bool(fetched) and any(one.kind == "file" and one.output == "-" for one in fetched)


def verified(script: Script, after: Command | None = None) -> bool:
    """Whether a checksum or signature is verified in the script, behind a command if given."""
    return last_verification(script) > (after.span.start if after else -1)


@remembered_briefly
def last_verification(script: Script) -> int:
    """Where the last command begins that verifies a checksum or signature; -1 without one."""
    return max((one.span.start for one in script.commands if _verifies(one)), default=-1)


def _file(
    command: Command, found: ParsedOptions, urls: tuple[Word, ...], output: str
) -> list[Download]:
    checked = any(option.name == "--checksum" for option in found.options)
    return [
        Download(word.span, command, "file", word.value, output, checked=checked)
        for word in urls
        if bare_text(word)
    ]


def _curl(command: Command) -> tuple[Download, ...]:
    found = sort_words(command.arguments, CURL_VALUES)
    names = found.values("-o", "--output")
    output = names[-1].text if names else "-"
    if found.has("-O", "--remote-name", "--remote-name-all", "-J"):
        output = names[-1].text if names else ""
    if output == "-":
        output = _redirected(command)
    urls = (*found.operands, *found.values("--url"))
    return tuple(_file(command, found, urls, output))


def _wget(command: Command) -> tuple[Download, ...]:
    found = sort_words(command.arguments, WGET_VALUES)
    names = found.values("-O", "--output-document")
    output = names[-1].text if names else ""
    if output in ("-", "/dev/stdout"):
        output = _redirected(command)
    return tuple(_file(command, found, found.operands, output))


def _aria(command: Command) -> tuple[Download, ...]:
    found = sort_words(command.arguments, ARIA_VALUES)
    names = found.values("-o", "--out")
    output = names[-1].text if names else ""
    return tuple(_file(command, found, found.operands, output))


def _rpm(command: Command) -> tuple[Download, ...]:
    """`rpm -i URL`: what it does with packages whose signature it does not know is to warn."""
    found = sort_words(command.arguments, RPM_VALUES)
    installs = found.has("-i", "--install", "-U", "--upgrade", "-F", "--freshen")
    if not installs or found.has("-q", "--query", "--import"):
        return ()
    urls = tuple(word for word in found.operands if "://" in word.text)
    return tuple(_file(command, found, urls, ""))


def _packages(command: Command) -> tuple[Download, ...]:
    """`dnf install URL`, where the manager checks signatures only of what its index holds."""
    return tuple(
        Download(package.span, command, "file", _address(package))
        for install in package_installs(command)
        if not install.manager.checks_files
        for package in install.packages
        if package.url
    )


def _address(package: Requirement) -> Fact[str]:
    return Known(package.url) if isinstance(package.pinned, Known) else UNKNOWN


def _redirected(command: Command) -> str:
    """The file that standard output goes to, else `-`."""
    for redirect in command.redirects:
        if redirect.operator in (">", ">>", "1>", "1>>", ">|", "&>") and redirect.target:
            return redirect.target.text
    return "-"


def _clone(command: Command) -> tuple[Download, ...]:
    # Images of git alone are given the verb as their first argument.
    words = command.words if command.program == _CLONE else command.arguments
    found = sort_words(words, GIT_VALUES)
    operands = found.operands[1:] if _verb(found) == "lfs" else found.operands
    if len(operands) < 2 or operands[0].text != _CLONE:  # noqa: PLR2004 - and an address
        return ()
    wanted = found.values("--revision", "-b", "--branch")
    output = operands[2].text if len(operands) > 2 else ""  # noqa: PLR2004
    revision = wanted[0].value if wanted else ABSENT if found.complete else UNKNOWN
    from imagelint.knowledge.serving.hubs import hub_of_address

    hub = hub_of_address(operands[1].text)
    name = hub.name if hub is not None and "/datasets/" not in operands[1].text else ""
    url = operands[1].value
    return (Download(command.span, command, "git", url, output, revision, hub=name),)


def _verb(found: ParsedOptions) -> str:
    return found.operands[0].text if found.operands else ""


def _hub(command: Command) -> tuple[Download, ...]:
    found = sort_words(command.arguments, HUB_VALUES)
    if _verb(found) != "download":
        return ()
    named = (*found.values("--model"), *found.operands[1:])
    if not named:
        return ()
    wanted = found.values("--revision")
    folder = found.values("--local-dir", "--cache-dir", "--local_dir", "--cache_dir")
    revision = wanted[0].value if wanted else ABSENT if found.complete else UNKNOWN
    output = folder[0].text if folder else ""
    kind = found.values("--repo-type", "--dataset")
    hub = _HUBS[command.program] if not kind or kind[0].text == "model" else ""
    return (Download(command.span, command, "model", named[0].value, output, revision, hub=hub),)


def _pull(command: Command) -> tuple[Download, ...]:
    """What the own command of an engine pulls: a model, `@` before its digest."""
    if command.program not in pulling_programs():
        return ()
    words = [word for word in command.arguments if not word.text.startswith("-")]
    verb = pull_length((command.program, *(word.text for word in words)))
    if not verb or len(words) < verb:
        return ()
    model = words[verb - 1]
    revision: Fact[str] = ABSENT
    if not isinstance(model.value, Known):
        revision = UNKNOWN
    elif "@" in model.text:
        revision = Known(model.text.partition("@")[2])
    return (Download(command.span, command, "model", model.value, "", revision),)


def _code(command: Command) -> tuple[Download, ...]:
    """Literal calls of the hub's download functions in `python -c '…'` and `python <<EOF`."""
    words = [word for word in command.arguments[:2] if "(" in word.raw]
    words += [redirect.target for redirect in command.redirects if redirect.target]
    found: list[Download] = []
    for word in words:
        for match in _FETCHING_CODE.finditer(word.text):
            model = _MODEL.match(match[1])
            url: Fact[str] = Known(model[1]) if model else UNKNOWN
            revision = _code_revision(match[1])
            if model and not model[1].startswith((".", "/")):
                hub = _OTHER_HUB if _OTHER_HUB in word.text else _USUAL_HUB
                output = _code_folder(match[1])
                found.append(Download(word.span, command, "model", url, output, revision, hub=hub))
    return tuple(found)


def _code_folder(arguments: str) -> str:
    match = _FOLDER.search(arguments)
    return match[1] if match is not None else ""


def _code_revision(arguments: str) -> Fact[str]:
    match = _REVISION.search(arguments)
    if match is None:
        return UNKNOWN if "**" in arguments else ABSENT
    return Known(match[1]) if match[1] is not None else UNKNOWN


_CLONE = "clone"
_USUAL_HUB, _OTHER_HUB = "huggingface", "modelscope"
_HUBS = {"hf": _USUAL_HUB, "huggingface-cli": _USUAL_HUB, "modelscope": _OTHER_HUB}
_READERS: Mapping[str, Callable[[Command], tuple[Download, ...]]] = {
    "curl": _curl,
    "wget": _wget,
    "aria2c": _aria,
    "git": _clone,
    "clone": _clone,
    "rpm": _rpm,
    "huggingface-cli": _hub,
    "hf": _hub,
    "modelscope": _hub,
}

FILE_DOWNLOADERS = frozenset(("curl", "wget", "aria2c", "rpm")) | PACKAGE_PROGRAMS
"""The programs by which a command may fetch what is of the kind `file`."""
HUB_DOWNLOADERS = frozenset((*_HUBS, "git", _CLONE, "python", "pypy"))
"""The programs by which a command may fetch a model from a hub."""
DOWNLOADERS = FILE_DOWNLOADERS | HUB_DOWNLOADERS | pulling_programs()
"""The programs by which a command may fetch anything."""


def _piped(
    commands: Sequence[Command], fetching: Iterable[int], runners: Iterable[int]
) -> Iterator[tuple[int, int]]:
    """Downloads with the interpreters further down the same pipeline, as numbers of commands."""
    by_pipe: dict[int, list[int]] = {}
    for runner in runners:
        if _runs_input(commands[runner]):
            by_pipe.setdefault(commands[runner].pipe, []).append(runner)
    for fetch in fetching:
        for runner in by_pipe.get(commands[fetch].pipe, ()):
            if commands[runner].stage > commands[fetch].stage:
                yield fetch, runner


def _substituted(
    commands: Sequence[Command], fetching: Sequence[int], runners: Iterable[int]
) -> Iterator[tuple[int, int]]:
    """Downloads with the interpreters that run a word which is nothing but their output."""
    holders = [
        (word.span, runner)
        for runner in runners
        for word in _run_words(commands[runner])
        if _SUBSTITUTION.match(word.raw) is not None
    ]
    spans = [span for span, _ in holders]
    held = covering(spans, [commands[fetch].span for fetch in fetching])
    for fetch, holding in zip(fetching, held, strict=True):
        for _, runner in (holders[number] for number in holding):
            if commands[runner].pipe != commands[fetch].pipe:
                yield fetch, runner


def _interprets(command: Command) -> bool:
    program = command.program
    return (
        program in POSIX_SHELLS
        or program in _SOURCING
        or program == "eval"
        or _INTERPRETERS.fullmatch(program) is not None
    )


def _runs_input(command: Command) -> bool:
    redirects = (one for one in command.redirects if one.operator.startswith("<"))
    if any(one.target is None or one.target.text not in STANDARD_INPUT for one in redirects):
        return False
    if command.program in POSIX_SHELLS:
        return takes_input(command)
    first = command.words[1].text if len(command.words) > 1 else "-"
    if command.program in _SOURCING:
        return first in STANDARD_INPUT[1:]
    return first in STANDARD_INPUT and command.program != "eval"


def _run_words(command: Command) -> tuple[Word, ...]:
    """The words whose text, or whose file, an interpreter runs."""
    if command.program in POSIX_SHELLS or command.program == "eval":
        index = script_word(command)
        if index is not None:
            return (command.words[index],)
    redirected = tuple(
        redirect.target
        for redirect in command.redirects
        if redirect.target and redirect.operator in ("<", "<<<")
    )
    first = tuple(word for word in command.arguments if not word.text.startswith("-"))[:1]
    return first if command.program == "eval" else (*_files(first), *redirected)


def _files(words: tuple[Word, ...]) -> tuple[Word, ...]:
    return tuple(word for word in words if word.raw.startswith("<("))


def _verifies(command: Command) -> bool:
    program = command.program
    if program in CHECKSUMS:
        return command.has_flag("-c", "--check", "--status") or command.stage > 0
    if program not in _VERIFIERS:
        return [word.text for word in command.words[1:3]] == ["attestation", "verify"]
    texts = [word.text for word in command.arguments]
    if program in ("gpg", "gpg2"):
        return "--verify" in texts
    if program == "cosign":
        return any(text.startswith("verify") for text in texts)
    if program == "openssl":
        return texts[:1] == ["dgst"]
    return program not in ("minisign", "signify") or command.has_flag("-V")
