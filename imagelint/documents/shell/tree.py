"""Scripts through the grammar of bash: a walk over the syntax tree without recursion."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imagelint.documents.shell.grammar import is_broken, parse
from imagelint.documents.shell.normalize import plain_arithmetic
from imagelint.documents.shell.probes import PROBES
from imagelint.documents.shell.reader import CommandPosition, RawCommand, RawRedirect
from imagelint.documents.shell.scope import names_set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tree_sitter import Node

    from imagelint.documents.shell.reader import Range, Reader
    from imagelint.documents.shell.scope import Scope

_REDIRECTS = frozenset({"file_redirect", "heredoc_redirect", "herestring_redirect"})
_SKIPPED = frozenset({"comment", "ERROR"})
_OPERATORS = frozenset({"|", "|&", "&&", "||", ";", "&", "\n"})
_SIMPLE = frozenset(
    {"command", "declaration_command", "unset_command", "test_command"}
    | {"variable_assignment", "variable_assignments"}
)
_EXPRESSIONS = frozenset(
    {"binary_expression", "unary_expression", "parenthesized_expression", "ternary_expression"}
    | {"postfix_expression", "negated_expression"}
)


class _Task(NamedTuple):
    """A node to visit; `redirects` are those that stand behind it."""

    node: Node
    place: CommandPosition
    redirects: tuple[Node, ...] = ()


class _Scoping(NamedTuple):
    """Enter a subshell, or leave it: what is assigned within is not seen behind."""

    enter: bool


class _Stages(NamedTuple):
    """The stages of a pipeline, which gets its number when it is reached."""

    tasks: tuple[_Task, ...]


_ENTER = _Scoping(enter=True)
_LEAVE = _Scoping(enter=False)
_Tasks = list["_Task | _Scoping | _Stages"]
_Linked = tuple[str, "Node", "tuple[Node, ...]"]


def read_tree(reader: Reader) -> None:
    """Read a text through the grammar; says so in the output when it is not a script."""
    tree = parse(reader.text)
    if tree is not None and is_broken(tree.root_node):
        easier = plain_arithmetic(reader.text)
        tree = tree if easier == reader.text else parse(easier)
    if tree is None:
        reader.output.readable = False
        return
    if is_broken(tree.root_node):
        reader.output.readable = False
    _Walk(reader).run(tree.root_node)


class _Walk:
    __slots__ = ("_outside", "_reader")

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._outside: list[Scope] = []

    def run(self, root: Node) -> None:
        tasks: _Tasks = [_Task(root, CommandPosition(-1, 0, self._reader.unconditional))]
        while tasks:
            task = tasks.pop()
            if isinstance(task, _Scoping):
                self._rescope(task)
                continue
            if isinstance(task, _Stages):
                tasks.extend(reversed(self._staged(task)))
                continue
            kind = task.node.type
            if kind not in _SKIPPED:
                tasks.extend(reversed(_VISITS.get(kind, _Walk.children)(self, task)))

    def _rescope(self, task: _Scoping) -> None:
        reader = self._reader
        if task.enter:
            self._outside.append(reader.scope)
            reader.scope = reader.scope.copy()
        else:
            reader.scope = self._outside.pop()

    def _text(self, node: Node) -> str:
        return self._reader.text[node.start_byte : node.end_byte]

    # -- compound statements -----------------------------------------------------------------

    def children(self, task: _Task) -> _Tasks:
        return [_Task(child, task.place) for child in task.node.named_children]

    def conditional(self, task: _Task) -> _Tasks:
        place = task.place._replace(unconditional=False)
        return [_Task(child, place) for child in task.node.named_children]

    def repeated(self, task: _Task) -> _Tasks:
        """A loop or a function: what it assigns may hold before it is reached in the text."""
        self._reader.scope.taint(names_set(self._text(task.node)))
        return self.conditional(task)

    def subshell(self, task: _Task) -> _Tasks:
        return [_ENTER, *self.children(task), _LEAVE]

    def substitution(self, task: _Task) -> _Tasks:
        place = CommandPosition(-1, 0, unconditional=False)
        return [_ENTER, *(_Task(child, place) for child in task.node.named_children), _LEAVE]

    def pipeline(self, task: _Task) -> _Tasks:
        """The grammar binds `a && b > c | d` as `(a && b > c) | d`: only `b` is piped."""
        stages = [child for child in task.node.named_children if child.type != "comment"]
        if not stages:
            return []
        *before, first = _flatten(_Task(stages[0], task.place))
        tasks = self._linked(before, task.place)
        place = task.place
        if before:
            probed = any(self._is_probe(node) for _, node, _ in before)
            sure = place.unconditional and not probed and first[0] != "||"
            place = place._replace(unconditional=sure)
        staged: list[_Task] = []
        for number, stage in enumerate(stages):
            redirects = task.redirects if number == len(stages) - 1 else ()
            node, own = (first[1], first[2]) if number == 0 else (stage, ())
            staged.append(_Task(node, place._replace(stage=number), (*own, *redirects)))
        return [*tasks, _Stages(tuple(staged))]

    def _staged(self, stages: _Stages) -> _Tasks:
        pipe = self._reader.output.new_pipe()
        tasks: _Tasks = []
        for task in stages.tasks:
            tasks += (_ENTER, task._replace(place=task.place._replace(pipe=pipe)), _LEAVE)
        return tasks

    def and_or(self, task: _Task) -> _Tasks:
        links = _flatten(task)
        if len(links) == 1 and links[0][1] == task.node:  # a part of it is broken
            return self.children(task)
        return self._linked(links, task.place)

    def _linked(self, links: list[_Linked], place: CommandPosition) -> _Tasks:
        tasks: _Tasks = []
        probed = False
        for operator, node, redirects in links:
            unconditional = place.unconditional and not probed and operator != "||"
            tasks.append(_Task(node, place._replace(unconditional=unconditional), redirects))
            probed = probed or self._is_probe(node)
        return tasks

    def _is_probe(self, node: Node) -> bool:
        while node.type in ("pipeline", "redirected_statement"):
            named = [child for child in node.named_children if child.type not in _REDIRECTS]
            if not named:
                return False
            node = named[-1] if node.type == "pipeline" else named[0]
        if node.type in ("test_command", "negated_command"):
            return True
        text = self._text(node)
        return text.startswith("((") or (text.split(None, 1) or [""])[0] in PROBES

    def redirected(self, task: _Task) -> _Tasks:
        children = task.node.named_children
        own = [child for child in children if child.type in _REDIRECTS]
        behind_own = [other for one in own for other in one.children if other.type in _REDIRECTS]
        redirects = (*own, *behind_own)
        body = next((c for c in children if c.type not in _REDIRECTS and c.type != "comment"), None)
        place = task.place
        behind: _Tasks = []
        for redirect in redirects:
            if redirect.type == "heredoc_redirect":
                place, more = self._behind_document(redirect, place)
                behind += more
        if body is None:
            self._emit(task.node, (), (), (*redirects, *task.redirects), place)
            return [*self._inside(redirects), *behind]
        if body.type in _SIMPLE or body.type in ("list", "pipeline", "redirected_statement"):
            return [_Task(body, place, (*redirects, *task.redirects)), *behind]
        return [_Task(body, place), *self._inside(redirects), *behind]

    def _behind_document(
        self, redirect: Node, place: CommandPosition
    ) -> tuple[CommandPosition, _Tasks]:
        """What follows `<<EOF` on its line: the rest of the pipeline, or the next command."""
        tasks: _Tasks = []
        outer = place
        operator = ""
        for child in redirect.children:
            if child.type in _OPERATORS:
                operator = child.type
            elif child.type == "pipeline":
                pipe = place.pipe if place.pipe >= 0 else self._reader.output.new_pipe()
                place = place._replace(pipe=pipe)
                stages = child.named_children
                if len(stages) == 1 and stages[0].type == "pipeline":
                    stages = stages[0].named_children
                for number, stage in enumerate(stages, place.stage + 1):
                    tasks += (_ENTER, _Task(stage, place._replace(stage=number)), _LEAVE)
            elif operator and child.is_named and child.type not in _REDIRECTS | _DOCUMENT:
                unconditional = outer.unconditional and operator != "||"
                tasks.append(_Task(child, outer._replace(unconditional=unconditional)))
        return place, tasks

    # -- simple commands ---------------------------------------------------------------------

    def command(self, task: _Task) -> _Tasks:
        assignments: list[Range] = []
        words: list[Range] = []
        redirects: list[Node] = []
        inside: list[Node] = []
        text = self._reader.text
        for child in task.node.children:
            kind = child.type
            start, end = child.start_byte, child.end_byte
            if kind in _REDIRECTS:
                redirects.append(child)
                continue
            if start == end or kind in ("comment", "ERROR"):
                continue
            if kind == "variable_assignment":
                assignments.append((start, end))
                inside += child.named_children
                continue
            if words and words[-1][1] == start:
                words[-1] = (words[-1][0], end)
            else:
                words.append((start, end))
            if kind != "word" and _may_substitute(text[start:end]):
                inside.append(child)
        every = (*redirects, *task.redirects)
        self._emit(task.node, words, assignments, every, task.place)
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
            if node.type in _EXPRESSIONS:
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
            for child in redirect.named_children
            if redirect.type != "heredoc_redirect" or child.type == "heredoc_body"
            if _may_substitute(self._text(child))
        ]

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
            last = words[-1] if words else (0, 0)
            number = self._reader.text[last[0] : last[1]]
            if last[1] == piece.whole[0] and number.isdigit() and piece.operator[:1] in ("<", ">"):
                words.pop()  # `2>` behind a continuation, which the grammar takes apart
                operator = number + piece.operator
                piece = piece._replace(whole=(last[0], piece.whole[1]), operator=operator)
            pieces.append(piece)
            words += more
        start = node.start_byte
        ends = [piece[1] for piece in (*words, *assignments)]
        whole = (start, max(ends, default=node.end_byte))
        self._reader.emit(RawCommand(whole, tuple(words), tuple(assignments), tuple(pieces)), place)

    def _piece(self, node: Node) -> tuple[RawRedirect, list[Range]]:
        """A redirect, and the words that stand behind its target but belong to the command."""
        if node.type == "heredoc_redirect":
            return self._document(node), []
        operator = ""
        targets: list[Range] = []
        for child in node.children:
            piece = (child.start_byte, child.end_byte)
            if child.type == "file_descriptor" or (not child.is_named and not targets):
                operator += self._text(child)
            elif targets and targets[-1][1] == piece[0]:
                targets[-1] = (targets[-1][0], piece[1])
            elif child.type != "comment" and piece[0] < piece[1]:
                targets.append(piece)
        target = targets[0] if targets else None
        whole = (node.start_byte, target[1] if target else node.end_byte)
        return RawRedirect(whole, operator, target), targets[1:]

    def _document(self, node: Node) -> RawRedirect:
        operator = "<<"
        literal = False
        body: Range | None = None
        whole = (node.start_byte, node.end_byte)
        for child in node.children:
            if child.type in ("<<", "<<-"):
                operator = child.type
            elif child.type == "heredoc_start":
                delimiter = self._text(child)
                literal = any(mark in delimiter for mark in "'\"\\")
                whole = (node.start_byte, child.end_byte)
            elif child.type == "heredoc_body":
                body = (child.start_byte, child.end_byte)
        return RawRedirect(whole, operator, body, body=True, literal=literal)


_DOCUMENT = frozenset({"heredoc_start", "heredoc_body", "heredoc_end", "ERROR", "comment"})
_VISITS: Mapping[str, Callable[[_Walk, _Task], _Tasks]] = {
    "list": _Walk.and_or,
    "pipeline": _Walk.pipeline,
    "redirected_statement": _Walk.redirected,
    "if_statement": _Walk.conditional,
    "case_statement": _Walk.conditional,
    "for_statement": _Walk.repeated,
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


def _flatten(task: _Task) -> list[_Linked]:
    """The commands of `a && b || c` with the operator before each and the redirects behind."""
    links: list[_Linked] = []
    node, redirects = task.node, task.redirects
    while True:
        named = [child for child in node.named_children if child.type != "comment"]
        if node.type == "list" and len(named) == 2:  # noqa: PLR2004 - left and right
            operator = next((c.type for c in node.children if c.type in ("&&", "||")), "")
            links.append((operator, named[1], redirects))
            node, redirects = named[0], ()
        elif _is_redirected_list(node, named):
            node, redirects = named[0], (*named[1:], *redirects)
        else:
            links.append(("", node, redirects))
            return links[::-1]


def _is_redirected_list(node: Node, named: list[Node]) -> bool:
    return (
        node.type == "redirected_statement"
        and bool(named)
        and named[0].type == "list"
        and all(child.type in ("file_redirect", "herestring_redirect") for child in named[1:])
    )
