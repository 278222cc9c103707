"""What a client may ask of the server."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from imagelint.editor.server import FIX_ALL, Server

if TYPE_CHECKING:
    from imagelint.editor.judging import OpenSession
    from imagelint.editor.server import Pages


def serve(open_session: OpenSession, pages: Pages) -> None:
    """Serve a client over standard input and output, until it has gone."""
    server = Server(open_session, pages)
    _hear_of_texts(server)
    _answer(server)
    server.start_io()


def _hear_of_texts(server: Server) -> None:
    """What happens to texts."""

    @server.feature(lsp.INITIALIZED)
    def _initialized(_: lsp.InitializedParams) -> None:
        root = server.workspace.root_path
        if root and os.path.isdir(root):
            server.enter(root)

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def _opened(params: lsp.DidOpenTextDocumentParams) -> None:
        one = params.text_document
        server.opened(one.uri, one.text, one.version)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def _changed(params: lsp.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        text = server.workspace.get_text_document(uri).source
        server.changed(uri, text, params.text_document.version)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def _closed(params: lsp.DidCloseTextDocumentParams) -> None:
        server.closed(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def _saved(_: lsp.DidSaveTextDocumentParams) -> None:
        server.stored()

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def _watched(_: lsp.DidChangeWatchedFilesParams) -> None:
        server.stored()


def _answer(server: Server) -> None:
    """What is asked about them."""

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def _hover(params: lsp.HoverParams) -> lsp.Hover | None:
        return server.hover(params.text_document.uri, params.position)

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions())
    def _completion(params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
        return server.complete(params.text_document.uri, params.position)

    offers: list[lsp.CodeActionKind | str] = [lsp.CodeActionKind.QuickFix, FIX_ALL]

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(offers))
    def _actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        return server.offered(params.text_document.uri, params.range, params.context.only)
