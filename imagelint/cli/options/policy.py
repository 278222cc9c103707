"""Options about what counts, and the session that they open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.core.environment import Environment
    from imagelint.run.session import Session


class PolicyOptions(NamedTuple):
    """What the command line says about the policy."""

    policies: tuple[str, ...] = ()
    policy_from: str = ""
    fail_on: str | None = None
    rules: tuple[str, ...] = ()

    def open(  # noqa: PLR0913 - what a command says of its run
        self,
        paths: tuple[str, ...] = (),
        *,
        environment: Environment | None = None,
        demanded: tuple[str, ...] = (),
        only: tuple[str, ...] = (),
        cached: bool = True,
        seconds: float | None = None,
    ) -> Session:
        """A session for the files at some paths, or for an image.

        `environment` is what the command line declares, `demanded` are rules that the command is
        about, `only` the ones that run, or all. The whole run may take `seconds`.

        Raises:
            PolicyError: a policy is wrong.
            UsageError: something is named that is not there.
        """
        from imagelint.cli.options.policyflags import flags
        from imagelint.collect.deadline import Deadline
        from imagelint.collect.environment import variable
        from imagelint.run.policyfiles import VARIABLE, TrustRequest
        from imagelint.run.session import Session

        said = flags(self.fail_on, self.rules, environment, demanded)
        deadline = Deadline(seconds or 0)
        request = TrustRequest(self.policy_from, variable(VARIABLE), paths, deadline)
        session = Session.open(self.policies, said, cached=cached, only=only, request=request)
        return session._replace(deadline=deadline)
