"""The merged policy as a policy, with the origin of each line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.environment import (
    AttestationDemand,
    PushSettings,
    ScanSettings,
    Signer,
    TrustRule,
)
from imagelint.core.record import NamedTuple
from imagelint.core.serving.scorecard import ScorecardSettings
from imagelint.policy.allowances import extent_word
from imagelint.policy.build import CLOSED
from imagelint.policy.lock import Permissions, floor_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.core.environment import Environment
    from imagelint.policy.allowances import Allowances
    from imagelint.policy.lock import Lock
    from imagelint.policy.model import Owner, Policy, RuleSetting, Waiver


class ShownLine(NamedTuple):
    """A line of YAML, and where what it says was said."""

    text: str
    origin: str = ""


def show(policy: Policy) -> tuple[ShownLine, ...]:
    """The lines of a policy which says by itself all that the merged one says.

    Trusted policies that hold against it follow as documents of their own: what they exempt, waive
    and leave out is theirs.
    """
    lines = list(_lines(policy))
    while policy.trusted is not None:
        name, policy = policy.trusted.name, policy.trusted.policy
        lines += (ShownLine("---"), ShownLine(f"# trusted: {name}"), *_lines(policy))
    return tuple(lines)


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
    threshold = policy.origins.get("fail-on", "default")
    yield ShownLine(f"fail-on: {policy.threshold}", _held(policy, "fail-on", threshold))
    for key, value in (
        ("allowed", policy.most_allowed),
        ("since", policy.since),
        ("baseline", policy.baseline or None),
    ):
        if value is not None:
            yield ShownLine(f"{key}: {_value(value)}", policy.origins.get(key, ""))
    yield from _environment(policy)
    if policy.environment.closed is not None:
        origin = _held(policy, CLOSED, policy.origins.get(CLOSED, ""))
        yield ShownLine(f"closed: {_value(policy.environment.closed)}", origin)
    yield from _builds(policy)
    yield from _knowledge(policy)
    yield from _scan(policy)
    yield from _push(policy)
    yield from _summary(policy)
    yield from _scorecard(policy)
    if policy.rules:
        yield ShownLine("rules:")
    for name in sorted(policy.rules):
        origin = policy.rules[name].origins.get("level", "")
        yield from _rule(name, policy.rules[name], _held(policy, f"rules.{name}", origin))
    yield from _exceptions(policy)
    yield from _lock(policy.lock)
    if policy.custom or policy.plugins or policy.permit != Permissions():
        from imagelint.policy.custom.show import own_lines

        yield from (ShownLine(text, origin) for text, origin in own_lines(policy))


def _builds(policy: Policy) -> Iterator[ShownLine]:
    if not policy.environment.images:
        return
    from imagelint.policy.images.declared import written_builds

    place = "environment.images"
    yield ShownLine("images:", _held(policy, place, policy.origins.get(place, "")))
    for glob, said in written_builds(policy.environment.images):
        arguments = said.get("args")
        pairs = arguments.items() if isinstance(arguments, dict) else ()
        texts = {k: _value(v) for k, v in said.items() if k != "args"}
        given = ", ".join(f"{quoted(name)}: {quoted(value)}" for name, value in pairs)
        shown = _flow({**texts, "args": given and f"{{{given}}}"})
        yield ShownLine(f"  {quoted(glob)}: {shown}")


def _knowledge(policy: Policy) -> Iterator[ShownLine]:
    if policy.environment.knowledge:
        from imagelint.policy.site.show import shown_files

        place = "environment.knowledge"
        yield ShownLine("knowledge:", _held(policy, place, policy.origins.get(place, "")))
        for name, said in shown_files(policy.environment.knowledge):
            yield ShownLine(f"  - {quoted(name)}", said)


def _scan(policy: Policy) -> Iterator[ShownLine]:
    if policy.environment.scan == ScanSettings():
        return
    from imagelint.policy.images.scan import written_settings

    said = written_settings(policy.environment.scan)
    if said:
        place = "environment.scan"
        yield ShownLine("scan:", _held(policy, place, policy.origins.get(place, "")))
    for key, value in said.items():
        shown = _flow({k: _value(v) for k, v in value.items()}) if isinstance(value, dict) else ""
        yield ShownLine(f"  {key}: {shown or _value(value)}")


def _push(policy: Policy) -> Iterator[ShownLine]:
    if policy.environment.push == PushSettings():
        return
    from imagelint.policy.images.push import written_push

    place = "environment.push"
    yield ShownLine("push:", _held(policy, place, policy.origins.get(place, "")))
    for key, hours in written_push(policy.environment.push).items():
        yield ShownLine(f"  {key}: {hours}")


def _summary(policy: Policy) -> Iterator[ShownLine]:
    levels, verifier = policy.environment.summary
    if levels:
        place = "environment.verification-summary"
        origin = _held(policy, place, policy.origins.get(place, ""))
        yield ShownLine("verification-summary:", origin)
        yield ShownLine(f"  levels: {_value(levels)}")
        yield ShownLine(f"  verifier: {_value(verifier)}")


def _scorecard(policy: Policy) -> Iterator[ShownLine]:
    if policy.scorecard == ScorecardSettings():
        return
    from imagelint.policy.serving.scorecard import written_scorecard

    yield ShownLine("scorecard:", policy.origins.get("scorecard", ""))
    for depth, text in written_scorecard(policy.scorecard):
        yield ShownLine(f"{'  ' * depth}{text}")


def _exceptions(policy: Policy) -> Iterator[ShownLine]:
    if policy.waivers:
        yield ShownLine("waivers:")
    for waiver in policy.waivers:
        yield from _waiver(waiver)
    if policy.owners:
        yield ShownLine("owners:")
    for owner in policy.owners:
        yield from _owner(owner)
    yield from _allowances(policy.allowances)
    if policy.exclude:
        yield ShownLine(f"exclude: {_value(policy.exclude)}")


def _owner(owner: Owner) -> Iterator[ShownLine]:
    yield ShownLine(f"  - team: {quoted(owner.team)}")
    if owner.images:
        yield ShownLine(f"    images: {_value(owner.images)}")
    if owner.labels:
        pairs = (f"{quoted(name)}: {quoted(glob)}" for name, glob in owner.labels)
        yield ShownLine(f"    labels: {{{', '.join(pairs)}}}")
    if owner.contact:
        yield ShownLine(f"    contact: {quoted(owner.contact)}")


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


def _lock(lock: Lock) -> Iterator[ShownLine]:
    """What a policy locks, if it is trusted."""
    if not lock:
        return
    yield ShownLine("lock:", "where this policy is trusted")
    if lock.rules:
        yield ShownLine("  rules:")
    for name, floor in lock.rules.items():
        level, _, also = floor_word(floor).partition(" ")
        origin = ", ".join(lock.origins.get(f"rules.{name}", ()))
        yield ShownLine(f"    {name}: {level}", f"{also} {origin}".strip())
    said: dict[str, object] = {
        "packs": lock.packs or None,
        "fail-on": str(lock.fail_on) if lock.fail_on is not None else None,
        "signers": lock.signers or None,
        "registries": lock.registries or None,
    }
    for key, value in said.items():
        if value is not None:
            places = [at for entry in _entries(lock, key) for at in lock.origins.get(entry, ())]
            yield ShownLine(f"  {key}: {_value(value)}", ", ".join(dict.fromkeys(places)))


def _entries(lock: Lock, key: str) -> tuple[str, ...]:
    return tuple(f"packs.{name}" for name in lock.packs) if key == "packs" else (key,)


def _held(policy: Policy, entry: str, origin: str) -> str:
    """Where something was said, and who locks it."""
    holder = policy.trusted.locked.holder(entry) if policy.trusted else ""
    if not holder:
        return origin
    setting = policy.rules.get(entry.removeprefix("rules."))
    least = f" at {floor_word(setting.floor)}" if setting else ""
    return f"{origin}; locked{least} by {holder}"


def _chain(policy: Policy) -> str:
    return f"merged from {', '.join(policy.extends)}" if policy.extends else ""


def _environment(policy: Policy) -> Iterator[ShownLine]:
    said = tuple(_declared(policy.environment))
    if said:
        yield ShownLine("environment:")
    for key, text in said:
        place = f"environment.{key}"
        yield ShownLine(f"  {key}: {text}", _held(policy, place, policy.origins.get(place, "")))


def _declared(environment: Environment) -> Iterator[tuple[str, str]]:
    gpu = {"product": environment.gpu_product, "per-node": environment.gpus_per_node}
    signers = f"[{', '.join(map(_signer, environment.signers))}]" if environment.signers else ""
    trust = f"[{', '.join(map(_trust, environment.trust))}]" if environment.trust else ""
    said = {
        "driver": _optional(environment.driver),
        "gpu": _flow({key: _optional(value) for key, value in gpu.items()}),
        "registries": _optional(environment.registries or None),
        "signers": signers,
        "trust": trust,
        "trusted-root": _optional(environment.trusted_root),
        "build-contexts": _optional(environment.build_contexts or None),
    }
    yield from ((key, text) for key, text in said.items() if text)


def _trust(rule: TrustRule) -> str:
    demands = [_written(one, AttestationDemand("")) for one in rule.attestations]
    said = _written(rule._replace(attestations=()), TrustRule())
    if not demands:
        return said
    listed = f"attestations: [{', '.join(demands)}]"
    return f"{{{listed}}}" if said == "{}" else f"{said[:-1]}, {listed}}}"


def _written(said: TrustRule | AttestationDemand, unsaid: TrustRule | AttestationDemand) -> str:
    """What is said otherwise than it is when nothing is said."""
    usual = unsaid._asdict()
    texts = {key: _value(value) for key, value in said._asdict().items() if value != usual[key]}
    return _flow(texts) or "{}"


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


def _rule(name: str, setting: RuleSetting, origin: str) -> Iterator[ShownLine]:
    origins = setting.origins
    level = setting.level if setting.level is not None else "on"
    if not (setting.options or setting.exempt):
        yield ShownLine(f"  {name}: {level}", origin)
        return
    yield ShownLine(f"  {name}:")
    yield ShownLine(f"    level: {level}", origin)
    for option, value in setting.options.items():
        key = option.replace("_", "-")
        yield ShownLine(f"    {key}: {_value(value)}", origins.get(option, ""))
    if setting.exempt:
        yield ShownLine(f"    exempt: {_value(setting.exempt)}", origins.get("exempt", ""))


_ABOUT_WAIVERS = ("approver", "owner", "ticket", "justification")


def _waiver(waiver: Waiver) -> Iterator[ShownLine]:
    from imagelint.core.redact import redact

    yield ShownLine(f"  - rule: {waiver.rule}", waiver.origin)
    for key in ("where", "subject", "path", "reason", *_ABOUT_WAIVERS):
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
