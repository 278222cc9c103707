"""From the plain data of a policy that is valid to one layer of the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from imagelint.core.environment import (
    AttestationDemand,
    Environment,
    PushSettings,
    ScanSettings,
    Signer,
    SummarySettings,
    TrustRule,
)
from imagelint.core.finding import Severity
from imagelint.core.serving.scorecard import ScorecardSettings
from imagelint.core.source import Span
from imagelint.policy.allowances import WAYS, Allowances, extent_named
from imagelint.policy.lock import OWN, Floor, Lock
from imagelint.policy.model import Owner, Policy, RuleSetting, Waiver, merge_settings
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.environment import DeclaredBuild
    from imagelint.policy.model import Level, OptionValue, Since
    from imagelint.policy.text import Data, Keys

# Keys of a rule's setting that are not options of the rule.
LEVEL, EXEMPT = "level", "exempt"
_OWN = frozenset({"custom-rules", "plugins", "permit"})
CLOSED = "environment.closed"
"""Where it was said whether what is examined is all there is, among the places of a policy."""


class PolicyPlaces(Protocol):
    """Where things are written."""

    def line(self, keys: Keys) -> str:
        """The line of a key, as a reader finds it."""
        ...

    def span(self, keys: Keys) -> Span:
        """The span of a value."""
        ...


class Pack(str):
    """A pack as a place: everything in it is said by its name."""

    __slots__ = ()

    def line(self, _keys: Keys) -> str:
        """The name of the pack."""
        return str(self)

    def span(self, _keys: Keys) -> Span:
        """A pack has no text."""
        return Span(0, 0)


def layer(data: Mapping[str, Data], places: PolicyPlaces, origin: str) -> Policy:
    """One layer, without what it extends; `data` must be valid by schema and check."""
    fail_on = cast("str | None", data.get("fail-on"))
    rules = cast("Mapping[str, Data]", data.get("rules") or {})
    waivers = cast("tuple[Mapping[str, str], ...]", data.get("waivers") or ())
    below = Policy(
        name=cast("str", data.get("name") or ""),
        fail_on=Severity.named(fail_on) if fail_on else None,
        environment=_environment(
            cast("Mapping[str, Data]", data.get("environment") or {}),
            cast("bool | None", data.get("closed")),
        )._replace(
            scan=_scan(data),
            push=_push(data),
            images=_builds(data, origin),
            summary=_summary(data),
        ),
        rules=_settings(rules, places),
        waivers=tuple(
            _waiver(waiver, origin, places.span(("waivers", index, "rule")))
            for index, waiver in enumerate(waivers)
        ),
        exclude=_words(data.get("exclude")),
        extends=_words(data.get("extends")),
        baseline=_near(origin, cast("str", data.get("baseline") or "")),
        origins=_origins(data, places),
        lock=_lock(cast("Mapping[str, Data]", data.get("lock") or {}), places),
        allowances=_allowances(cast("Mapping[str, Data]", data.get("allowances") or {}), places),
        most_allowed=cast("int | None", data.get("allowed")),
        owners=tuple(map(_owner, cast("tuple[Mapping[str, Data], ...]", data.get("owners") or ()))),
        scorecard=_scorecard(cast("Mapping[str, Data]", data.get("scorecard") or {})),
        since=cast("Since | None", data.get("since")),
    )
    if not _OWN.isdisjoint(data):
        from imagelint.policy.custom.build import with_own

        return with_own(below, data, places)
    return below


def _scan(data: Mapping[str, Data]) -> ScanSettings:
    said = cast("Mapping[str, Data]", data.get("scan") or {})
    if not said:
        return ScanSettings()
    from imagelint.policy.images.scan import scan_settings

    return scan_settings(said)


def _push(data: Mapping[str, Data]) -> PushSettings:
    said = cast("Mapping[str, Data]", data.get("push") or {})
    if not said:
        return PushSettings()
    from imagelint.policy.images.push import push_settings

    return push_settings(said)


def _builds(data: Mapping[str, Data], origin: str) -> tuple[DeclaredBuild, ...]:
    said = cast("Mapping[str, Data]", data.get("images") or {})
    if not said:
        return ()
    from imagelint.policy.images.declared import declared_builds

    return declared_builds(said, origin)


def _summary(data: Mapping[str, Data]) -> SummarySettings:
    said = cast("Mapping[str, Data]", data.get("verification-summary") or {})
    if not said:
        return SummarySettings()
    from imagelint.policy.images.summary import summary_settings

    return summary_settings(said)


def _scorecard(said: Mapping[str, Data]) -> ScorecardSettings:
    if not said:
        return ScorecardSettings()
    from imagelint.policy.serving.scorecard import scorecard_settings

    return scorecard_settings(said)


def _near(origin: str, path: str) -> str:
    """A path that is relative to a file's folder, as it is from where the user stands."""
    if not path:
        return ""
    from posixpath import dirname, join, normpath

    return normpath(join(dirname(origin), path))


