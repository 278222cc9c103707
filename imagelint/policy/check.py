"""All that is wrong with a policy, each at its place."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from imagelint.core.errors import Diagnostic
from imagelint.core.key_reference import host_fault, key_fault
from imagelint.policy.builtin import PACKS
from imagelint.policy.glob import complaint
from imagelint.policy.identitypattern import (
    ANYBODY,
    ANYWHERE,
    BadPatternError,
    IdentityPattern,
)
from imagelint.policy.serving.scorecard import scorecard_complaints
from imagelint.policy.suggest import did_you_mean
from imagelint.policy.text import is_file
from imagelint.policy.trust.trustrules import scan_complaints, trust_complaints
from imagelint.policy.validate import schema_complaints
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.policy.text import Data, Keys, PolicyText


_MOST = 100
"""Complaints about one policy: who has more mends these first."""
_STRANGERS = (
    ("identity", ANYBODY, "name the owner and the repository"),
    ("issuer", ANYWHERE, "name the issuer's host"),
)


def complaints(text: PolicyText) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with a policy, what it extends aside, in the order of the text."""
    data = text.data if isinstance(text.data, dict) else {}
    found = [*islice(schema_complaints(text), _MOST)]
    found += _extends(text, _listed(data.get("extends")))
    found += _knowledge(text, _listed(data.get("knowledge")))
    found += _globs(text, data)
    for index, signer in enumerate(_list(_mapping(data.get("environment")).get("signers"))):
        if isinstance(signer, dict):
            found += _signer(text, signer, ("environment", "signers", index))
    if data.get("images"):
        from imagelint.policy.images.declared import image_complaints

        found += image_complaints(text, data["images"])
    environment = _mapping(data.get("environment"))
    found += trust_complaints(text, environment)
    found += scan_complaints(text, environment, _mapping(data.get("scan")))
    found += scorecard_complaints(text, data)
    if data.get("verification-summary"):
        from imagelint.policy.images.summary import summary_complaints

        found += summary_complaints(text, data)
    if data.get("custom-rules"):
        from imagelint.policy.custom.check import own_complaints

        found += own_complaints(text, _list(data["custom-rules"]))
    told = sorted(dict.fromkeys(found), key=_place)
    if len(told) < _MOST:
        return tuple(told)
    rest = Diagnostic(f"there may be more: these are the first {_MOST}", told[_MOST - 1].at)
    return (*told[:_MOST], rest)


def former_names(text: PolicyText) -> Iterator[Diagnostic]:
    """Advice about each rule that a valid policy calls as it was called before."""
    data = _mapping(text.data)
    said: list[tuple[Data, Span]] = [
        (name, text.key_span(("rules", name))) for name in _mapping(data.get("rules"))
    ]
    for index, waiver in enumerate(_list(data.get("waivers"))):
        keys = ("waivers", index, "rule")
        said.append((_mapping(waiver).get("rule"), text.span(keys)))
    for name, span in said:
        successors = catalog.successors(name) if isinstance(name, str) else ()
        if len(successors) == 1:
            message = f"`{name}` is called `{successors[0]}` now"
            yield Diagnostic(message, text.at(span), "write the new name")
        elif successors:
            message = f"`{name}` is {len(successors)} rules now"
            yield Diagnostic(message, text.at(span), f"see `imagelint explain {name}`")


def _place(said: Diagnostic) -> tuple[int, int]:
    _, line, column = said.at.rsplit(":", 2)
    return int(line), int(column)


def _extends(text: PolicyText, names: tuple[Data, ...]) -> Iterator[Diagnostic]:
    for index, name in enumerate(names):
        if not isinstance(name, str) or name in PACKS or not name:
            continue
        at = text.at(text.item_span("extends", index))
        if "://" in name or name.startswith(("/", "~")):
            yield Diagnostic(f"`{name}` is not a file near this one", at, "only relative paths")
        elif not is_file(name) and "/" in name:
            yield Diagnostic(f"`{name}` is not a policy", at, "its name must end in .yaml or .yml")
        elif not is_file(name):
            yield Diagnostic(f"no pack is named `{name}`", at, did_you_mean(name, PACKS))


def _knowledge(text: PolicyText, names: tuple[Data, ...]) -> Iterator[Diagnostic]:
    for index, name in enumerate(names):
        if isinstance(name, str) and ("://" in name or name.startswith(("/", "~"))):
            at = text.at(text.item_span("knowledge", index))
            yield Diagnostic(f"`{name}` is not a file near this one", at, "only relative paths")


