"""What ConfigMaps and Secrets of the run hand to containers: variables, and scripts in files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.deployment.attachment import shifted
from imagelint.deployment.budget import MOST_VARIABLES, Budget
from imagelint.documents.kubernetes.pods.launching import launch, scripts
from imagelint.documents.kubernetes.settings import read_settings
from imagelint.documents.serving.configfiles import named_configs, read_config
from imagelint.documents.serving.startscript import (
    known_variables,
    read_mapped_script,
)
from imagelint.documents.serving.unset import unset_variables
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.documents.shell.inner import script_file
from imagelint.documents.shell.script import ScriptRole
from imagelint.documents.shell.shells import POSIX_SHELLS, shebang_shell
from imagelint.documents.yaml.nodes import Scalar, Sequence
from imagelint.documents.yaml.text import map_scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.deployment.attachment import Attacher
    from imagelint.deployment.objects import Neighbourhood, ObjectInRun
    from imagelint.documents.kubernetes.manifest import Manifest
    from imagelint.documents.kubernetes.objects import Container
    from imagelint.documents.shared import Setting
    from imagelint.documents.shell.script import Script
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.nodes import YamlNode

_SOURCES = (("configMapRef", "ConfigMap"), ("secretRef", "Secret"))
_UNHANDED = "variables from ConfigMaps and Secrets are not looked at: they are too many together"
_MOST_SCRIPTS = 10
_LARGEST_SCRIPT = 200_000


class Handed(NamedTuple):
    """The variables of a container in the order in which they count, and whether they are all."""

    env: tuple[EnvVar, ...]
    complete: bool


class _Read(NamedTuple):
    """The settings of an object in their order, and the first of each name."""

    settings: tuple[Setting, ...]
    by_name: Mapping[str, Setting]


class _HeldFile(NamedTuple):
    """A file that a ConfigMap of a manifest holds under a key."""

    manifest: Manifest
    key: str
    place: Cursor


class Settings:
    """Looks up what the containers of one manifest are handed."""

    def __init__(self, around: Neighbourhood, attacher: Attacher) -> None:
        self._around = around
        self._attacher = attacher
        self._objects: dict[tuple[str, Span], _Read] = {}
        self.budget = Budget(MOST_VARIABLES, _UNHANDED)

    def environment(self, container: Container) -> Handed:
        """The variables of a container with those that objects of the run set."""
        body, namespace = container.body, container.owner.namespace
        inherited: list[EnvVar] = []
        complete = _is_list(body["env"]) and _is_list(body["envFrom"])
        for place in body["envFrom"].items():
            found = self._source(place, namespace)
            if found is not None and self.budget.grants(
                len(self._read(found).settings), container.span
            ):
                prefix = place["prefix"].word()
                inherited += self._all(found, prefix, container)
            else:
                complete = False
        places = {place.path: place for place in body["env"].items()}
        own = tuple(self._value(one, places.get(one.path), namespace) for one in container.env)
        named = len(own) == len(places)
        return Handed((*inherited, *own), complete and named and not container.adds.environment)

    def _source(self, place: Cursor, namespace: str) -> ObjectInRun | None:
        for key, kind in _SOURCES:
            if place[key].exists:
                return self._around.object(kind, place[key]["name"].word(), namespace)
        return None

    def _all(self, found: ObjectInRun, prefix: str, container: Container) -> Iterator[EnvVar]:
        """Everything that an object holds, as variables."""
        secret = found.object.kind == "Secret"
        offset = self._attacher.offset(found.manifest, certain=False)
        for one in self._read(found).settings:
            span = Span(one.span.start + offset, one.span.end + offset)
            yield EnvVar(
                span=span,
                name=prefix + one.name,
                value=UNKNOWN if secret else Known(one.text, span),
                origin=EnvOrigin.POD,
                name_span=span,
                value_span=span,
                reference="secretRef" if secret else "configMapRef",
                path=one.path,
                place=container.place,
            )

    def _read(self, found: ObjectInRun) -> _Read:
        """The settings of an object, read once for all containers that get them."""
        key = (found.manifest.source.origin, found.object.span)
        if key not in self._objects:
            settings = tuple(read_settings(found.object))
            self._objects[key] = _Read(settings, {one.name: one for one in reversed(settings)})
        return self._objects[key]

    def _value(self, variable: EnvVar, place: Cursor | None, namespace: str) -> EnvVar:
        """A variable with the value that a key of a ConfigMap holds."""
        if variable.reference != "configMapKeyRef" or place is None:
            return variable
        key = place["valueFrom"]["configMapKeyRef"]
        found = self._around.object("ConfigMap", key["name"].word(), namespace)
        one = self._read(found).by_name.get(key["key"].word()) if found is not None else None
        if found is None or one is None:
            return variable
        offset = self._attacher.offset(found.manifest, certain=False)
        span = Span(one.span.start + offset, one.span.end + offset)
        return variable._replace(value=Known(one.text, span), value_span=span)

    def scripts(self, container: Container) -> Mapping[str, Script]:
        """The scripts in mounted ConfigMaps that a container runs, by the words that name them."""
        started = launch(container).argv
        pending = [
            started,
            *(one.words for script in scripts(container) for one in script.commands),
        ]
        found: dict[str, Script] = {}
        while pending and len(found) < _MOST_SCRIPTS:
            word = script_file(pending.pop(0))
            if word is None or word.text in found:
                continue
            held = self._mounted(word.text, container)
            script = self._script(held, container) if held is not None else None
            if script is not None:
                found[word.text] = script
                pending += [command.words for command in script.commands]
        return found

    def files(self, container: Container) -> Mapping[str, YamlNode]:
        """The settings in mounted ConfigMaps that a container's server reads, by their paths."""
        found: dict[str, YamlNode] = {}
        for path in named_configs(launch(container)):
            held = self._mounted(path, container)
            scalar = held.place.node if held is not None else None
            node = read_config(map_scalar(scalar), path) if isinstance(scalar, Scalar) else None
            if held is not None and node is not None:
                offset = self._attacher.offset(held.manifest, certain=False)
                found[path] = shifted(node, offset, container.place)
        return found

    def _mounted(self, path: str, container: Container) -> _HeldFile | None:
        """The file of a ConfigMap that is mounted at a path."""
        for mount in container.body["volumeMounts"].items():
            key = _key_at(path, mount)
            if key is None:
                continue
            volume = _volume(container, mount["name"].word())
            if volume is None:
                continue
            config = volume["configMap"]
            found = self._around.object(
                "ConfigMap", config["name"].word(), container.owner.namespace
            )
            if found is not None:
                name = _renamed(key, config["items"])
                return _HeldFile(found.manifest, name, found.object.body["data"][name])
        return None

    def _script(self, held: _HeldFile, container: Container) -> Script | None:
        key, place = held.key, held.place
        node = place.node
        if not isinstance(node, Scalar) or len(node.text) > _LARGEST_SCRIPT:
            return None
        shell = shebang_shell(node.text)
        if shell not in ("", *POSIX_SHELLS) or (not shell and key.endswith(".py")):
            return None
        script = read_mapped_script(
            map_scalar(node),
            ScriptRole.START,
            shell=shell or "sh",
            variables={
                **unset_variables(
                    node.text, container.image, container.env, complete=container.env_complete
                ),
                **known_variables(container.env),
            },
            path=place.path,
        )
        offset = self._attacher.offset(held.manifest, certain=False)
        return shifted(script, offset, container.place).standing_in(container.place)


def _key_at(path: str, mount: Cursor) -> str | None:
    """The file of a volume that a path in the container is; None for another path."""
    target, inside = mount["mountPath"].word().rstrip("/"), mount["subPath"].word()
    if inside:
        return inside if path == target else None
    return path.removeprefix(f"{target}/") if path.startswith(f"{target}/") else None


def _renamed(path: str, items: Cursor) -> str:
    """The key of a ConfigMap whose value is a file: its own name, unless `items` give another."""
    for item in items.items():
        if item["path"].word() == path:
            return item["key"].word()
    return path


def _volume(container: Container, name: str) -> Cursor | None:
    volumes = container.spec["volumes"].items()
    return next((one for one in volumes if one["name"].word() == name), None)


def _is_list(place: Cursor) -> bool:
    return not place.exists or place.null or isinstance(place.node, Sequence)
