"""What a policy says. Merging is associative and has an identity, so layers need no order rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from imagelint.core.environment import Environment
from imagelint.core.finding import Severity
from imagelint.core.record import NamedTuple
from imagelint.core.serving.scorecard import ScorecardSettings
from imagelint.core.source import Span
from imagelint.policy.allowances import Allowances
from imagelint.policy.lock import Floor, Lock, Permissions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imagelint.core.source import Source
    from imagelint.custom.definition import CustomRule
    from imagelint.policy.trust.trusted import TrustedPolicy
    from imagelint.rules.rule import Rule

    OwnRules: TypeAlias = Mapping[str, CustomRule | Rule]
    """Rules that are not imagelint's, by name: of policies, and of plugins."""

T = TypeVar("T")

Level: TypeAlias = Severity | Literal["on", "off"]
OptionValue: TypeAlias = bool | int | float | str | tuple[str, ...] | None

Since: TypeAlias = Literal["new", "all"]
"""What fails where only a change is told: what is new, or what was there before as well."""

DEFAULT_FAIL_ON = Severity.HIGH
DEFAULT_PACKS = ("recommended", "gpu-serving")


class RuleSetting(NamedTuple):
    """What the policy says about one rule.

    `level` is a severity, `on` (the rule's own severity), `off`, or None when nothing was said;
    a rule that is mentioned without a level runs. `options` are values as written, under the names
    of the options type's fields. `exempt` are globs over what a finding is about and over files, or
    ids of other tools (`hadolint DL3008`) to which it answers alone.
    `origins` tells for `level`, `exempt` and each option where it was said. Below `floor` no
    finding of the rule is, whatever the level.
    """

    level: Level | None = None
    options: Mapping[str, OptionValue] = {}
    exempt: tuple[str, ...] = ()
    origins: Mapping[str, str] = {}
    floor: Floor = Floor()

    @property
    def enabled(self) -> bool:
        """Whether the rule runs."""
        return self.level != "off"


class Plugin(NamedTuple):
    """An installed package with rules that a policy names; `origin` is where it does.

    Once it is imported, `rules` are those that it exports, `digest` is of its code.
    """

    name: str
    origin: str = ""
    rules: tuple[Rule, ...] = ()
    digest: str = ""


class Waiver(NamedTuple):
    """Findings that do not count until a day.

    `where` is a glob over files, images and other origins, `subject` one over what a finding is
    about (an image, a package, a vulnerability), `path` one over the place within that (a file of
    an image, a field of a manifest); empty matches all. `until` is the last ISO day on
    which it holds. `origin` and `span` tell where it is written, `approver` who approved it,
    `owner` whose it is, `ticket` where it is discussed. `justification` is why a vulnerability does
    not affect what is waived, in the words of VEX; empty: it does, and somebody accepts that.
    """

    rule: str
    reason: str
    until: str
    where: str = ""
    subject: str = ""
    origin: str = ""
    span: Span = Span(0, 0)
    approver: str = ""
    owner: str = ""
    ticket: str = ""
    justification: str = ""
    path: str = ""


class Owner(NamedTuple):
    """Whose images are: globs over their names, the team, and how to reach it.

    `labels` are names of labels of images with globs over their values. Where there are both, the
    name has to match and all labels.
    """

    team: str
    images: tuple[str, ...]
    contact: str = ""
    labels: tuple[tuple[str, str], ...] = ()


_UNSAID = RuleSetting()
_NO_FLOOR = Floor()


class Policy(NamedTuple):
    """Which rules, how severe, with which options, what is waived, what fails, and where it runs.

    `fail_on` None means that nothing was said: see `threshold`. `exclude` are globs over files that
    are not examined. `extends` names the packs and files below this one, `sources` are the files
    that were read, `origins` tells for each top-level key where it was said (`environment.driver`).
    `demanded` are rules that a command is about: no file can switch them off. `baseline` is the
    path of a file with findings that do not count. `lock` is what nothing above may loosen, if the
    policy is trusted. `trusted` is the policy that holds against this one: its exemptions, waivers,
    excluded files and baseline are its own, and not among those here. `allowances` tells which
    exceptions count at all, `most_allowed` how many allowed findings a verdict that passes may
    have; None: any number. `scorecard` is what signals of servers are worth. `custom` are the rules
    that it defines by name, `plugins` the packages whose rules it uses, `permit` is which of both
    the examined tree may bring. `since` tells what fails where only a change is told. Of `owners`
    the first whose globs match owns an image.
    """

    name: str = ""
    fail_on: Severity | None = None
    environment: Environment = Environment()
    rules: Mapping[str, RuleSetting] = {}
    waivers: tuple[Waiver, ...] = ()
    exclude: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    origins: Mapping[str, str] = {}
    demanded: tuple[str, ...] = ()
    baseline: str = ""
    lock: Lock = Lock()
    trusted: TrustedPolicy | None = None
    allowances: Allowances = Allowances()
    most_allowed: int | None = None
    scorecard: ScorecardSettings = ScorecardSettings()
    custom: Mapping[str, CustomRule] = {}
    plugins: tuple[Plugin, ...] = ()
    permit: Permissions = Permissions()
    since: Since | None = None
    owners: tuple[Owner, ...] = ()

    @property
    def threshold(self) -> Severity:
        """The lowest severity that fails."""
        return self.fail_on or DEFAULT_FAIL_ON

    @property
    def enabled(self) -> tuple[str, ...]:
        """The names of the rules that run, sorted: what nobody defines does not."""
        own = self.own
        return tuple(
            sorted(
                name
                for name, setting in self.rules.items()
                if setting.enabled and ("." not in name or name in own)
            )
        )

    def enables(self, rule: str) -> bool:
        """Whether one of imagelint's own rules runs."""
        setting = self.rules.get(rule)
        return setting is not None and setting.enabled

    @property
    def own(self) -> OwnRules:
        """The rules that are not imagelint's, by name: those that it defines, and its plugins'."""
        plugged = {rule.name: rule for plugin in self.plugins for rule in plugin.rules}
        return {**self.custom, **plugged} if plugged else self.custom

    def setting(self, rule: str) -> RuleSetting:
        """What is said about a rule; nothing when it is not mentioned."""
        return self.rules.get(rule, _UNSAID)


