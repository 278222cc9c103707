"""Where the package `cuda-compat` takes the place of the host's own `libcuda`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.documents.shared import EnvOrigin
from imagelint.knowledge.cuda import driver_match
from imagelint.knowledge.gpus import lacks_forward_compatibility
from imagelint.knowledge.versions import at_least

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.environment import Environment
    from imagelint.documents.base import Document, Node
    from imagelint.documents.shared import EnvVar
    from imagelint.documents.shell.script import Command

_SETS_CONTAINER = (EnvOrigin.ENV, EnvOrigin.POD, EnvOrigin.COMPOSE)
# docs.nvidia.com/deploy/cuda-compatibility/forward-compatibility.html: package and folder
_PACKAGE = pattern(r"cuda-compat-(\d{1,3})-(\d{1,3})")
_FOLDER = pattern(r"/usr/local/cuda(?:-(\d{1,3})\.(\d{1,3}))?/compat(?:/lib(?:\.real)?)?/?")


class Compatibility(NamedTuple):
    """A place that brings `cuda-compat`, and its release of CUDA, as far as that is told.

    `ahead` tells that the libraries come before the host's own, whatever the host has.
    """

    place: Node
    written: str
    cuda: tuple[int, ...]
    ahead: bool


def compat_packages(document: Document, command: Command) -> Iterator[Compatibility]:
    """The packages of a shipped stage that bring it."""
    for install in package_installs(command):
        for package in install.packages if install.ecosystem.is_system else ():
            match = _PACKAGE.fullmatch(package.name)
            stage = enclosing_stage(document, command.span) if match else None
            if match and stage is not None and stage.shipped:
                cuda = (int(match[1]), int(match[2]))
                yield Compatibility(package, package.name, cuda, ahead=False)


def compat_folder(document: Document, variable: EnvVar) -> Compatibility | None:
    """The folder of it in a variable that says where libraries are looked for first.

    What is put before a value that is not known stands there as it is written.
    """
    if variable.name != "LD_LIBRARY_PATH" or variable.origin not in _SETS_CONTAINER:
        return None
    known = variable.value
    text = known.value if isinstance(known, Known) else document.written(variable.value_span)
    for folder in text.strip("\"'").split(":"):
        match = _FOLDER.fullmatch(folder)
        if match:
            cuda = (int(match[1]), int(match[2])) if match[1] else ()
            return Compatibility(variable, folder, cuda, ahead=True)
    return None


def is_useless(found: Compatibility, environment: Environment) -> str:
    """Why it does harm on the hosts that the policy declares; empty where it may help, or not."""
    product = environment.gpu_product or ""
    if product and lacks_forward_compatibility(product):
        return f"does not run on {product}"
    match = driver_match(found.cuda) if found.cuda else None
    driver = environment.driver
    if driver and match and at_least(driver, match):
        release = ".".join(map(str, found.cuda))
        return f"brings the driver's libraries of CUDA {release}, and the hosts have {driver}"
    return ""
