"""The options of a rule: what its dataclass asks for, and the values that the policy gives."""

from __future__ import annotations

from enum import Enum
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

from imagelint.core.errors import Diagnostic, PolicyError
from imagelint.core.finding import Severity
from imagelint.core.record import NamedTuple
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.policy.model import Policy
    from imagelint.rules.rule import Rule

LEVELS = "levels"
"""The option that every rule with ids of other tools has: what each of them is."""
_SEVERITIES = frozenset(map(str, Severity))
_PLAIN = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}


class Option(NamedTuple):
    """One field of an options type.

    `key` is its name in a policy, `kind` the type of its value. `metadata` may hold `doc` (a
    sentence), the keywords of JSON Schema `minimum`, `maximum` and `format`, and `strictest`, the
    value with which the rule finds all that it finds with any other.
    """

    name: str
    key: str
    kind: Any
    default: object
    metadata: Mapping[str, object]


def options_of(kind: type[Any]) -> tuple[Option, ...]:
    """The fields of an options type, in the order in which they are written."""
    from dataclasses import MISSING, fields  # 24 ms that only rules with options should cost

    hints = get_type_hints(kind, localns={"Severity": Severity})
    return tuple(
        Option(
            field.name,
            field.name.replace("_", "-"),
            hints[field.name],
            None if field.default is MISSING else field.default,
            field.metadata,
        )
        for field in fields(kind)
    )


def options_given(policy: Policy, name: str) -> tuple[str, ...]:
    """The options of a rule that a policy gives another value than they have by themselves."""
    given = {option for option in policy.setting(name).options if option != LEVELS}
    if not given or catalog.is_custom(name):
        return tuple(sorted(given))
    rule = catalog.load(name)
    said, plain = options_for(policy, rule), rule.options() if rule.options else None
    return tuple(sorted(one for one in given if getattr(said, one) != getattr(plain, one)))


def options_for(policy: Policy, rule: Rule) -> object:
    """The rule's options as its dataclass; None for a rule without options.

    Raises:
        PolicyError: a value is not what the option asks for, or there is no such option.
    """
    if rule.options is None:
        return None
    setting = policy.setting(rule.name)
    said = {name: value for name, value in setting.options.items() if name != LEVELS}
    if not said:
        return rule.options()
    kinds = {option.name: option.kind for option in options_of(rule.options)}
    values: dict[str, object] = {}
    complaints: list[Diagnostic] = []
    for name, value in said.items():
        key = f"rules.{rule.name}.{name.replace('_', '-')}"
        try:
            values[name] = coerce(value, kinds[name])
        except KeyError:
            complaints.append(Diagnostic(f"{key}: no such option", setting.origins.get(name, "")))
        except ValueError as error:
            complaints.append(Diagnostic(f"{key}: {error}", setting.origins.get(name, "")))
    if complaints:
        raise PolicyError(*complaints)
    return rule.options(**values)


def is_strictest(name: str, option: str, options: Mapping[str, object]) -> bool:
    """Whether a rule certainly finds no less with its options than with another value of one."""
    kind = None if catalog.is_custom(name) else catalog.load(name).options
    field = next((one for one in options_of(kind) if one.name == option), None) if kind else None
    if field is None or "strictest" not in field.metadata:
        return False
    try:
        value = coerce(options.get(option, field.default), field.kind)
    except ValueError:
        return False
    return value == field.metadata["strictest"]


def severities_for(policy: Policy) -> dict[str, Mapping[str, Severity]]:
    """By rule and by lower-case id of another tool, what `levels` says (`hadolint DL3008=info`).

    Raises:
        PolicyError: an entry names no severity, or an id to which the rule does not answer.
    """
    found: dict[str, Mapping[str, Severity]] = {}
    complaints: list[Diagnostic] = []
    for name, setting in policy.rules.items():
        said = setting.options.get(LEVELS)
        if not said:  # nearly always
            continue
        references = () if catalog.is_custom(name) else catalog.references(name)
        known = {reference.lower() for reference in references}
        words = [
            str(one).rpartition("=") for one in (said if isinstance(said, tuple | list) else ())
        ]
        wrong = [
            f"{id_}={word}".strip("=")
            for id_, _, word in words
            if id_.lower() not in known or word not in _SEVERITIES
        ]
        at = setting.origins.get(LEVELS, "")
        if wrong or not words:
            message = (
                f"rules.{name}.levels: {', '.join(wrong) or said} is no `<tool> <id>=<severity>`"
            )
            complaints.append(Diagnostic(f"{message} of an id that `{name}` answers to", at))
        else:
            found[name] = {id_.lower(): Severity.named(word) for id_, _, word in words}
    if complaints:
        raise PolicyError(*complaints)
    return found


def coerce(value: object, kind: Any) -> object:
    """A value as written in YAML as the type of an option.

    Raises:
        ValueError: the value is not of that type.
        TypeError: options cannot have that type.
    """
    if kind in _PLAIN:
        return _plain(value, kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _member(value, kind)
    if get_origin(kind) is Literal:
        return _one_of(value, get_args(kind))
    if get_origin(kind) is tuple:
        inside = get_args(kind)[0]
        items = value if isinstance(value, tuple | list) else (value,)
        return tuple(coerce(item, inside) for item in items)
    if get_origin(kind) in (Union, UnionType):
        return None if value is None else coerce(value, present(kind))
    raise TypeError(f"options cannot have the type {kind!r}")


def present(kind: Any) -> Any:
    """The type of an optional value when it is there: `int` for `int | None`."""
    return next(part for part in get_args(kind) if part is not NoneType)


def words_of(kind: type[Enum]) -> tuple[str, ...]:
    """The words by which a policy names the members of an enumeration."""
    if issubclass(kind, Severity):
        return tuple(str(member) for member in kind)
    return tuple(str(member.value) for member in kind)


def _plain(value: object, kind: type) -> object:
    fits = isinstance(value, int | float) if kind is float else isinstance(value, kind)
    if not fits or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"expected {_PLAIN[kind]}, found {value!r}")
    return kind(value)


def _member(value: object, kind: type[Enum]) -> Enum:
    words = words_of(kind)
    return tuple(kind)[words.index(str(_one_of(value, words)))]


def _one_of(value: object, words: tuple[Any, ...]) -> object:
    if value not in words:
        raise ValueError(f"expected one of {', '.join(map(str, words))}, found {value!r}")
    return value
