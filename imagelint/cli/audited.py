"""Run an audit, show how far it is, and say what it came to."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from imagelint.cli.auditprogress import drawn, logged
from imagelint.cli.streams import say
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.report import ExitCode

if TYPE_CHECKING:
    from imagelint.cli.auditoptions import AuditChoice
    from imagelint.cli.policyoptions import PolicyOptions
    from imagelint.cli.scanoptions import ScanOptions
    from imagelint.store.records import Finished

_CODES = {"pass": ExitCode.PASS, "fail": ExitCode.FAIL, "incomplete": ExitCode.INCOMPLETE}


def run_audit(
    sources: tuple[str, ...], choice: AuditChoice, scanning: ScanOptions, policy: PolicyOptions
) -> int:
    """The exit code of an audit.

    Raises:
        UsageError: a source, the store or the log cannot be used, or a package is missing.
    """
    try:
        from imagelint.audit.setup import ScanRequest, prepare
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("sqlalchemy", "alembic"):
            raise
        help_ = "install it: pip install 'imagelint[audit]'"
        raise UsageError(Diagnostic("the store of audits is not installed", help=help_)) from None
    from imagelint.audit.progress import Progress
    from imagelint.audit.summary import summary
    from imagelint.cli.imagejob import ImageJob

    selection = choice.selection()
    with ExitStack() as stack:
        session = policy.open()
        job = scanning.apply(ImageJob(""), session, None)
        scan = ScanRequest(job.trivy, job.settings)
        ready = stack.enter_context(prepare(session, choice.store, choice.options(), scan))
        progress = Progress(ready.asker.states)
        draw, log = drawn(progress, quiet=choice.quiet), logged(choice.log, stack)

        def tell(one: Finished) -> None:
            progress.add(one)
            log(one)
            draw()

        asked = ready.sources(sources, selection, sys.stdin.buffer.read)
        if choice.plan:
            say("".join(f"{line}\n" for line in ready.audit.plan(asked, selection).lines()))
            return int(ExitCode.PASS)
        done = ready.audit.run(asked, selection, tell)
        say("".join(f"{line}\n" for line in summary(ready.store, done)))
    return int(_CODES[done.outcome])
