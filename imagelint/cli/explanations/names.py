"""What is explained besides one rule of ours: former names, and rules of policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.cli.options.policy import PolicyOptions
    from imagelint.rules.rule import Rule


def own_rule(name: str, policy: PolicyOptions) -> Rule:
    """A rule that the policy which holds here brings.

    Raises:
        UsageError: it brings none of that name.
    """
    from imagelint.core.nearest import nearest
    from imagelint.policy.custom.rulebook import Rulebook

    own = policy.open().policies.of(".").own
    if name in own:
        return Rulebook(own).load(name)
    near = nearest(name, own)
    help_ = f"did you mean {near}?" if near else "name the policy that defines it: --policy FILE"
    raise UsageError(Diagnostic(f"no policy that holds here defines {name!r}", help=help_))


def split_names(former: str) -> Iterator[str]:
    """What became of a rule that is several rules now."""
    from imagelint.rules import catalog
    from imagelint.rules.documentation import read_documentation

    successors = catalog.successors(former)
    width = max(map(len, successors))
    yield f"`{former}` is the former name of {len(successors)} rules:\n"
    for name in successors:
        rule = catalog.load(name)
        yield f"  {name:{width}}  {rule.severity!s:8}  {read_documentation(rule.doc).summary}"
    yield "\nWhat a policy or an allowance says by the former name holds for all of them."
    yield "`imagelint explain NAME` tells more about one."


def hint(name: str) -> str:
    """What may have been meant by a name that nothing answers to."""
    from imagelint.engine.suppression import nearest_rule

    near = nearest_rule(name)
    return f"did you mean {near}?" if near else "see `imagelint rules`"
