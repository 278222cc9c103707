"""Programs that only start another one: `sudo`, `env`, `exec`, `timeout 5`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypedDict, Unpack

from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imagelint.documents.shell.script import Word

ASSIGNMENT = pattern(r"([A-Za-z_]\w*)=", re.ASCII)
_SPLIT = pattern(r"[\s'\"\\$]")
_PLAIN_TAIL = pattern(r"[\w.+-]+", re.ASCII)


class _Wrapper(NamedTuple):
    """`valued` are options with a value of their own, `operands` the words before the program.

    `queries` are options with which it starts nothing, `splits` those whose value is a command line
    of its own, `assigns` whether `NAME=value` may stand before the program, `verb` the subcommand
    that makes a wrapper of it.
    """

    valued: frozenset[str] = frozenset()
    operands: int = 0
    queries: frozenset[str] = frozenset()
    splits: frozenset[str] = frozenset()
    assigns: bool = False
    verb: str = ""


class _Others(TypedDict, total=False):
    operands: int
    splits: frozenset[str]
    assigns: bool
    verb: str


def _w(valued: str = "", queries: str = "", **others: Unpack[_Others]) -> _Wrapper:
    """A row of the table, which stays readable this way."""
    return _Wrapper(frozenset(valued.split()), queries=frozenset(queries.split()), **others)


_CONDA = _w("-n --name -p --prefix --cwd -e --env", verb="run")
WRAPPERS: Mapping[str, _Wrapper] = {
    "sudo": _w(
        "-u --user -g --group -h --host -p --prompt -C -D --chdir -R --chroot -r -t -T -U",
        queries="-l --list -v --validate -V -e -k -K",
        assigns=True,
    ),
    "doas": _w("-u -C", queries="-L"),
    "env": _w(
        "-u --unset -C --chdir",
        "--help --version",
        splits=frozenset({"-S", "--split-string"}),
        assigns=True,
    ),
    "exec": _w("-a"),
    "nice": _w("-n --adjustment"),
    "ionice": _w("-c --class -n --classdata", queries="-p --pid -P -u"),
    "nohup": _w(),
    "setsid": _w(),
    "command": _w(queries="-v -V"),
    "builtin": _w(),
    "time": _w("-f --format -o --output"),
    "timeout": _w("-s --signal -k --kill-after", operands=1),
    "stdbuf": _w("-i --input -o --output -e --error"),
    "taskset": _w(operands=1, queries="-p --pid"),
    "numactl": _w(
        "-i --interleave -N --cpunodebind -C --physcpubind -m --membind -p --preferred",
        queries="-s --show -H --hardware",
    ),
    "chroot": _w(operands=1),
    "tini": _w("-p -e", queries="--version -h"),
    "tini-static": _w("-p -e", queries="--version -h"),
    "dumb-init": _w("-r --rewrite", queries="-V --version -h"),
    "catatonit": _w(queries="-V --version -h"),
    "gosu": _w(operands=1, queries="--version --help"),
    "su-exec": _w(operands=1),
    "setpriv": _w(
        "--reuid --regid --groups --inh-caps --ambient-caps --bounding-set --securebits --pdeathsig"
    ),
    "eatmydata": _w(),
    "unbuffer": _w(),
    "xvfb-run": _w("-n --server-num -s --server-args -e --error-file -f --auth-file -w --wait"),
    "catchsegv": _w(),
    "nsys": _w(
        "-b --backtrace -c --capture-range -d --duration -e --env-var -h --hotkey-capture"
        " -n --inherit-environment -o --output -p --event-sample -s --sample -t --trace -w"
        " --show-output -x --stop-on-exit -y --delay --capture-range-end --cpuctxsw"
        " --cuda-graph-trace --cuda-memory-usage --export --force-overwrite -f --kill"
        " --gpu-metrics-devices --nvtx-capture --python-backtrace --python-sampling --session-new"
        " --stats --trace-fork-before-exec --wait --gpuctxsw --cudabacktrace",
        "--help",
        verb="profile",
    ),
    "nvidia_entrypoint.sh": _w(),
    "busybox": _w(queries="--list --list-full --install"),
    "conda": _CONDA,
    "mamba": _CONDA,
    "micromamba": _CONDA,
    "poetry": _w("-C --directory -P --project", verb="run"),
    "pipenv": _w(verb="run"),
    "pdm": _w("-p --project", verb="run"),
    "pixi": _w("-e --environment --manifest-path --color", verb="run"),
    "uv": _w(
        "--with --with-editable --with-requirements --extra --group --only-group --no-group"
        " --no-extra --env-file -p --python --project --directory --package --index"
        " --default-index -i --index-url --extra-index-url -f --find-links --refresh-package"
        " --config-file --cache-dir --python-platform",
        "-m --module -s --script",
        verb="run",
    ),
    "opentelemetry-instrument": _w(),
    "ddtrace-run": _w(),
}


class Unwrapped(NamedTuple):
    """`start` is the index of the program's word, `assigned` those of `NAME=value` before it."""

    wrappers: tuple[str, ...]
    start: int
    assigned: tuple[int, ...]


def program_name(word: Word) -> str:
    """The base name of a program; of `$HOME/bin/pip` the part that is written out."""
    if not isinstance(word.value, tuple):
        tail = word.raw.strip("\"'").rpartition("/")[2]
        return tail if "/" in word.raw and _PLAIN_TAIL.fullmatch(tail) else ""
    return word.value.value.rpartition("/")[2]


def unwrap(words: Sequence[Word]) -> Unwrapped:
    """Where the real command starts. A wrapper with nothing behind it is itself the command."""
    names: list[str] = []
    assigned: list[int] = []
    at = 0
    while at < len(words):
        name = program_name(words[at])
        wrapper = WRAPPERS.get(name)
        if wrapper is None:
            break
        behind = _behind(words, at + 1, wrapper, assigned)
        if behind is None or behind >= len(words):
            break
        names.append(name)
        at = behind
    return Unwrapped(tuple(names), at, tuple(index for index in assigned if index < at))


def _behind(words: Sequence[Word], at: int, wrapper: _Wrapper, assigned: list[int]) -> int | None:
    """The index behind a wrapper's own words, None when it starts nothing that can be seen."""
    if wrapper.verb and (at >= len(words) or words[at].text != wrapper.verb):
        return None
    at += bool(wrapper.verb)
    operands = wrapper.operands
    while at < len(words):
        text = words[at].text
        if text in wrapper.queries or (text in wrapper.splits and not _is_one(words[at + 1 :])):
            return None
        if text == "--":
            return at + 1 + operands
        if text[:1] == "-":
            at += text in wrapper.valued
        elif wrapper.assigns and ASSIGNMENT.match(text):
            assigned.append(at)
        elif operands:
            operands -= 1
        else:
            return at
        at += 1
    return at


def _is_one(words: Sequence[Word]) -> bool:
    """Whether a command line within the first word is one word again, which the others follow."""
    known = bool(words) and isinstance(words[0].value, tuple)
    return known and not _SPLIT.search(words[0].text)
