"""Questions about the words that start a server: whether they are the ones that it gets."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.serving import title, variable
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.switches import holds_template
from imagelint.documents.shell.shells import POSIX_SHELLS
from imagelint.documents.shell.wrappers import WRAPPERS
from imagelint.knowledge.engines import engine
from imagelint.knowledge.recognition import engine_of_program, recognise_image
from imagelint.knowledge.versions import at_least

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.shared import EnvVar
    from imagelint.documents.shell.script import Word
    from imagelint.knowledge.recognition import RecognisedEngine

_SHELLS_VARIABLE = pattern(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
_PODS_VARIABLE = pattern(r"(?<!\$)\$\(([A-Z_][A-Z0-9_]*)\)")
_OF_SERVICES = pattern(r"_SERVICE_(?:HOST|PORT)|_PORT(?:_\d+_(?:TCP|UDP|SCTP))?(?:_\w+)?$")
# Whose pods get no other variables than those that are written, but for those of groups.
# kubernetes-sigs/lws:pkg/utils/pod/pod_utils.go
_GROUPS = "LeaderWorkerSet"
_GROUPS_VARIABLES = frozenset(("LWS_LEADER_ADDRESS", "LWS_GROUP_SIZE", "LWS_WORKER_INDEX"))
_PLAIN = frozenset(("Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", _GROUPS))
_JOINED = pattern(r"(--?[A-Za-z][\w.-]*)[ \t]+(?=\S)")
_MOST_WORDS = 12  # that name a program, with the options of an interpreter


class SecondCommand(NamedTuple):
    """A command where a server expects its arguments.

    `first` is the word with which it begins, `written` the words that run before it where they are
    in sight: they are the image's own otherwise.
    """

    first: Word
    written: str = ""


def second_command(server: ServingCommand) -> SecondCommand | None:
    """The command among a server's arguments: it is said twice, or handed to the entry point."""
    words = server.words
    if server.program is None:
        appended = bool(words) and _has_entry_point(server) and _is_program(words)
        return SecondCommand(words[0]) if appended else None
    if engine_of_program(_texts(words)) is not None:
        return SecondCommand(words[0], server.program.text)
    # What begins with a known server is taken for one; the image's own comes before it.
    started = server.launch.argv[:1]
    if server.launch.appends and started and _has_entry_point(server):
        return SecondCommand(started[0])
    return None


def bare_flag(server: ServingCommand) -> Word | None:
    """The flag that would be run as a program: of an image that starts nothing by itself."""
    words, found = server.words, _recognised(server)
    if server.program is not None or not server.launch.appends or server.launch.engine:
        return None
    if found is None or found.general or not (found.bare or engine(found.engine).bare):
        return None
    if found.anywhere:  # who tells it flags alone may well know that it has an entry point
        return None
    return words[0] if words and words[0].text.startswith("-") else None


def untaken_model(server: ServingCommand) -> Word | None:
    """The model where the entry point of the image takes none yet: a word without a flag."""
    words, facts = server.words, server.facts
    if server.program is not None or facts is None or not facts.positional_since:
        return None
    if not _has_entry_point(server) or not isinstance(server.engine_version, Known):
        return None
    old = at_least(server.engine_version.value, facts.positional_since) is False
    bare = bool(words) and isinstance(words[0].value, Known) and words[0].text[:1] not in ("-", "")
    return words[0] if old and bare else None


def joined_words(server: ServingCommand) -> Iterator[tuple[Node, str, str]]:
    """The words that are a flag and its value at once, each with its flag and who gets it.

    An entry point that is a script may split them, as may an operator's.
    """
    for place, flag in server.launch.runtime.platform.joined_flags:
        yield place, flag, "what runs the container"
    entry = server.facts.entry if server.facts else ()
    if server.launch.engine or (server.program is None and entry[:1] and entry[0].endswith(".sh")):
        return
    for word in server.words:
        match = _JOINED.match(word.text) if isinstance(word.value, Known) else None
        if match is not None:
            yield word, match[1], title(server)


class LiteralVariable(NamedTuple):
    """A place in which no shell fills a variable in: what reaches the server, and the variable.

    `within` is the variable of the container whose value that is; empty for a word.
    """

    place: Node
    text: str
    name: str
    within: str = ""