def merge(below: Policy, above: Policy) -> Policy:
    """Both policies as one: what is said above wins, lists of places add up.

    Associative; `Policy()` is the identity on both sides.
    """
    return Policy(
        name=above.name or below.name,
        fail_on=below.fail_on if above.fail_on is None else above.fail_on,
        environment=_merge_environments(below.environment, above.environment),
        rules=_merge_rules(below.rules, above.rules),
        waivers=_union(below.waivers, above.waivers),
        exclude=_union(below.exclude, above.exclude),
        extends=_union(below.extends, above.extends),
        sources=_union(below.sources, above.sources),
        origins={**below.origins, **above.origins},
        baseline=above.baseline or below.baseline,
        demanded=_union(below.demanded, above.demanded),
        lock=below.lock.joined(above.lock),
        trusted=above.trusted or below.trusted,
        allowances=above.allowances.over(below.allowances),
        most_allowed=below.most_allowed if above.most_allowed is None else above.most_allowed,
        scorecard=above.scorecard.over(below.scorecard),
        custom={**below.custom, **above.custom},
        plugins=_union(below.plugins, above.plugins),
        permit=above.permit.over(below.permit),
        since=above.since or below.since,
        owners=_union(below.owners, above.owners),
    )


def _merge_rules(
    below: Mapping[str, RuleSetting], above: Mapping[str, RuleSetting]
) -> Mapping[str, RuleSetting]:
    if not (below and above):
        return below or above
    both = {
        name: merge_settings(below[name], setting)
        for name, setting in above.items()
        if name in below
    }
    return {**below, **above, **both}


def merge_all(policies: Iterable[Policy]) -> Policy:
    """All policies as one, the last on top."""
    merged = Policy()
    for policy in policies:
        merged = merge(merged, policy)
    return merged


def merge_settings(below: RuleSetting, above: RuleSetting) -> RuleSetting:
    """Both settings of a rule as one: what is said above wins, exemptions add up.

    A level that is said above is that of all ids: what `levels` says of them below is over.
    """
    if above.level is not None and below.options:
        below = _without_levels(below)
    return RuleSetting(
        below.level if above.level is None else above.level,
        {**below.options, **above.options} if below.options else above.options,
        _union(below.exempt, above.exempt),
        {**below.origins, **above.origins} if below.origins else above.origins,
        below.floor.joined(above.floor) if below.floor != _NO_FLOOR else above.floor,
    )


def _without_levels(setting: RuleSetting) -> RuleSetting:
    from imagelint.policy.options import LEVELS  # what asks for no option does not need it

    options = {key: value for key, value in setting.options.items() if key != LEVELS}
    origins = {key: place for key, place in setting.origins.items() if key != LEVELS}
    return setting._replace(options=options, origins=origins)


def _merge_environments(below: Environment, above: Environment) -> Environment:
    nothing = Environment()
    merged = Environment._make(
        low if high == undeclared else high
        for low, high, undeclared in zip(below, above, nothing, strict=True)
    )
    known = {one.glob for one in above.images}
    below_them = (one for one in below.images if one.glob not in known)
    images = (*above.images, *below_them)  # the first that matches counts
    merged = merged._replace(images=images, knowledge=_union(below.knowledge, above.knowledge))
    return merged._replace(scan=above.scan.over(below.scan), push=above.push.over(below.push))


def _union(below: tuple[T, ...], above: tuple[T, ...]) -> tuple[T, ...]:
    if not (below and above):
        return below or above
    return tuple(dict.fromkeys((*below, *above)))