def _settings(rules: Mapping[str, Data], places: PolicyPlaces) -> dict[str, RuleSetting]:
    """The setting of each rule. A former name speaks for all rules that were called so before.

    What is said by a rule's own name goes before, wherever it stands.
    """
    found: dict[str, RuleSetting] = {}
    for former in (True, False):
        for name, said in rules.items():
            successors = catalog.successors(name)
            if former is bool(successors):
                setting = _setting(name, said, places)
                for rule in successors or (name,):
                    found[rule] = merge_settings(found.get(rule, RuleSetting()), setting)
    return found


def _setting(name: str, said: Data, places: PolicyPlaces) -> RuleSetting:
    if isinstance(said, str):
        return RuleSetting(level_named(said), origins={LEVEL: places.line(("rules", name))})
    body = cast("Mapping[str, Data]", said or {})
    level = cast("str | None", body.get(LEVEL))
    return RuleSetting(
        level_named(level) if level else None,
        {
            key.replace("-", "_"): cast("OptionValue", value)
            for key, value in body.items()
            if key not in (LEVEL, EXEMPT)
        },
        _words(body.get(EXEMPT)),
        {key.replace("-", "_"): places.line(("rules", name, key)) for key in body},
    )


def level_named(word: str) -> Level:
    """The level of that word.

    Raises:
        KeyError: there is no such level.
    """
    match word:
        case "on" | "off":
            return word
        case _:
            return Severity.named(word)


def _waiver(said: Mapping[str, str], origin: str, span: Span) -> Waiver:
    return Waiver(
        rule=said["rule"],
        reason=said["reason"].strip(),
        until=said["until"],
        where=said.get("where", ""),
        subject=said.get("subject", ""),
        origin=origin,
        span=span,
        approver=said.get("approver", "").strip(),
        owner=said.get("owner", "").strip(),
        ticket=said.get("ticket", "").strip(),
        justification=said.get("justification", ""),
        path=said.get("path", ""),
    )


def _owner(said: Mapping[str, Data]) -> Owner:
    team, contact = (cast("str", said.get(key) or "").strip() for key in ("team", "contact"))
    labels = cast("Mapping[str, str]", said.get("labels") or {})
    # In one order: who says the same owns the same.
    return Owner(team, _words(said.get("images") or ()), contact, tuple(sorted(labels.items())))


def _allowances(said: Mapping[str, Data], places: PolicyPlaces) -> Allowances:
    def listed(key: str) -> tuple[str, ...] | None:
        return _words(said[key]) if key in said else None

    return Allowances(
        {way: extent_named(cast("str", said[way])) for way in WAYS if way in said},
        listed("never"),
        cast("int | None", said.get("waiver-days")),
        listed("approvers"),
        listed("files"),
        {key: places.line(("allowances", key)) for key in said},
    )


