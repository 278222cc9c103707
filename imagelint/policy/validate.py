"""What the schema says against a policy, in our words and at its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.validators import extend

from imagelint.core.errors import Diagnostic
from imagelint.core.record import NamedTuple
from imagelint.policy.custom.schema import MODULE_NAME, OWN_NAME
from imagelint.policy.schema import policy_schema
from imagelint.policy.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonschema import TypeChecker, ValidationError

    from imagelint.policy.text import PolicyText

_LIMITS = {
    "minimum": "{} is less than {}",
    "maximum": "{} is more than {}",
    "maxLength": "it is longer than {1} characters",
    "maxItems": "there are more than {1}",
}
# Of names: whatever else is required is some text.
_SHAPES = (OWN_NAME, MODULE_NAME)
_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "nothing",
    "number": "a number",
    "object": "a mapping",
    "string": "a text",
}


class _Violation(NamedTuple):
    """One error of the schema: `wanted` is what the keyword says, `inner` are alternatives'."""

    keyword: str
    wanted: Any
    schema: Mapping[str, Any]
    value: object
    keys: tuple[str | int, ...]
    message: str
    branch: int
    inner: tuple[_Violation, ...]


def schema_complaints(
    text: PolicyText, schema: Mapping[str, Any] | None = None
) -> Iterator[Diagnostic]:
    """Everything that a schema says against a text, each thing once; by itself, of policies."""
    if text.root is None:
        return
    validator = _validator(policy_schema() if schema is None else schema)
    told: set[Diagnostic] = set()
    for error in validator.iter_errors(text.data):
        for said in _translated(_violation(error), text):
            if said not in told:
                told.add(said)
                yield said


def _validator(schema: Mapping[str, Any]) -> Any:
    def is_list(_checker: TypeChecker, value: object) -> bool:
        return isinstance(value, tuple)

    types = Draft202012Validator.TYPE_CHECKER.redefine("array", is_list)
    kind = extend(Draft202012Validator, type_checker=types)  # type: ignore[no-untyped-call] # stubs
    return kind(schema, format_checker=FormatChecker())


def _violation(error: ValidationError) -> _Violation:
    path = error.relative_schema_path
    return _Violation(
        keyword=str(error.validator),
        wanted=error.validator_value,
        schema=cast("Mapping[str, Any]", error.schema),
        value=error.instance,
        keys=tuple(error.absolute_path),
        message=error.message,
        branch=path[0] if path and isinstance(path[0], int) else 0,
        inner=tuple(_violation(inner) for inner in error.context or ()),
    )


def _translated(error: _Violation, text: PolicyText) -> Iterator[Diagnostic]:
    match error.keyword:
        case "anyOf":
            for inner in _branch(error):
                yield from _translated(inner, text)
        case "additionalProperties":
            yield from _unknown_keys(error, text)
        case "required":
            at = text.at(text.span(error.keys))
            for key in error.wanted:
                if key not in cast("Mapping[str, object]", error.value):
                    yield Diagnostic(f"`{key}` is missing", at, _help(error, key))
        case _:
            message, advice = _wrong_value(error, text)
            yield Diagnostic(message, text.at(text.span(error.keys)), advice)


def _branch(error: _Violation) -> list[_Violation]:
    """The errors of the alternative that the author meant: the one of the value's own type."""
    branches: dict[int, list[_Violation]] = {}
    for inner in error.inner:
        branches.setdefault(inner.branch, []).append(inner)
    for inside in branches.values():
        if not any(_is_other_type(inner, error) for inner in inside):
            return inside
    return branches[0]


def _is_other_type(inner: _Violation, outer: _Violation) -> bool:
    if inner.keys != outer.keys:
        return False
    # A mapping or a list cannot be meant as one of some words.
    words = inner.keyword == "enum" and isinstance(outer.value, tuple | dict)
    return words or inner.keyword == "type"


def _unknown_keys(error: _Violation, text: PolicyText) -> Iterator[Diagnostic]:
    keys = error.keys
    known = tuple(error.schema["properties"])
    patterns = tuple(error.schema.get("patternProperties", ()))
    for key in cast("Mapping[str, object]", error.value):
        if key not in known and not any(re.search(one, key) for one in patterns):
            at = text.at(text.key_span((*keys, key)))
            message = f"no rule is named `{key}`" if keys == ("rules",) else f"unknown key `{key}`"
            yield Diagnostic(message, at, did_you_mean(key, known))


def _wrong_value(error: _Violation, text: PolicyText) -> tuple[str, str]:
    written = text.written(error.keys)
    match error.keyword:
        case "enum":
            words = [word for word in error.wanted if isinstance(word, str)]
            if not isinstance(error.value, str):
                return f"expected one of {', '.join(words)}, found {_found(error.value)}", ""
            if error.keys[-1:] == ("rule",):
                return f"no rule is named `{written}`", did_you_mean(str(error.value), words)
            advice = did_you_mean(str(error.value), words)
            return f"`{written}` is none of: {', '.join(words)}", advice
        case "type":
            return _wrong_type(error, written)
        case "minimum" | "maximum" | "maxLength" | "maxItems":
            return _LIMITS[error.keyword].format(written, error.wanted), _about(error)
        case _:
            return _wrong_text(error, written)


def _wrong_text(error: _Violation, written: str) -> tuple[str, str]:
    advice = _about(error)
    match error.schema.get("format"):
        case "date":
            return f"`{written}` is not a date", advice
        case "regex":
            return f"the regular expression `{written}` does not compile", advice
        case _ if written and error.schema.get("pattern") in _SHAPES:
            return f"`{written}` is no such name", advice
        case _:
            return "there must be some text", advice


def _wrong_type(error: _Violation, written: str) -> tuple[str, str]:
    wanted = error.wanted
    found = _found(error.value)
    quoted = wanted == "string" and isinstance(error.value, bool | int | float)
    advice = f'put it in quotes: "{written}"' if quoted else _about(error)
    return f"expected {_TYPES[wanted]}, found {found}", advice


def _found(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case tuple():
            return "a list"
        case _:
            return "a mapping"


def _about(error: _Violation) -> str:
    return str(error.schema.get("description", ""))


def _help(error: _Violation, key: str) -> str:
    return str(error.schema["properties"][key].get("description", ""))
