"""The merged policy as a policy, with the origin of each line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.environment import Signer
from imagelint.core.record import NamedTuple
from imagelint.policy.allowances import extent_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.core.environment import Environment
    from imagelint.policy.allowances import Allowances
    from imagelint.policy.model import Policy, RuleSetting, Waiver


class ShownLine(NamedTuple):
    """A line of YAML, and where what it says was said."""

    text: str
    origin: str = ""


def show(policy: Policy) -> tuple[ShownLine, ...]:
    """The lines of a policy which says by itself all that the merged one says."""
    return tuple(_lines(policy))


def aligned(lines: Iterable[ShownLine]) -> str:
    """The lines with their origins as comments in one column; still YAML."""
    given = tuple(lines)
    width = max((len(line.text) for line in given if line.origin), default=0)
    return "".join(
        f"{line.text:<{width}}  # {line.origin}\n" if line.origin else f"{line.text}\n"
        for line in given
    )


def _lines(policy: Policy) -> Iterator[ShownLine]:
    if policy.name:
        yield ShownLine(f"name: {quoted(policy.name)}", policy.origins.get("name", ""))
    yield ShownLine("extends: []", _chain(policy))
    yield ShownLine(f"fail-on: {policy.threshold}", policy.origins.get("fail-on", "default"))
    for key, value in (("allowed", policy.most_allowed), ("baseline", policy.baseline or None)):
        if value is not None:
            yield ShownLine(f"{key}: {_value(value)}", policy.origins.get(key, ""))
    yield from _environment(policy)
    if policy.rules:
        yield ShownLine("rules:")
    for name in sorted(policy.rules):
        yield from _rule(name, policy.rules[name])
    yield from _exceptions(policy)


def _exceptions(policy: Policy) -> Iterator[ShownLine]:
    if policy.waivers:
        yield ShownLine("waivers:")
    for waiver in policy.waivers:
        yield from _waiver(waiver)
    yield from _allowances(policy.allowances)
    if policy.exclude:
        yield ShownLine(f"exclude: {_value(policy.exclude)}")


def _allowances(said: Allowances) -> Iterator[ShownLine]:
    if said.is_empty:
        return
    yield ShownLine("allowances:")
    words = {way: extent_word(extent) for way, extent in said.extents.items()}
    words |= {
        key: _value(value)
        for key, value in (
            ("never", said.never),
            ("waiver-days", said.waiver_days),
            ("approvers", said.approvers),
            ("files", said.files),
        )
        if value is not None
    }
    for key, text in words.items():
        yield ShownLine(f"  {key}: {text}", said.origins.get(key, ""))


def _chain(policy: Policy) -> str:
    return f"merged from {', '.join(policy.extends)}" if policy.extends else ""


def _environment(policy: Policy) -> Iterator[ShownLine]:
    said = tuple(_declared(policy.environment))
    if said:
        yield ShownLine("environment:")
    for key, text in said:
        yield ShownLine(f"  {key}: {text}", policy.origins.get(f"environment.{key}", ""))


def _declared(environment: Environment) -> Iterator[tuple[str, str]]:
    gpu = {"product": environment.gpu_product, "per-node": environment.gpus_per_node}
    signers = f"[{', '.join(map(_signer, environment.signers))}]" if environment.signers else ""
    said = {
        "driver": _optional(environment.driver),
        "gpu": _flow({key: _optional(value) for key, value in gpu.items()}),
        "registries": _optional(environment.registries or None),
        "signers": signers,
        "trusted-root": _optional(environment.trusted_root),
        "build-contexts": _optional(environment.build_contexts or None),
    }
    yield from ((key, text) for key, text in said.items() if text)


def _signer(signer: Signer) -> str:
    unsaid = Signer("")._asdict()
    said = signer._replace(key_text="")._asdict().items()
    return _flow({key: _value(value) for key, value in said if value != unsaid[key]})


def _flow(entries: Mapping[str, str]) -> str:
    said = (f"{key.replace('_', '-')}: {text}" for key, text in entries.items() if text)
    inside = ", ".join(said)
    return f"{{{inside}}}" if inside else ""


def _optional(value: object) -> str:
    return "" if value is None else _value(value)


def _rule(name: str, setting: RuleSetting) -> Iterator[ShownLine]:
    origins = setting.origins
    level = setting.level if setting.level is not None else "on"
    if not (setting.options or setting.exempt):
        yield ShownLine(f"  {name}: {level}", origins.get("level", ""))
        return
    yield ShownLine(f"  {name}:")
    yield ShownLine(f"    level: {level}", origins.get("level", ""))
    for option, value in setting.options.items():
        key = option.replace("_", "-")
        yield ShownLine(f"    {key}: {_value(value)}", origins.get(option, ""))
    if setting.exempt:
        yield ShownLine(f"    exempt: {_value(setting.exempt)}", origins.get("exempt", ""))


def _waiver(waiver: Waiver) -> Iterator[ShownLine]:
    from imagelint.core.redact import redact

    yield ShownLine(f"  - rule: {waiver.rule}", waiver.origin)
    for key in ("where", "subject", "reason", "approver"):
        value = getattr(waiver, key)
        if value:
            yield ShownLine(f"    {key}: {quoted(redact(value))}")
    yield ShownLine(f"    until: {waiver.until}")


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return quoted(value)
        case tuple():
            return f"[{', '.join(map(_value, value))}]"
        case None:
            return "null"
        case _:
            return str(value)


def quoted(text: str) -> str:
    """A text as a double-quoted scalar of YAML, on one line."""
    escaped = "".join(_escaped(character) for character in text)
    return f'"{escaped}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    return f"\\U{ord(character):08x}"
