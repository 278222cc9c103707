"""Variables of a container, and `$(NAME)` in its values, command and arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.documents.yaml.nodes import Scalar, Sequence
from imagelint.documents.yaml.text import map_scalar

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from imagelint.documents.mapped import MappedText
    from imagelint.documents.yaml.cursor import Cursor

# https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
_REFERENCE = pattern(r"\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_MOST_FILLED_IN = 8_192
"""Characters of the values that are filled into one: thousands may name the same long one."""


def read_env(container: Cursor) -> tuple[tuple[EnvVar, ...], bool]:
    """The variables in source order, and whether these are all that the manifest sets."""
    places = container["env"]
    known: dict[str, Fact[str]] = {}
    variables = []
    complete = not container["envFrom"].exists and _is_list(places)
    for place in places.items():
        name = place["name"].text()
        if not isinstance(name, Known):
            complete = False
            continue
        variable = _variable(place, name.value, known)
        known[variable.name] = variable.value
        variables.append(variable)
    return tuple(variables), complete


def _is_list(place: Cursor) -> bool:
    return not place.exists or place.null or isinstance(place.node, Sequence)


def _variable(place: Cursor, name: str, known: Mapping[str, Fact[str]]) -> EnvVar:
    value = place["value"]
    reference = ""
    if value.exists:
        fact = _set(value, known)
    else:
        sources = place["valueFrom"].entries()
        reference = sources[0][0] if sources else ""
        fact = UNKNOWN if place["valueFrom"].exists else Known("", None)
    at = value if value.exists else place["valueFrom"] if reference else place
    node = place.node
    span = node.span if node else place.span
    return EnvVar(
        span=span,
        name=name,
        value=fact,
        origin=EnvOrigin.POD,
        name_span=place["name"].span,
        value_span=at.span,
        reference=reference,
        path=place.path,
    )


def _set(value: Cursor, known: Mapping[str, Fact[str]]) -> Fact[str]:
    fact = value.text()
    if isinstance(fact, Known):
        return expand(fact, known)
    return Known("", value.span) if fact is ABSENT else fact


def expand(fact: Known[str], known: Mapping[str, Fact[str]]) -> Fact[str]:
    """The value with `$(NAME)` replaced; unknown when one is not known.

    Kubernetes leaves a name alone that is not set, but an operator may set what is not written
    here (`LWS_LEADER_ADDRESS`), as Kubernetes itself does for Services.
    """
    text = fact.value
    if "$" not in text:
        return fact
    for match in _REFERENCE.finditer(text):
        if match[1] and not isinstance(known.get(match[1]), Known):
            return UNKNOWN
    expanded = _filled(text, known, dollar="$")
    return UNKNOWN if expanded is None else Known(expanded, fact.span)


def _filled(text: str, known: Mapping[str, Fact[str]], *, dollar: str) -> str | None:
    """The text with the names replaced that are known; None where it would become too long.

    `dollar` is what becomes of `$$`.
    """
    facts = [known.get(name) for name in _REFERENCE.findall(text)]
    length = sum(len(fact.value) for fact in facts if isinstance(fact, Known))
    if length > _MOST_FILLED_IN:
        return None

    def replaced(match: re.Match[str]) -> str:
        if not match[1]:
            return dollar
        fact = known.get(match[1])
        return fact.value if isinstance(fact, Known) else match[0]

    return _REFERENCE.sub(replaced, text)


def script_text(scalar: Scalar, known: Mapping[str, Fact[str]]) -> MappedText | None:
    """A script for `sh -c` with the names replaced that are known; `$(date)` stays.

    None: a template will make something of it, or it would become too long.
    """
    text = scalar.text
    if "{{" in text or _filled(text, known, dollar="$$") is None:
        return None
    facts = ((match, known.get(match[1])) for match in _REFERENCE.finditer(text) if match[1])
    pieces = [(*one.span(), fact.value) for one, fact in facts if isinstance(fact, Known)]
    return map_scalar(scalar).replaced(pieces)
