"""What the command `fix` does: examine, mend, write or show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.cli.fixes.files import examined, readable
from imagelint.cli.fixes.interactive import Asking, accepting
from imagelint.cli.fixes.standardinput import standard_input
from imagelint.cli.output.fixes import say_unexamined, tell
from imagelint.cli.output.streams import say
from imagelint.core.record import NamedTuple
from imagelint.core.report import ExitCode
from imagelint.engine.decide import Expected
from imagelint.run.changes.fixing import FixRequest, fix

if TYPE_CHECKING:
    from imagelint.cli.fixes.files import FixPaths
    from imagelint.cli.output.fixes import FixView
    from imagelint.engine.baseline import Baseline
    from imagelint.run.session import Session


class FixJob(NamedTuple):
    """The files to mend, and what is left in them as it is."""

    session: Session
    named: FixPaths
    baseline: Baseline | None

    def run(self, view: FixView, *, unsafe: bool, interactive: bool) -> int:
        """Mend, tell what was mended, and give the exit code.

        Raises:
            UsageError: a file cannot be written.
        """
        accepts = Asking(unsafe=unsafe) if interactive else accepting(unsafe=unsafe)
        if "-" in self.named.paths:
            given = standard_input(self.session, self.named)
            result = fix(FixRequest(given.examine, given.read, accepts))
            if view.writes:
                say(result.changes[0].after if result.changes else given.text)
            view = view._replace(quiet=view.quiet or view.writes)
        else:
            examine = examined(self.session, self.named, self.baseline)
            result = fix(FixRequest(examine, readable, accepts))
            if view.writes:
                from imagelint.collect.write import rewrite

                for change in result.changes:
                    rewrite(*change)
        tell(result, view)
        if view.check and result.changes:
            return ExitCode.FAIL
        found = any(map(Expected().met_by, result.report.examined)) or self.named.candidates
        if view.check and not found:
            say_unexamined()
            return ExitCode.INCOMPLETE
        return ExitCode.INCOMPLETE if result.report.problems or result.problems else ExitCode.PASS
