"""`imagelint policy export`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from imagelint.cli.options.shared import policy_options
from imagelint.cli.options.valuetypes import OneOf

if TYPE_CHECKING:
    from imagelint.cli.options.policy import PolicyOptions
    from imagelint.policy.model import Policy

Controller = Literal["kyverno", "policy-controller", "notation"]


@click.command()
@click.argument("controller", type=OneOf(("kyverno", "policy-controller", "notation")))
@policy_options
def export(*, controller: Controller, policy: PolicyOptions) -> None:
    """Print who must have signed, as the policy of an admission controller, or of notation."""
    policies = policy.open().policies
    held = policies.of(".")
    click.echo(exported(held, controller, policies.base_of(held)), nl=False)


def exported(policy: Policy, controller: Controller, folder: str) -> str:
    """The manifests that ask in a cluster for what the policy asks of signatures.

    Paths of keys are relative to `folder`.

    Raises:
        UsageError: the controller cannot be told.
    """
    from pathlib import Path

    if controller == "notation":
        from imagelint.cli.files.notationtrust import told

        return told(policy, folder, _read_key)
    from imagelint.policy.export.manifests import written
    from imagelint.policy.export.requirements import exported_trust

    trust = exported_trust(policy, lambda path: _read_key(str(Path(folder, path))))
    name = f"{policy.name or 'imagelint'}-signatures"
    notes = [f"Not told: {each}." for each in trust.untold]
    if controller == "kyverno":
        from imagelint.policy.export.kyverno import kyverno

        return written(kyverno(trust, name), notes)
    from imagelint.policy.export.policycontroller import policy_controller

    notes.append("A glob ends with ** for tags and digests, and so holds for longer names, too.")
    return written(policy_controller(trust, name), notes)


def _read_key(path: str) -> str:
    from imagelint.collect.read import decode, read_bytes
    from imagelint.core.errors import Diagnostic, UsageError

    data = read_bytes(path, path)
    read = decode(data, path) if isinstance(data, bytes) else None
    if read is None or read.source is None:
        raise UsageError(Diagnostic("the key cannot be read", at=path))
    return read.source.text
