"""What an image demands of a host in `NVIDIA_REQUIRE_…`: the container runtime refuses the rest.

NVIDIA/nvidia-container-toolkit@v1.20.0: internal/config/image/cuda_image.go (GetRequirements),
internal/requirements/. Alternatives stand beside each other, what must hold together is parted by
commas: `cuda>=12.8 brand=tesla,driver>=535,driver<536`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.knowledge.gpus import gpu
from imagelint.knowledge.versions import compare_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from imagelint.core.serving.host import HostFacts, HostGpu

_PREFIX, _OTHER_BOARDS = "NVIDIA_REQUIRE_", "NVIDIA_REQUIRE_JETPACK"
_CUDA, _RELEASE, _OFF = "NVIDIA_REQUIRE_CUDA", "CUDA_VERSION", "NVIDIA_DISABLE_REQUIRE"
# strconv.ParseBool
_TRUE = frozenset(("1", "t", "T", "TRUE", "true", "True"))
_CONDITION = pattern(r"([^<>=!]*)(!=|<=|>=|=|<|>)(.*)")
_RELEASE_PARTS = pattern(r"(\d+)(?:\.(\d+))?.*")
_HOLDS: dict[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "!=": lambda order: order != 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


class Demand(NamedTuple):
    """A variable of an image, and whether a host meets it; None: that cannot be told.

    `has` is what counts of the host. `mistake` is a condition that the runtime does not read.
    """

    variable: str
    text: str
    met: bool | None
    has: str
    mistake: str = ""


def demands(variables: Mapping[str, str], facts: HostFacts) -> Iterator[Demand]:
    """What an image demands, in the order of the names; each GPU must meet all of it."""
    if variables.get(_OFF, "") in _TRUE:
        return
    for name, text in sorted(_told(variables)):
        mistake = _mistake(text)
        if mistake:
            yield Demand(name, text, met=False, has="", mistake=mistake)
            continue
        boards = tuple(dict.fromkeys(facts.driver.gpus))
        answers = [(_meets(text, _of_host(board, facts)), board) for board in boards]
        worst = min(answers, key=lambda each: (True, None, False).index(each[0]) * -1, default=None)
        if worst is not None:
            has = _of_host(worst[1], facts)
            said = ", ".join(f"{key} {value}" for key, value in has.items() if value)
            yield Demand(name, text, worst[0], said)


def _told(variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, text in variables.items():
        if name.startswith(_PREFIX) and not name.startswith(_OTHER_BOARDS) and text.strip():
            yield name, text
    release = _RELEASE_PARTS.fullmatch(variables.get(_RELEASE, ""))
    if release is not None and not variables.get(_CUDA):  # as images were before there was the one
        yield _RELEASE, f"cuda>={release[1]}.{release[2] or 0}"


def _of_host(board: HostGpu, facts: HostFacts) -> dict[str, str]:
    """The properties that conditions are about; empty where they are not known."""
    known = gpu(board.label)
    return {
        "cuda": facts.driver.cuda,
        "driver": facts.driver.version,
        "brand": "".join(board.brand.lower().split()),
        "arch": ".".join(map(str, known.capability)) if known is not None else "",
    }


def _mistake(text: str) -> str:
    parts = (part for term in text.split(" ") for part in term.split(","))
    return next((part for part in parts if part and not _CONDITION.fullmatch(part)), "")


def _meets(text: str, has: Mapping[str, str]) -> bool | None:
    terms = ([_holds(part, has) for part in term.split(",")] for term in text.split(" "))
    known = [[one for one in term if one != _SKIPPED] for term in terms]
    return _any(_all(term) for term in known if term)


_SKIPPED = "skipped"


def _holds(condition: str, has: Mapping[str, str]) -> bool | str | None:
    """Whether a condition holds; what is about nothing that the runtime knows is passed over."""
    found = _CONDITION.fullmatch(condition)
    if found is None or found[1] not in has:
        return _SKIPPED
    name, operator, wanted = found[1], found[2], found[3]
    value = has[name]
    if not value:
        return None
    if name == "brand":
        return _HOLDS[operator]((value > wanted) - (value < wanted))
    order = compare_versions(value, wanted)
    return None if order is None else _HOLDS[operator](order)


def _all(answers: Iterable[object]) -> bool | None:
    told = set(answers)
    return False if False in told else None if None in told else True


def _any(answers: Iterable[bool | None]) -> bool | None:
    told = set(answers)
    return True if True in told or not told else None if None in told else False