def _globs(text: PolicyText, data: dict[str, Data]) -> Iterator[Diagnostic]:
    lists: list[Keys] = [("exclude",), ("environment", "registries")]
    lists += [("allowances", "approvers"), ("allowances", "files")]
    lists += [("rules", name, "exempt") for name in _mapping(data.get("rules"))]
    signers = _list(_mapping(data.get("environment")).get("signers"))
    lists += [("environment", "signers", index, "images") for index in range(len(signers))]
    rules = _list(_mapping(data.get("environment")).get("trust"))
    owners = _list(data.get("owners"))
    lists += [("owners", index, "images") for index in range(len(owners))]
    lists += [("environment", "trust", index, "images") for index in range(len(rules))]
    for keys in lists:
        for index, glob in enumerate(_list(_reach(data, keys))):
            yield from _glob(text, glob, (*keys, index))
    for index, owner in enumerate(map(_mapping, owners)):
        yield from _owner(text, owner, ("owners", index))
    for index in range(len(_list(data.get("waivers")))):
        for key in ("where", "subject"):
            keys = ("waivers", index, key)
            yield from _glob(text, _reach(data, keys), keys)


_KEY_HELP = "keep the public key in a file beside the policy, or name it with `--key`"


def _owner(text: PolicyText, owner: dict[str, Data], keys: Keys) -> Iterator[Diagnostic]:
    if not owner.get("images") and not owner.get("labels"):
        said = "a team owns nothing without `images` or `labels`"
        yield Diagnostic(said, text.at(text.span(keys)))
    for name, glob in _mapping(owner.get("labels")).items():
        yield from _glob(text, glob, (*keys, "labels", name))


def _glob(text: PolicyText, glob: Data, keys: Keys) -> Iterator[Diagnostic]:
    if isinstance(glob, str) and glob.strip():
        wrong = complaint(glob)
        if wrong:
            yield Diagnostic(f"the glob `{glob}` will not do: {wrong}", text.at(text.span(keys)))


def _signer(text: PolicyText, signer: dict[str, Data], keys: Keys) -> Iterator[Diagnostic]:
    at = text.at(text.span(keys))
    named = signer.get("key")
    said = {"key", "identity", "issuer"} & {*signer}
    if not said or {"key", "issuer"} <= said:
        yield Diagnostic("a signer has either a `key`, or an `identity` with its `issuer`", at)
    elif said in ({"identity"}, {"issuer"}):
        yield Diagnostic("`identity` and `issuer` go together: either alone trusts too many", at)
    elif said == {"key", "identity"} and (signer.get("pattern") is True or "://" in str(named)):
        # It is the subject of a certificate, as a whole.
        yield Diagnostic("`identity` beside a `key` is the subject of a certificate in a file", at)
    fault = (key_fault(named) or host_fault(named)) if isinstance(named, str) else ""
    if fault:
        where = text.at(text.span((*keys, "key")))
        yield Diagnostic(f"the key `{named}` {fault}", where, _KEY_HELP)
    if signer.get("pattern") is not True:
        return
    for key, strangers, help_ in _STRANGERS:
        expression = signer.get(key)
        wrong = _pattern(expression, strangers) if isinstance(expression, str) else ""
        if wrong:
            yield Diagnostic(wrong, text.at(text.span((*keys, key))), help_)


def _pattern(expression: str, strangers: tuple[str, ...]) -> str:
    """What is wrong with the pattern of a signer; empty when nothing is."""
    try:
        pattern = IdentityPattern(expression)
    except BadPatternError as error:
        return f"the regular expression cannot be read: {error}"
    stranger = next((one for one in strangers if pattern.matches(one)), None)
    if stranger is None:
        return ""
    example = f", `{stranger}` for one" if stranger else ", even the empty one"
    return f"the pattern stands for what anybody can have{example}"


def _reach(data: Data, keys: Keys) -> Data:
    for key in keys:
        if isinstance(key, int):
            items = _list(data)
            data = items[key] if key < len(items) else None
        else:
            data = _mapping(data).get(key)
    return data


def _mapping(data: Data) -> dict[str, Data]:
    return data if isinstance(data, dict) else {}


def _list(data: Data) -> tuple[Data, ...]:
    return data if isinstance(data, tuple) else ()


def _listed(data: Data) -> tuple[Data, ...]:
    return (data,) if isinstance(data, str) else _list(data)
