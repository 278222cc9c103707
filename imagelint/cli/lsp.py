"""`imagelint lsp`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from imagelint.cli.options.shared import policy_options
from imagelint.core.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from imagelint.cli.options.policy import PolicyOptions


@click.command()
@policy_options
def lsp(policy: PolicyOptions) -> None:
    """Serve an editor: judge what is written while it is written.

    Speaks the Language Server Protocol over standard input and output.
    """
    try:
        from imagelint.editor.features import serve
        from imagelint.editor.server import Pages
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        help_ = "install it: pip install 'imagelint[lsp]'"
        raise UsageError(Diagnostic("the language server is not installed", help=help_)) from None
    from imagelint.cli.explain import page
    from imagelint.cli.explanations.rulepage import PAGES
    from imagelint.rules import catalog

    def text(rule: str) -> str:
        return "\n".join(page(catalog.load(rule)))

    serve(partial(policy.open, (".",)), Pages(text, lambda rule: f"{PAGES}/{rule}"))
