"""Whether a server is told what it was told while it was evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.booleans import server_switch
from imagelint.documents.evaluation.planned import PLAN, EvaluatedImage, evaluations_of
from imagelint.documents.serving.options import MAX_LENGTH, QUANTIZATION, REVISION
from imagelint.documents.serving.values import is_hub_id
from imagelint.knowledge.serving.flags import flag_history

if TYPE_CHECKING:
    from imagelint.core.fact import Fact
    from imagelint.core.source import Span
    from imagelint.documents.evaluation.planned import ServingSetting
    from imagelint.documents.project import Project
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.serving.options import Option

_OPTIONS: dict[str, Option[str]] = {"revision": REVISION, "quantization": QUANTIZATION}
# What says as much as nothing.
_DEFAULTS = ("auto", "default", "none", "false", "0", "no", "off")
# A commit may be written by its beginning.
_SHORT_COMMIT = 7


class Deviation(NamedTuple):
    """A setting of the plan of an evaluation (in `origin`) that a server is not told.

    `used` is what it is told instead, at a place; absent where it is told nothing.
    """

    origin: str
    setting: ServingSetting
    used: Fact[str]

    @property
    def span(self) -> Span | None:
        """Where it is told something else."""
        return self.used.span if isinstance(self.used, Known) else None


def deviations(server: ServingCommand, project: Project) -> tuple[Deviation, ...]:
    """What a server is told otherwise than in the evaluation of its image, of several the nearest.

    Empty where no plan is about the image and the model, or one of them is about just this.
    """
    image = server.launch.image
    # A Dockerfile names what its image is built upon, and not what is evaluated.
    if server.launch.runtime.kind == "image":
        return ()
    if image is None or not isinstance(image.reference, Known) or not server.engine:
        return ()
    plans = project.named(PLAN, evaluations_of(image.reference.value.name), EvaluatedImage)
    found = [_of_plan(server, *pair) for pair in plans if _is_of_model(server, pair[1].model)]
    return min(found, key=len, default=())


def _is_of_model(server: ServingCommand, model: str) -> bool:
    """Whether a server may serve the model of a plan.

    The image of an engine serves any, so that there it has to be named.
    """
    told = server.model.value if isinstance(server.model, Known) else ""
    if model and is_hub_id(told):
        return told == model
    return not server.own_image


def _of_plan(
    server: ServingCommand, origin: str, evaluated: EvaluatedImage
) -> tuple[Deviation, ...]:
    told = ((one, _told(server, one.name)) for one in evaluated.settings)
    return tuple(
        Deviation(origin, one, fact)
        for one, fact in told
        if (_is_left_out(server, one) if fact is ABSENT else _is_other(one, fact))
    )


def _told(server: ServingCommand, name: str) -> Fact[str]:
    option = _OPTIONS.get(name)
    return server.switch(name) if option is None else server.option(option)


def _is_left_out(server: ServingCommand, setting: ServingSetting) -> bool:
    """Whether a server is not told what it needs to be told: a flag of its engine, a value of it.

    Weights may be quantized, or be of a revision, without anybody saying so.
    """
    if setting.name in _OPTIONS or setting.value.lower() in _DEFAULTS:
        return False
    history = flag_history(server.engine)
    return history is not None and history.knows(setting.name)


def _is_other(setting: ServingSetting, used: Fact[str]) -> bool:
    """Whether a server is certainly told another value."""
    if not isinstance(used, Known):
        return False
    told, wanted = used.value, setting.value
    if setting.name == "revision" and min(len(told), len(wanted)) >= _SHORT_COMMIT:
        return not (told.startswith(wanted) or wanted.startswith(told))
    return _plain(told) != _plain(wanted)


def _plain(value: str) -> object:
    """A value as it is compared: `32K` and `32768` are the same, and so are `true` and `True`."""
    count = MAX_LENGTH.convert(value.strip())
    if count is not None:
        return count
    word = value.strip().lower()
    return server_switch(word) if word in ("true", "false") else word
