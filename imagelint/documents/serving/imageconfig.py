"""What an image brings to the containers that are made of it, where its Dockerfile is read.

https://github.com/opencontainers/image-spec/blob/main/config.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.remembered import remembered_briefly, remembered_pair
from imagelint.documents.runtime.field import Place
from imagelint.documents.runtime.model import ContainerPort

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.source import Span
    from imagelint.documents.dockerfile.model import HealthCheck
    from imagelint.documents.runtime.model import Runtime
    from imagelint.documents.serving.launch import Launch
    from imagelint.documents.shared import EnvVar, ImageUse
    from imagelint.documents.shell.script import Script, Word
    from imagelint.documents.yaml.nodes import YamlNode

_NAME = pattern(r"[A-Za-z_]\w*")


class ExposedPort(NamedTuple):
    """A port that an image says its program listens on."""

    span: Span
    number: int


class ImageConfig(NamedTuple):
    """The configuration of an image that is built in the run.

    `entry` are the words of its entry point, None where it has none of its own: `base`, the outside
    image that it is built upon, may bring one. `command` are the default arguments. An entry point
    in shell form (`closed`) takes none, whoever gives them. `scripts` are those of files which its
    start runs, by the words that run them, `files` the settings in files that its server reads;
    `user` is absent where the base decides. `brings` are the programs for checks that it may have
    besides those of its base, None: any. `names` are those of the Dockerfile and of the stage.
    """

    entry: tuple[Word, ...] | None
    command: tuple[Word, ...]
    closed: bool
    base: ImageUse | None
    env: tuple[EnvVar, ...] = ()
    user: Fact[str] = UNKNOWN
    ports: tuple[ExposedPort, ...] = ()
    healthcheck: HealthCheck | None = None
    scripts: Mapping[str, Script] = {}
    files: Mapping[str, YamlNode] = {}
    brings: frozenset[str] | None = None
    names: tuple[str, ...] = ()


def launched(launch: Launch, config: ImageConfig) -> Launch:
    """What a container starts whose image has that configuration.

    Whoever names another entry point drops the image's arguments as well; who gives arguments
    replaces them. https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact
    """
    env = (*config.env, *launch.env)
    files = {**config.files, **launch.files}
    names = (launch.image.text, *config.names) if launch.image else config.names
    based = launch._replace(env=env, image=config.base or launch.image, files=files)
    based = based._replace(built_as=names)
    if launch.appends is None:
        return based._replace(complete=False)
    if not launch.appends:
        return based
    words = launch.argv or config.command
    built = config.scripts if config.entry is not None or not launch.argv else {}
    built = _told_anew(built, launch.env, env) if launch.env else built
    scripts = {**built, **launch.scripts} if built else launch.scripts
    if config.entry is None:
        return based._replace(argv=words, scripts=scripts)
    argv = config.entry if config.closed else (*config.entry, *words)
    return based._replace(argv=argv, appends=False, scripts=scripts)


def _told_anew(
    scripts: Mapping[str, Script], own: tuple[EnvVar, ...], env: tuple[EnvVar, ...]
) -> Mapping[str, Script]:
    """The scripts of an image as a container runs them that sets variables which they use.

    What they make of a variable that nobody set (`${TP:-2}`) is the image's own answer.
    """
    return {
        word: _told(script, _used(script, env))
        if any(variable.name in _names(script) for variable in own)
        else script
        for word, script in scripts.items()
    }


def _used(script: Script, env: tuple[EnvVar, ...]) -> tuple[tuple[str, Fact[str]], ...]:
    """What a script may know of its variables: others make no other script of it.

    Where they are set is left out, by which containers differ that say the same.
    """
    known = {one.name: one.value for one in env if one.name in _names(script)}
    return tuple(
        (name, Known(fact.value) if isinstance(fact, Known) else fact)
        for name, fact in sorted(known.items())
    )


@remembered_briefly
def _names(script: Script) -> frozenset[str]:
    """All that may be the name of a variable in a script."""
    return frozenset(_NAME.findall(script.text))


@remembered_pair
def _told(script: Script, variables: tuple[tuple[str, Fact[str]], ...]) -> Script:
    """A script that is read anew with some variables: many containers of an image agree on them."""
    from imagelint.documents.dockerfile.context.scripts import names_with_default
    from imagelint.documents.shell.read import read_script

    return read_script(
        script.text,
        script.span,
        script.role,
        shell=script.shell,
        variables={**dict.fromkeys(names_with_default(script.text), ABSENT), **dict(variables)},
        mounts=script.mounts,
        workdir=script.workdir,
        path=script.path,
    ).standing_in(script.place)


def run_as(runtime: Runtime, config: ImageConfig) -> Runtime:
    """Where a container runs whose image has that configuration."""
    user = config.user if runtime.user is ABSENT else runtime.user
    declared = {port.number for port in runtime.ports}
    exposed = tuple(
        ContainerPort(port.number, Place(port.span))
        for port in config.ports
        if port.number not in declared
    )
    return runtime._replace(user=user, ports=(*runtime.ports, *exposed))


def known_user(fact: Fact[str]) -> Fact[str]:
    """A user that an instruction names; a base image decides where none does."""
    return fact if isinstance(fact, Known) else UNKNOWN
