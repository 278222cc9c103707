"""Questions about launchers that start a process for each GPU: torchrun, DeepSpeed, Accelerate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.quantity import parse_count
from imagelint.documents.serving.invocation import wrapped
from imagelint.documents.shell.wrappers import MODULES, program_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imagelint.documents.serving.launch import Launch
    from imagelint.documents.shell.script import Word


class _Launcher(NamedTuple):
    """How a launcher is told how many processes it starts in a container.

    `counts` are the flags that say so, `machines` those of machines, among which they may be
    divided; with those in `otherwise` the processes are others, or use no GPU. Names are written
    with hyphens here. `hides` tells that the processes see no more GPUs than there are of them.
    """

    counts: frozenset[str]
    machines: frozenset[str] = frozenset()
    otherwise: frozenset[str] = frozenset()
    hides: bool = False


_LAUNCHERS: Mapping[str, _Launcher] = {
    # pytorch/pytorch:torch/distributed/run.py
    "torchrun": _Launcher(frozenset({"--nproc-per-node"})),
    # deepspeedai/DeepSpeed:deepspeed/launcher/runner.py; launch.py sets CUDA_VISIBLE_DEVICES
    "deepspeed": _Launcher(
        frozenset({"--num-gpus", "--num-accelerators"}),
        machines=frozenset({"--num-nodes"}),
        otherwise=frozenset({"-i", "--include", "-e", "--exclude", "-H", "--hostfile"}),
        hides=True,
    ),
    # huggingface/accelerate:src/accelerate/commands/launch.py
    "accelerate": _Launcher(
        frozenset({"--num-processes"}),
        machines=frozenset({"--num-machines"}),
        otherwise=frozenset({"--cpu", "--use-cpu", "--config-file", "--tpu", "--gpu-ids"}),
    ),
}


class Processes(NamedTuple):
    """How many processes a launcher starts in a container, and the word that says so.

    `hides` tells that they see no more GPUs than there are of them.
    """

    word: Word
    launcher: str
    number: int
    hides: bool


def processes(launch: Launch) -> Processes | None:
    """The processes that the one launcher starts which a container runs; None: not known."""
    found = [one for command in wrapped(launch) if (one := _launched(command.wrapping))]
    return found[0] if len(found) == 1 else None


def _launched(words: Sequence[Word]) -> Processes | None:
    """What the innermost launcher among the words of wrappers is told."""
    for at in range(len(words) - 1, -1, -1):
        name = MODULES.get(words[at].text, program_name(words[at]))
        launcher = _LAUNCHERS.get(name)
        if launcher is not None:
            return _told(name, launcher, words[at + 1 :])
    return None


def _told(name: str, launcher: _Launcher, words: Sequence[Word]) -> Processes | None:
    found: tuple[Word, int | None] | None = None
    for at, word in enumerate(words):
        written, equals, value = word.text.partition("=")
        flag = f"-{written[1:].replace('_', '-')}" if written[:1] == "-" else ""
        said = word if equals or at + 1 == len(words) else words[at + 1]
        text = value if equals else said.text
        if flag in launcher.otherwise or (flag in launcher.machines and text != "1"):
            return None
        if flag in launcher.counts:
            found = said, parse_count(text)
    if found is None or not found[1]:
        return None
    return Processes(found[0], name, found[1], launcher.hides)
