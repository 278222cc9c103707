"""The trust policy of notation on standard output, and on standard error what goes with it."""

from __future__ import annotations

import json
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from imagelint.cli.errors import shown
from imagelint.policy.export.notation import notation

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.policy.model import Policy


def told(policy: Policy, folder: str, read_key: Callable[[str], str]) -> str:
    """The trust policy; the commands that fill its stores, and what it leaves out, are told.

    Paths of keys are relative to `folder`; `read_key` gives the text of one.

    Raises:
        UsageError: notation cannot be told.
    """
    trust = notation(policy.environment, lambda path: read_key(str(Path(folder, path))))
    for store, path in trust.certificates:
        file = shown(quote(str(Path(folder, path))))
        click.echo(f" note: notation cert add --type ca --store {store} {file}", err=True)
    for each in trust.untold:
        click.echo(f" note: not told: {shown(each)}", err=True)
    return json.dumps(trust.policy, indent=2, ensure_ascii=False) + "\n"
