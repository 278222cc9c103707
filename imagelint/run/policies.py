"""Which policy holds for which file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.findup import Ancestors
from imagelint.core.record import NamedTuple
from imagelint.core.report import Report
from imagelint.policy.demands import demand, narrowed
from imagelint.policy.load import Validated, default_policy
from imagelint.policy.model import Policy
from imagelint.run.baselines import read_at, read_file
from imagelint.run.policyfiles import POLICY_NAME, PolicyFiles, is_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from imagelint.engine.baseline import Baseline
    from imagelint.policy.trust.trusted import TrustedPolicy
    from imagelint.policy.trust.withheld import Refusal
    from imagelint.run.policyfiles import TrustRequest
    from imagelint.run.trust.sources import Trust


class Layer(NamedTuple):
    """A policy with exceptions of its own: `base` is the folder of its globs."""

    policy: Policy
    base: str
    at_commit: bool = False


class Policies:
    """The policy of each file: the chosen ones for all, or else the nearest `.imagelint.yaml`.

    `flags` is laid on top of every policy. Where `only` names rules, these run, and no others.
    Where `request` leads to policies in which the examined tree has no say, these hold, and of the
    tree's own only what is stricter than what they lock.
    """

    def __init__(
        self,
        chosen: Iterable[str],
        flags: Policy,
        validated: Validated,
        only: Collection[str] = (),
        request: TrustRequest | None = None,
    ) -> None:
        self._flags = flags
        self._only = frozenset(only)
        self._files = PolicyFiles(validated)
        self._by_path: dict[tuple[int, str | None], Policy] = {}
        self._ancestors = Ancestors()
        self._by_folder: dict[str, Policy] = {}
        self._bases: dict[int, str] = {}
        self._refused: dict[Refusal, None] = {}
        self._examined = request.paths if request is not None else ()
        names = tuple(chosen)
        self._trust = _opened(names, request, self._files)
        self._chosen: Policy | None = None
        if names and self._trust is None:
            self._chosen = self._finished(self._admitted(self._files.named(names)), named=True)

    @classmethod
    def of_one(cls, policy: Policy) -> Policies:
        """One policy, which is resolved, for all files."""
        made = cls((), Policy(), set())
        made._chosen = policy
        return made

    @property
    def are_named(self) -> bool:
        """Whether all policies were named by who runs us, and no other is looked for."""
        return self._chosen is not None or (self._trust is not None and not self._trust.admits)

    def of(self, folder: str) -> Policy:
        """The policy for files in a folder.

        Raises:
            PolicyError: the policy file there is wrong.
        """
        if self._chosen is not None:
            return self._chosen
        known = self._by_folder.get(folder)
        if known is None:
            trusted = self._trust.of(folder) if self._trust else None
            is_read = trusted is None or trusted.admits
            path = self._ancestors.nearest(folder, POLICY_NAME) if is_read else None
            known = self._by_folder[folder] = self._at(path, trusted)
        return known

    def base_of(self, policy: Policy) -> str:
        """The folder to which the globs of a policy are relative: that of its own file."""
        return self._bases.get(id(policy)) or os.getcwd()

    def layers(self, policy: Policy) -> Iterator[Layer]:
        """A policy and those that hold against it, from the lowest on."""
        yield Layer(policy, self.base_of(policy))
        while policy.trusted is not None:
            trusted = policy.trusted
            policy = trusted.policy
            yield Layer(policy, trusted.base, at_commit=bool(trusted.commit))

    def baseline_of(self, layer: Layer) -> Baseline | None:
        """The baseline that a policy names, as it stands where the policy does.

        Raises:
            UsageError: it cannot be read.
        """
        path = layer.policy.baseline
        if not path:
            return None
        return self.read_baseline(path) if layer.at_commit else read_file(path)

    def read_baseline(self, path: str) -> Baseline:
        """A baseline that is named on the command line: at the commit that is trusted, if any is.

        Raises:
            UsageError: it cannot be read.
        """
        commit = self._trust.commit if self._trust else None
        return read_file(path) if commit is None else read_at(path, commit)

    def trusts(self, path: str) -> bool:
        """Whether nothing that is examined has a say in a file that the command line names."""
        return self._trust is None or self._trust.trusts(path)

    def weakenings(self) -> Iterator[tuple[Policy, Report]]:
        """Reports about what the policies of the examined tree loosen, under which policy.

        Raises:
            PolicyError: a policy of the tree is wrong.
        """
        if self._trust is None:
            return
        from imagelint.run.trust.hidden import hidden
        from imagelint.run.trust.sources import CommitTrust
        from imagelint.run.trust.weakenings import Comparison, Weakenings, attempted, compared

        found = Weakenings()
        for policy in self.all():
            found.add(policy, attempted(policy))
        trust = self._trust.compares
        if trust is not None:
            pairs = {Comparison.of(folder, trust): at for folder, at in self._by_folder.items()}
            for pair, policy in pairs.items():
                found.add(policy, compared(pair, trust, self._files))
                found.add(policy, hidden(pair, trust, self._files))
        if isinstance(self._trust, CommitTrust):
            for path in self._trust.named:
                pair = Comparison.named(path, self._trust)
                found.add(self.all()[0], compared(pair, self._trust, self._files))
        yield from found.reports()

    def refusals(self) -> Iterator[tuple[Policy, Report]]:
        """Reports about what policies of the tree bring and may not, under which policy."""
        if not self._refused:
            return
        from imagelint.run.trust.refused import problem

        here = self.all()
        for refusal in self._refused:
            yield here[0], Report(problems=(problem(refusal),))

    def additions(
        self, examined: Mapping[str, Report], baseline: Baseline | None = None
    ) -> Iterator[tuple[Policy, Report]]:
        """Reports about what files allow that they did not at the commit that is trusted.

        `examined` are the reports about them, by origin, `baseline` is that of the command line.
        """
        commit = self._trust.commit if self._trust else None
        if commit is None:
            return
        from imagelint.run.trust.additions import Additions

        layers = (layer for policy in self.all() for layer in self.layers(policy))
        named = {layer.policy.baseline for layer in layers}
        named.add(baseline.origin.removesuffix(f"@{commit.short}") if baseline else "")
        compared = Additions(self, commit)
        yield from compared.reports(examined)
        yield from compared.baselines(sorted(filter(None, named)))

    def all(self) -> tuple[Policy, ...]:
        """Every policy that was asked for so far."""
        if self._chosen is not None:
            return (self._chosen,)
        return tuple(self._by_path.values())

    def _at(self, path: str | None, trusted: TrustedPolicy | None) -> Policy:
        key = (id(trusted), path)
        if key not in self._by_path:
            below = self._resolved(path, trusted)
            policy = self._by_path[key] = self._finished(below, named=False)
            if path is not None:
                self._bases[id(policy)] = os.path.dirname(policy.sources[-1].origin)
        return self._by_path[key]

    def _resolved(self, path: str | None, trusted: TrustedPolicy | None) -> Policy:
        if trusted is None:
            return default_policy() if path is None else self._admitted(self._files.load(path))
        from imagelint.policy.trust.enforce import enforce

        if self._trust and self._trust.lower is not None:
            lower = self._trust.lower
        else:
            lower = Policy() if path is None else self._files.load(path, ())
        return enforce(trusted, self._admitted(lower, trusted.policy))

    def _admitted(self, lower: Policy, above: Policy = Policy()) -> Policy:  # noqa: B008 - it cannot be changed
        """A policy of the examined tree without the rules that one above it does not permit."""
        if not (lower.custom or lower.plugins):
            return lower
        from imagelint.policy.trust.withheld import withheld

        kept, refused = withheld(lower, above.permit, above.custom)
        self._refused.update(dict.fromkeys(refused))
        return kept

    def _finished(self, below: Policy, *, named: bool) -> Policy:
        if below.plugins:
            from imagelint.run.trust.plugins import plugged
            from imagelint.run.trust.sources import examined_roots

            below = plugged(below, examined_roots(self._examined))
        return narrowed(demand(below, self._flags, named=named), self._only)


def _opened(
    names: tuple[str, ...], request: TrustRequest | None, files: PolicyFiles
) -> Trust | None:
    if request is None or not (request.ref or request.organisation or any(map(is_file, names))):
        return None
    from imagelint.run.trust.sources import open_trust

    return open_trust(names, request, files)
