"""The variables that a script takes and certainly nobody sets: their defaults count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT
from imagelint.core.pattern import pattern
from imagelint.knowledge.engines import engine
from imagelint.knowledge.recognition import recognise_image

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imagelint.core.fact import Fact
    from imagelint.documents.shared import EnvVar, ImageUse

_TAKEN = pattern(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")
# What arithmetic sets, and what sets variables by names that it is told: `((TP=2))`, `declare -n`.
_COMPUTED = pattern(
    r"([A-Za-z_][A-Za-z0-9_]*)[ \t]{0,9}(?:[-+*/%&|^]|<<|>>)?=(?!=)|(\w+)(?:\+\+|--)"
)
_BY_NAME = pattern(r"(?:declare|typeset|local)[ \t]+-\w{0,9}n|printf[ \t]+-v[ \t]*[\"']?\$")


def unset_variables(
    text: str, image: ImageUse | None, env: Iterable[EnvVar], *, complete: bool
) -> Mapping[str, Fact[str]]:
    """The variables of a text of a shell that are not set, each as absent.

    Nothing where more may be set (not `complete`), or where the image may: only those that
    projects publish themselves are known to set none but such as belong to their parts.
    """
    known = image.known if image is not None and complete else None
    found = recognise_image(known) if known is not None else None
    if found is None or not found.upstream or _BY_NAME.search(text):
        return {}
    from imagelint.knowledge.containers.set_by_others import SET_BY_OTHERS

    set_ = {variable.name for variable in env} | engine(found.engine).environment.keys()
    if "((" in text:
        set_.update(name for match in _COMPUTED.finditer(text) for name in match.groups() if name)
    names = dict.fromkeys(match[1] for match in _TAKEN.finditer(text))
    return {
        name: ABSENT
        for name in names
        if name not in set_ and name.isupper() and not SET_BY_OTHERS.fullmatch(name)
    }
