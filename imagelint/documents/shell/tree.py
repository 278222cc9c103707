"""Scripts through the grammar of bash: a walk over the syntax tree without recursion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.shell.flatten import (
    EXPRESSIONS,
    GATHERING,
    OUTPUTS,
    REDIRECTS,
    SIMPLE,
    SKIPPED,
    Part,
    flatten,
    is_several,
    words_behind,
)
from imagelint.documents.shell.grammar import parse
from imagelint.documents.shell.heredocuments import alone, bodies_in, document_redirect
from imagelint.documents.shell.lists import PROBES, pipelines
from imagelint.documents.shell.reader import CommandPosition, RawCommand, RawRedirect
from imagelint.documents.shell.scope import (
    ARGUMENTS,
    ENTER,
    LEAVE,
    LoopEnd,
    Scoping,
    names_set,
)
from imagelint.documents.shell.syntax import syntax_of
from imagelint.documents.shell.wrappers import ASSIGNMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tree_sitter import Node

    from imagelint.documents.shell.heredocuments import HereDocument
    from imagelint.documents.shell.reader import Range, Reader
    from imagelint.documents.shell.scope import Scope

_CONTINUATION = pattern(r"\\\r?\n")


class _Task(NamedTuple):
    """A node to visit; `redirects` are those that stand behind it.

    `children` are those of its children that count; none: all of them.
    """

    node: Node
    place: CommandPosition
    redirects: tuple[Node, ...] = ()
    children: tuple[Node, ...] = ()


class _Stage(NamedTuple):
    """A statement of a list that was taken apart."""

    part: Part
    place: CommandPosition


class _Stages(NamedTuple):
    """The stages of a pipeline, which gets its number when it is reached."""

    stages: tuple[_Stage, ...]


_Tasks = list["_Task | Scoping | LoopEnd | _Stage | _Stages"]


def read_tree(reader: Reader) -> None:
    """Read a text through the grammar; says so in the output when it is not a script."""
    reading = syntax_of(reader)
    if reading is not None:
        _Walk(reader, reading.documents).run(reading.root)


class _Walk:
    __slots__ = ("_documents", "_outside", "_reader")

    def __init__(self, reader: Reader, documents: Mapping[int, HereDocument]) -> None:
        self._reader = reader
        self._documents = documents
        self._outside: list[Scope] = []

    def run(self, root: Node) -> None:
        tasks: _Tasks = [_Task(root, CommandPosition(-1, 0, self._reader.unconditional))]
        while tasks:
            task = tasks.pop()
            if isinstance(task, Scoping):
                self._rescope(task)
                continue
            if isinstance(task, LoopEnd):
                self._reader.scope.assign(task.variable, UNKNOWN)
                continue
            tasks.extend(reversed(self._visited(task)))

    def _visited(self, task: _Task | _Stage | _Stages) -> _Tasks:
        if isinstance(task, _Stages):
            return self._piped(task)
        if isinstance(task, _Stage):
            return self._stage(task)
        kind = task.node.type
        return [] if kind in SKIPPED else _VISITS.get(kind, _Walk.children)(self, task)

    def _rescope(self, task: Scoping) -> None:
        reader = self._reader
        if task.enter:
            self._outside.append(reader.scope)
            reader.scope = reader.scope.copy()
        else:
            reader.scope = self._outside.pop()

    def _text(self, node: Node) -> str:
        return self._reader.text[node.start_byte : node.end_byte]

    def _is_glued(self, end: int, start: int) -> bool:
        """Whether what begins at `start` goes on with the word that ends at `end`.

        The grammar takes a continuation for a blank; the shell, and a build, for nothing.
        """
        return start == end or not _CONTINUATION.sub("", self._reader.text[end:start])

    # -- compound statements -----------------------------------------------------------------

    def children(self, task: _Task) -> _Tasks:
        return [_Task(child, task.place) for child in task.node.named_children]

    def conditional(self, task: _Task) -> _Tasks:
        place = task.place._replace(unconditional=False)
        return [_Task(child, place) for child in task.node.named_children]

    def repeated(self, task: _Task) -> _Tasks:
        """A loop or a function: what it assigns may hold before it is reached in the text."""
        self._reader.scope.taint(names_set(self._text(task.node)))
        self._reader.scope.assign(ARGUMENTS, UNKNOWN)
        return self.conditional(task)

    def loop(self, task: _Task) -> _Tasks:
        """`for NAME in WORDS`: in its body the variable is each of the words, unless it is set."""
        tasks = self.repeated(task)
        pieces: list[Range] = []
        body = task.node.child_by_field_name("body")
        variable = task.node.child_by_field_name("variable")
        if body is None or variable is None:
            return tasks
        for child in task.node.children_by_field_name("value"):
            piece = (child.start_byte, child.end_byte)
            if pieces and self._is_glued(pieces[-1][1], piece[0]):
                pieces[-1] = (pieces[-1][0], piece[1])
            else:
                pieces.append(piece)
        name = self._text(variable)
        if name not in names_set(self._text(body)):
            self._reader.loop(name, tuple(pieces))
        return [*tasks, LoopEnd(name)]

    def subshell(self, task: _Task) -> _Tasks:
        return [ENTER, *self.children(task), LEAVE]

    def substitution(self, task: _Task) -> _Tasks:
        place = CommandPosition(-1, 0, unconditional=False)
        return [ENTER, *(_Task(child, place) for child in task.node.named_children), LEAVE]

    def chain(self, task: _Task) -> _Tasks:
        """A list, a pipeline or a statement with redirects, as the shell binds its parts."""
        tasks: _Tasks = []
        for pipeline in pipelines(
            flatten(Part(task.node, task.redirects), self._reader.text), self._is_probe
        ):
            unconditional = task.place.unconditional and pipeline.sure
            place = task.place._replace(unconditional=unconditional)
            if len(pipeline.stages) == 1:
                tasks.append(_Stage(pipeline.stages[0], place))
                continue
            last = len(pipeline.stages) - 1
            stages = (
                _Stage(part, place._replace(stage=at, output=place.output if at == last else None))
                for at, part in enumerate(pipeline.stages)
            )
            tasks.append(_Stages(tuple(stages)))
        return tasks

    def _piped(self, stages: _Stages) -> _Tasks:
        pipe = self._reader.output.new_pipe()
        tasks: _Tasks = []
        for stage in stages.stages:
            tasks += (ENTER, stage._replace(place=stage.place._replace(pipe=pipe)), LEAVE)
        return tasks

    def _stage(self, stage: _Stage) -> _Tasks:
        (node, redirects, children), place = stage
        if node.type == "redirected_statement":
            self._emit(node, (), (), redirects, place)
            return self._inside(redirects)
        if node.type in SIMPLE:
            return [_Task(node, place, redirects, children)]
        return [_Task(node, self._within(redirects, place)), *self._inside(redirects)]

    def _within(self, redirects: Sequence[Node], place: CommandPosition) -> CommandPosition:
        """The place of what stands in a group, whose output may go to a file."""
        for redirect in redirects:
            piece, _ = self._piece(redirect)
            if piece.operator in GATHERING and piece.target is not None:
                return place._replace(output=piece)
        return place

    def _is_probe(self, part: Part) -> bool:
        node = part.node
        if node.type in ("test_command", "negated_command"):
            return True
        for child in (part.children or node.children) if node.type == "command" else ():
            text = self._text(child)
            if not ASSIGNMENT.match(text) and child.type not in REDIRECTS:
                return text in PROBES
        return self._text(node).startswith("((")

    # -- simple commands ---------------------------------------------------------------------

    def command(self, task: _Task) -> _Tasks:
        assignments: list[Range] = []
        words: list[Range] = []
        redirects: list[Node] = []
        inside: list[Node] = []
        text = self._reader.text
        if not task.children and is_several(task.node, text):
            return self.chain(task)
        for child in task.children or task.node.children:
            kind = child.type
            start, end = child.start_byte, child.end_byte
            if kind in REDIRECTS:
                redirects.append(child)
                continue
            if start == end or kind in ("comment", "ERROR"):
                continue
            if kind == "variable_assignment" or (
                not words and ASSIGNMENT.match(text[start:end]) and task.node.type == "command"
            ):
                assignments.append((start, end))
                inside += child.named_children
                continue
            if words and self._is_glued(words[-1][1], start):
                words[-1] = (words[-1][0], end)
            else:
                words.append((start, end))
            if kind != "word" and _may_substitute(text[start:end]):
                inside.append(child)
        every = (*redirects, *task.redirects)
        first = (task.children or (task.node,))[0]
        self._emit(first, words, assignments, every, task.place)
        return [*(_Task(node, task.place) for node in inside), *self._inside(every)]

    def assignment(self, task: _Task) -> _Tasks:
        """A `variable_assignment` that is a command of its own."""
        node = task.node
        piece = (node.start_byte, node.end_byte)
        self._emit(node, (), (piece,), task.redirects, task.place)
        tasks: _Tasks = [_Task(child, task.place) for child in node.named_children]
        return [*tasks, *self._inside(task.redirects)]

    def test(self, task: _Task) -> _Tasks:
        words: list[Range] = []
        inside: list[Node] = []
        stack = list(reversed(task.node.children))
        while stack:
            node = stack.pop()
            if node.type in EXPRESSIONS:
                stack.extend(reversed(node.children))
                continue
            if node.start_byte == node.end_byte or node.is_error:
                continue
            words.append((node.start_byte, node.end_byte))
            if _may_substitute(self._text(node)):
                inside.append(node)
        self._emit(task.node, words, (), task.redirects, task.place)
        return [*(_Task(n, task.place) for n in inside), *self._inside(task.redirects)]

    def _inside(self, redirects: Iterable[Node]) -> _Tasks:
        """Substitutions within redirects and the bodies of here-documents."""
        place = CommandPosition(-1, 0, unconditional=False)
        return [
            _Task(child, place)
            for redirect in redirects
            for child in self._expanded(redirect)
            if _may_substitute(self._text(child))
        ]

    def _expanded(self, redirect: Node) -> Sequence[Node]:
        """What the shell may expand in a redirect: its target, or the body."""
        text = self._reader.text
        document = self._document_at(redirect)
        if document is not None and not document.literal:
            tree = parse(alone(text, document))
            return [] if tree is None else bodies_in(tree.root_node)
        if redirect.type == "heredoc_redirect":
            return [one for one in redirect.named_children if one.type == "heredoc_body"]
        return redirect.named_children

    def _document_at(self, redirect: Node) -> HereDocument | None:
        """The here-document that stands where the tree has a plain redirect."""
        for child in redirect.children if self._documents else ():
            if child.type == "<":
                return self._documents.get(child.start_byte)
        return None

    def _emit(
        self,
        node: Node,
        words: Iterable[Range],
        assignments: Iterable[Range],
        redirects: Iterable[Node],
        place: CommandPosition,
    ) -> None:
        words = list(words)
        pieces: list[RawRedirect] = []
        for redirect in redirects:
            piece, more = self._piece(redirect)
            pieces.append(piece)
            words += more
        if (
            place.output is not None
            and words
            and OUTPUTS.isdisjoint(one.operator for one in pieces)
        ):
            pieces.append(place.output)
        start = node.start_byte
        ends = [piece[1] for piece in (*words, *assignments)]
        whole = (start, max(ends, default=node.end_byte))
        self._reader.emit(RawCommand(whole, tuple(words), tuple(assignments), tuple(pieces)), place)

    def _piece(self, node: Node) -> tuple[RawRedirect, list[Range]]:
        """A redirect, and the words that stand behind its target but belong to the command."""
        if node.type == "heredoc_redirect":
            return document_redirect(node, self._reader.text), words_behind(node)
        operator = ""
        targets: list[Range] = []
        for child in node.children:
            piece = (child.start_byte, child.end_byte)
            if child.type == "file_descriptor" or (not child.is_named and not targets):
                operator += self._text(child)
            elif targets and self._is_glued(targets[-1][1], piece[0]):
                targets[-1] = (targets[-1][0], piece[1])
            elif child.type != "comment" and piece[0] < piece[1]:
                targets.append(piece)
        target = targets[0] if targets else None
        whole = (node.start_byte, target[1] if target else node.end_byte)
        document = self._document_at(node)
        if document is not None:
            found = RawRedirect(
                whole, document.operator, document.body, body=True, literal=document.literal
            )
            return found, targets[1:]
        return RawRedirect(whole, operator, target), targets[1:]


_VISITS: Mapping[str, Callable[[_Walk, _Task], _Tasks]] = {
    "list": _Walk.chain,
    "pipeline": _Walk.chain,
    "redirected_statement": _Walk.chain,
    "if_statement": _Walk.conditional,
    "case_statement": _Walk.conditional,
    "for_statement": _Walk.loop,
    "c_style_for_statement": _Walk.repeated,
    "while_statement": _Walk.repeated,
    "function_definition": _Walk.repeated,
    "subshell": _Walk.subshell,
    "command_substitution": _Walk.substitution,
    "process_substitution": _Walk.substitution,
    "command": _Walk.command,
    "declaration_command": _Walk.command,
    "unset_command": _Walk.command,
    "test_command": _Walk.test,
    "variable_assignment": _Walk.assignment,
    "variable_assignments": _Walk.command,
}


def _may_substitute(text: str) -> bool:
    return "(" in text or "`" in text
