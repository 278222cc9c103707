"""The language server: what the client says, and what it is told."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from imagelint import __version__
from imagelint.core.errors import ImagelintError
from imagelint.core.record import NamedTuple
from imagelint.documents.kinds import kind_by_path
from imagelint.editor import actions, policykeys
from imagelint.editor.diagnostics import SOURCE, of_finding, of_problem
from imagelint.editor.judging import Judge, Judgement, together
from imagelint.editor.opentext import OpenText
from imagelint.editor.places import Places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imagelint.core.finding import Finding
    from imagelint.core.source import Span
    from imagelint.editor.judging import OpenSession

SOON = 0.01
"""Seconds after a change until a text is judged alone: what is typed at once is judged once."""
LATER = 0.5
"""Seconds without a change until it is judged together with its folder."""
FIX_ALL = f"{lsp.CodeActionKind.SourceFixAll.value}.{SOURCE}"
_QUICK_FIX = lsp.CodeActionKind.QuickFix.value
_MOST_ALLOWANCES = 3


class Pages(NamedTuple):
    """How a rule is explained: as Markdown, and where on the web."""

    text: Callable[[str], str]
    address: Callable[[str], str]


class Server(LanguageServer):
    """Judges what is open in an editor.

    `open_session` gives the policies that hold; it is called in another process as well.
    """

    def __init__(self, open_session: OpenSession, pages: Pages) -> None:
        super().__init__(SOURCE, __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
        self._open_session = open_session
        self._pages = pages
        self._judge = Judge(open_session)
        self._texts: dict[str, OpenText] = {}
        self._pool: ProcessPoolExecutor | None = None
        self._later: asyncio.TimerHandle | None = None
        self._working: asyncio.Task[None] | None = None
        self.root = ""

    def enter(self, root: str) -> None:
        """Stand in the folder of the client's workspace, as the command line would."""
        self.root = root
        os.chdir(root)

    def opened(self, uri: str, text: str, version: int) -> None:
        """A text is edited from now on."""
        path = to_fs_path(uri)
        if path is None:
            return
        origin = os.path.relpath(path)
        if origin.startswith(os.pardir):
            origin = path
        self._texts[uri] = OpenText(origin, uri, text, version)
        self._soon(uri)
        self.later()

    def changed(self, uri: str, text: str, version: int) -> None:
        """A text is another one."""
        known = self._texts.get(uri)
        if known is not None:
            known.text, known.version = text, version
            self._soon(uri)
            self.later()

    def closed(self, uri: str) -> None:
        """What is in the file counts again."""
        known = self._texts.pop(uri, None)
        if known is not None:
            if known.soon is not None:
                known.soon.cancel()
            self._judge.close(known.origin)
            self._publish(uri, [])
            self.later()

    def stored(self) -> None:
        """A file was written, perhaps a policy."""
        self._judge.forget()
        for uri in self._texts:
            self._soon(uri)
        self.later()

    def _soon(self, uri: str) -> None:
        known = self._texts[uri]
        if known.soon is not None:
            known.soon.cancel()
        known.soon = asyncio.get_running_loop().call_later(SOON, self._judge_alone, uri)

    def later(self) -> None:
        """Judge the whole folder when nothing has changed for a while."""
        if self._later is not None:
            self._later.cancel()
        if self.root:
            self._later = asyncio.get_running_loop().call_later(LATER, self._start_together)

    def _judge_alone(self, uri: str) -> None:
        known = self._texts.get(uri)
        if known is None:
            return
        try:
            known.alone = self._judge.typed(known.origin, known.text)
        except ImagelintError as error:
            known.alone = Judgement()
            self._tell(known, str(error))
            return
        self._tell(known)

    def _start_together(self) -> None:
        if self._working is not None and not self._working.done():
            self.later()
            return
        self._working = asyncio.ensure_future(self._judge_together())

    async def _judge_together(self) -> None:
        texts = {known.origin: known.text for known in self._texts.values()}
        try:
            found = await self._away(texts)
        except ImagelintError as error:
            self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Error, str(error)))
            return
        for known in self._texts.values():
            if texts.get(known.origin) == known.text and known.join(found):
                self._tell(known)

    async def _away(self, texts: dict[str, str]) -> Judgement:
        """Judge in another process, so that who types does not wait."""
        # Python looks for what it imports in the folder where it is started: not in the workspace.
        os.chdir(os.sep)
        try:
            self._pool = self._pool or ProcessPoolExecutor(1, mp_context=get_context("spawn"))
            future = self._pool.submit(together, self._open_session, self.root, texts)
        finally:
            os.chdir(self.root)
        try:
            return await asyncio.wrap_future(future)
        except BrokenProcessPool:
            self._pool = None
            return Judgement()

    def _tell(self, known: OpenText, wrong: str = "") -> None:
        """Publish what is known of a text; `wrong` is why it could not be judged."""
        places = Places(known.text, self._encoding)
        known.told = tuple(
            (found, span, self._diagnostic(found, span, places)) for found, span in known.findings()
        )
        told = [diagnostic for _, _, diagnostic in known.told]
        told += [of_problem(problem, places) for problem in known.alone.problems]
        if wrong:
            told.append(_wrong_policy(wrong))
        self._publish(known.uri, told, known.version)

    def _diagnostic(self, found: Finding, span: Span, places: Places) -> lsp.Diagnostic:
        return of_finding(found, span, places, _uri_of, self._pages.address(found.rule))

    def _publish(self, uri: str, told: list[lsp.Diagnostic], version: int | None = None) -> None:
        self.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(uri=uri, diagnostics=told, version=version)
        )

    @property
    def _encoding(self) -> lsp.PositionEncodingKind | str:
        chosen = self.server_capabilities.position_encoding
        return chosen or lsp.PositionEncodingKind.Utf16

    def hover(self, uri: str, position: lsp.Position) -> lsp.Hover | None:
        """The pages of the rules that speak about a place, or what a key of a policy means."""
        known = self._texts.get(uri)
        if known is None:
            return None
        places = Places(known.text, self._encoding)
        offset = places.offset(position)
        rules = dict.fromkeys(
            found.rule for found, span, _ in known.told if span.start <= offset <= span.end
        )
        texts = [self._pages.text(rule) for rule in rules]
        if not texts and _is_policy(known.origin):
            said = policykeys.meaning(_lines(places), *places.line_and_column(position))
            texts = [said] if said else []
        if not texts:
            return None
        return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, "\n\n---\n\n".join(texts)))

    def complete(self, uri: str, position: lsp.Position) -> list[lsp.CompletionItem]:
        """What may be written in a policy."""
        known = self._texts.get(uri)
        if known is None or not _is_policy(known.origin):
            return []
        places = Places(known.text, self._encoding)
        line, column = places.line_and_column(position)
        return [
            lsp.CompletionItem(
                label=one.word,
                kind=lsp.CompletionItemKind.Property
                if one.is_key
                else lsp.CompletionItemKind.Value,
                detail=one.meaning,
                insert_text=f"{one.word}: " if one.is_key else one.word,
            )
            for one in policykeys.choices(_lines(places), line, column)
        ]

    def offered(
        self, uri: str, range_: lsp.Range, only: Sequence[lsp.CodeActionKind | str] | None
    ) -> list[lsp.CodeAction]:
        """What can be done about the findings in a range."""
        known = self._texts.get(uri)
        if known is None:
            return []
        asked = [str(getattr(kind, "value", kind)) for kind in only or (_QUICK_FIX,)]
        if any(_is_one(FIX_ALL, kind) for kind in asked):
            return list(self._fix_all(known))
        if not any(_is_one(_QUICK_FIX, kind) for kind in asked):
            return []
        edited = self._edited(known)
        first, last = edited.places.offset(range_.start), edited.places.offset(range_.end)
        concerned = [one for one in known.told if one[1].start <= last and first <= one[1].end]
        offered: list[lsp.CodeAction] = []
        for found, _, diagnostic in concerned:
            offered += actions.fixes(edited, found, diagnostic)
        for found, span, diagnostic in concerned[:_MOST_ALLOWANCES]:
            offered += actions.allowance(edited, found, span, diagnostic)
        return offered

    def _edited(self, known: OpenText) -> actions.EditedText:
        places = Places(known.text, self._encoding)

        def judge(text: str) -> Judgement:
            return self._judge.alone(known.origin, text)

        return actions.EditedText(known.uri, known.origin, known.text, places, judge)

    def _fix_all(self, known: OpenText) -> Iterator[lsp.CodeAction]:
        edited = self._edited(known)
        after = actions.mended(edited)
        if after != known.text:
            yield lsp.CodeAction(
                title="Mend all that imagelint can mend without doubt",
                kind=FIX_ALL,
                edit=edited.change(lsp.TextEdit(edited.places.whole(), after)),
            )


def _is_one(kind: str, asked: str) -> bool:
    """Whether a kind of action is the one that is asked for, or a part of it."""
    return f"{kind}.".startswith(f"{asked}.")


def _uri_of(origin: str) -> str:
    return from_fs_path(os.path.abspath(origin)) or ""


def _is_policy(origin: str) -> bool:
    return kind_by_path(origin.lower().replace(os.sep, "/")) == "policy"


def _lines(places: Places) -> list[str]:
    return [places.line(number) for number in range(places.lines)]


def _wrong_policy(message: str) -> lsp.Diagnostic:
    top = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
    return lsp.Diagnostic(
        top, f"not judged: {message}", lsp.DiagnosticSeverity.Error, source=SOURCE
    )
