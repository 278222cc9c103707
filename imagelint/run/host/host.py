"""Read a host, and say whether an image and its model start there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.host.reader import HostReader
from imagelint.collect.images.local import LocalImages
from imagelint.collect.images.names import is_local
from imagelint.collect.registry.layout import is_layout
from imagelint.collect.registry.resolve import resolve
from imagelint.core.environment import Environment
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem
from imagelint.core.serving.host import HostReport
from imagelint.documents.host.checks import checks
from imagelint.documents.host.starts import Wish, starts

if TYPE_CHECKING:
    from imagelint.collect.deadline import Deadline
    from imagelint.core.serving.host import HostFacts

_ROOT = "/"


class HostRequest(NamedTuple):
    """What is asked: of the host below `root`, about what it shall start.

    The configuration of an image at hand is read; with `reads` that of a registry's as well.
    """

    deadline: Deadline
    root: str = _ROOT
    wish: Wish = Wish()
    declared: Environment = Environment()
    reads: bool = False


def host_facts(root: str) -> HostFacts:
    """What there is on the host below a root; programs are asked only of the running one."""
    return HostReader(root, live=root == _ROOT).facts()


def judge_host(facts: HostFacts, request: HostRequest) -> HostReport:
    """The host by itself, by what the policy declares, and by what is to start there.

    Raises:
        UsageError: that is no image.
    """
    wish = request.wish
    problems = facts.problems
    near = is_local(wish.image) or is_layout(wish.image)
    if wish.image and (near or request.reads):
        found = _configured(wish, facts.platform, request.deadline)
        if isinstance(found, Problem):
            problems = (*problems, found)
        else:
            wish = found
    said = list(checks(facts, request.declared))
    asked = tuple(name for name in (wish.image, wish.model) if name)
    if asked:
        said += starts(wish, facts)
    return HostReport(facts, tuple(said), asked, problems)


def environment_of(facts: HostFacts) -> Environment:
    """What the host says of what a policy would declare."""
    gpus = facts.driver.gpus
    labels = {one.label for one in gpus}
    product = labels.pop() if len(labels) == 1 else None
    return Environment(
        driver=facts.driver.version or None,
        gpu_product=product,
        gpus_per_node=len(gpus) or None,
    )


def _configured(wish: Wish, platform: str, deadline: Deadline) -> Wish | Problem:
    """The wish with what the image's configuration says, of several that for this platform."""
    if is_local(wish.image):
        with LocalImages(wish.image, deadline) as local:
            targets = local.resolve()
    else:
        targets = resolve(wish.image, "", deadline)
    if isinstance(targets, Problem):
        return targets
    platforms = tuple(filter(None, (one.identity.platform for one in targets)))
    ours = (one for one in targets if platform and one.identity.platform.startswith(platform))
    config = next(ours, targets[0]).config
    return wish._replace(variables=dict(config.env) if config else {}, platforms=platforms)