def _environment(said: Mapping[str, Data], closed: bool | None) -> Environment:  # noqa: FBT001 - as it is written
    gpu = cast("Mapping[str, Data]", said.get("gpu") or {})
    signers = cast("tuple[Mapping[str, Data], ...]", said.get("signers") or ())
    return Environment(
        driver=cast("str | None", said.get("driver")),
        gpu_product=cast("str | None", gpu.get("product")),
        gpus_per_node=cast("int | None", gpu.get("per-node")),
        registries=_words(said.get("registries")),
        signers=tuple(map(_signer, signers)),
        trusted_root=cast("str | None", said.get("trusted-root")),
        trust=tuple(map(_trust, cast("tuple[Mapping[str, Data], ...]", said.get("trust") or ()))),
        build_contexts=_words(said.get("build-contexts")),
        closed=closed,
    )


def _signer(said: Mapping[str, Data]) -> Signer:
    return Signer(
        name=cast("str", said.get("name") or ""),
        key=cast("str", said.get("key") or ""),
        identity=cast("str", said.get("identity") or ""),
        issuer=cast("str", said.get("issuer") or ""),
        pattern=said.get("pattern") is True,
        images=_words(said.get("images")),
        transparency_log=said.get("transparency-log") is not False,
    )


def _trust(said: Mapping[str, Data]) -> TrustRule:
    demands = cast("tuple[Mapping[str, Data], ...]", said.get("attestations") or ())
    return TrustRule(
        images=_words(said.get("images")),
        signed_by=_words(said.get("signed-by")),
        at_least=cast("int", said.get("at-least") or 0),
        attestations=tuple(map(_attestation, demands)),
    )


def _attestation(said: Mapping[str, Data]) -> AttestationDemand:
    return AttestationDemand(
        type=cast("str", said.get("type") or ""),
        signed_by=_words(said.get("signed-by")),
        builder=cast("str", said.get("builder") or ""),
        source=cast("str", said.get("source") or ""),
        verifier=cast("str", said.get("verifier") or ""),
        max_age_days=cast("int | None", said.get("max-age-days")),
    )


def _lock(said: Mapping[str, Data], places: PolicyPlaces) -> Lock:
    rules = cast("Mapping[str, str]", said.get("rules") or {})
    fail_on = cast("str | None", said.get("fail-on"))
    packs = _words(said.get("packs"))
    lines = {key: (places.line(("lock", key)),) for key in said if key not in ("rules", "packs")}
    lines |= {f"packs.{pack}": (places.line(("lock", "packs")),) for pack in packs}
    floors: dict[str, Floor] = {}
    for name, level in rules.items():
        for rule in catalog.successors(name) or (name,):
            floors[rule] = floors.get(rule, Floor()).joined(_floor(level))
            line = places.line(("lock", "rules", name))
            lines[f"rules.{rule}"] = (*lines.get(f"rules.{rule}", ()), line)
    return Lock(
        floors,
        packs,
        Severity.named(fail_on) if fail_on else None,
        said.get("signers") is True,
        said.get("registries") is True,
        lines,
    )


def _floor(level: str) -> Floor:
    return OWN if level == "on" else Floor(severity=Severity.named(level))


def _origins(data: Mapping[str, Data], places: PolicyPlaces) -> dict[str, str]:
    keys = (
        *("name", "extends", "fail-on", "baseline", "exclude", "environment", "lock"),
        *("allowed", "allowances", "scorecard"),
    )
    said = {key: places.line((key,)) for key in keys if data.get(key) not in (None, "", ())}
    environment = cast("Mapping[str, Data]", data.get("environment") or {})
    said |= {f"environment.{key}": places.line(("environment", key)) for key in environment}
    for key in ("scan", "push", "images", "verification-summary", "knowledge"):
        if data.get(key):
            said[f"environment.{key}"] = places.line((key,))
    return said if data.get("closed") is None else said | {CLOSED: places.line(("closed",))}


def _words(said: Data) -> tuple[str, ...]:
    if isinstance(said, str):
        return (said,)
    return cast("tuple[str, ...]", said or ())
