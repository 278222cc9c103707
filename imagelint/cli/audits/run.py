"""Run an audit, show how far it is, and say what it came to."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from imagelint.cli.output.auditprogress import drawn, logged
from imagelint.cli.output.missingextras import need_store
from imagelint.cli.output.streams import say
from imagelint.core.report import ExitCode

if TYPE_CHECKING:
    from imagelint.audit.setup import Prepared
    from imagelint.cli.audits.recipe import AuditRecipe
    from imagelint.cli.options.audit import AuditChoice
    from imagelint.cli.options.policy import PolicyOptions
    from imagelint.cli.options.scan import ScanOptions
    from imagelint.store.records import Finished

_CODES = {"pass": ExitCode.PASS, "fail": ExitCode.FAIL, "incomplete": ExitCode.INCOMPLETE}


def run_audit(
    sources: tuple[str, ...], choice: AuditChoice, scanning: ScanOptions, policy: PolicyOptions
) -> int:
    """The exit code of an audit.

    Raises:
        UsageError: a source, the store or the log cannot be used, or a package is missing.
    """
    need_store()
    from imagelint.cli.audits.recipe import AuditRecipe

    recipe = AuditRecipe(choice.store, scanning, policy)
    with recipe.prepared(choice.options()) as ready, ready.store.trusted():
        return _run(sources, choice, recipe, ready)


def _run(
    sources: tuple[str, ...], choice: AuditChoice, recipe: AuditRecipe, ready: Prepared
) -> int:
    from imagelint.audit.progress import Progress, log_line, log_lines
    from imagelint.audit.summary import summary

    selection = choice.selection()
    asked = ready.sources(sources, selection, sys.stdin.buffer.read)
    if choice.plan:
        plan = ready.audit.plan(asked, selection)
        say("".join(f"{line}\n" for line in plan.lines()))
        return int(ExitCode.INCOMPLETE if plan.problems else ExitCode.PASS)
    with ExitStack() as stack:
        log = logged(choice.log, stack)
        progress = Progress(ready.asker.states)
        draw = drawn(progress, quiet=choice.quiet)
        if choice.cluster:
            from imagelint.audit.parts import Cluster, run_parts

            cluster = Cluster(choice.cluster, progress, draw)
            done = run_parts(cluster, recipe, ready, selection, asked)
            for line in log_lines(ready.store, done.run.id) if choice.log else ():
                log(line)
        else:

            def tell(one: Finished) -> None:
                log(log_line(one))
                draw()

            done = ready.audit.run(asked, selection, tell, progress)
    say("".join(f"{line}\n" for line in summary(ready.store, done)))
    return int(_CODES[done.outcome])