def literal_variables(server: ServingCommand) -> Iterator[LiteralVariable]:
    """The words in which a variable is named as in a shell that the container has.

    In the exec form of a Dockerfile any name: nothing writes such a file anew before it is built.
    """
    written = _written(server)
    built = server.launch.runtime.kind == "image" and server.program is not None
    for word in server.words:
        text = _literal(word, written)
        if "; " in text:
            continue  # a script, which the entry point hands to a shell
        for match in _SHELLS_VARIABLE.finditer(text):
            name = match[1] or match[2]
            found = variable(server, name)
            if built if found is None else _is_set_there(server, found):
                yield LiteralVariable(word, text, name)
                break


def literal_settings(server: ServingCommand) -> Iterator[LiteralVariable]:
    """The variables whose values name another one of the container as in a shell.

    Those of images do: Docker fills them in.
    """
    if server.launch.runtime.kind == "image":
        return
    named = {one.name: one for one in server.launch.env}
    for setting in server.launch.env:
        text = setting.value.value if isinstance(setting.value, Known) else ""
        for match in _SHELLS_VARIABLE.finditer(text):
            name = match[1] or match[2]
            found = named.get(name) if name != setting.name else None
            if found is not None and _is_set_there(server, found):
                place = Place(setting.value_span, setting.path)
                yield LiteralVariable(place, text, name, setting.name)
                break


def unset_variables(server: ServingCommand) -> Iterator[LiteralVariable]:
    """The words in which `$(NAME)` stays as it is: the container has no variable of that name.

    None where more variables may come, be it from the cluster's Services.
    """
    runtime = server.launch.runtime
    if runtime.kind != "pod" or runtime.owner not in _PLAIN or not server.launch.env_complete:
        return
    known = _GROUPS_VARIABLES if runtime.owner == _GROUPS else frozenset()
    names = known | {one.name for one in server.launch.env}
    written = _written(server)
    for word in server.words:
        text = word.raw.strip("\"'") if word in written else ""  # a shell has its own `$(NAME)`
        found = (match[1] for match in _PODS_VARIABLE.finditer(text))
        for name in found:
            if name not in names and not _OF_SERVICES.search(name):
                yield LiteralVariable(word, text, name)
                break


def likely_variable(server: ServingCommand, name: str) -> str:
    """The variable of the container whose name is nearest to one that is not set; maybe empty."""
    from difflib import get_close_matches

    known = _GROUPS_VARIABLES if server.launch.runtime.owner == _GROUPS else frozenset()
    names = sorted(known | {one.name for one in server.launch.env})
    return next(iter(get_close_matches(name, names, 1)), "")


def _is_set_there(server: ServingCommand, found: EnvVar) -> bool:
    """Whether a variable is the container's: a template fills its own into both places."""
    if server.launch.runtime.kind != "pod" or found.reference:
        return True
    return isinstance(found.value, Known) and not holds_template(found.value.value)


def _written(server: ServingCommand) -> frozenset[Word]:
    """The words of a command that stands in a manifest itself: no shell reads them before."""
    launch = server.launch
    return frozenset(launch.argv) if launch.runtime.kind == "pod" else frozenset()


def _literal(word: Word, written: frozenset[Word]) -> str:
    """What reaches the server, as far as it is known."""
    if isinstance(word.value, Known):
        return word.text
    # In a manifest `${NAME}` looks like a template; in the text of a shell it is not one of these.
    return word.raw.strip("\"'") if word in written else ""


def _has_entry_point(server: ServingCommand) -> bool:
    """Whether the image starts a server to which it hands all words."""
    found, facts = _recognised(server), server.facts
    if found is None or facts is None:
        return False
    other = facts.bare or found.bare or found.general or server.launch.engine
    return bool(facts.entry) and not (other or facts.passes_commands)


def _recognised(server: ServingCommand) -> RecognisedEngine | None:
    """What the image tells of the engine that is started; None where it is of another one."""
    image = server.launch.image.known if server.launch.image is not None else None
    found = recognise_image(image) if image is not None else None
    return found if found is not None and found.engine == server.engine else None


def _is_program(words: tuple[Word, ...]) -> bool:
    name = basename(words[0].text)
    known = name in POSIX_SHELLS or name in WRAPPERS
    return known or engine_of_program(_texts(words)) is not None


def _texts(words: tuple[Word, ...]) -> tuple[str, ...]:
    return tuple(word.text for word in words[:_MOST_WORDS])
