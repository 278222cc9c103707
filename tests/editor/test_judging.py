"""What the server does with texts, in this process."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import pytest
from lsprotocol import types as lsp

from imagelint.cli.options.policy import PolicyOptions
from imagelint.core.errors import ImagelintError
from imagelint.editor import server as module
from imagelint.editor.judging import Judge, Judgement, together
from imagelint.editor.server import Pages, Server
from tests.editor.test_server import DOCKERFILE, SCALER, SERVER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OPEN = partial(PolicyOptions().open, (".",))


class Told(Server):
    """A server that keeps what it tells."""

    def __init__(self) -> None:
        super().__init__(OPEN, Pages(lambda rule: f"# {rule}", lambda rule: f"https://x/{rule}"))
        self.diagnostics: dict[str, lsp.PublishDiagnosticsParams] = {}
        self.protocol.server_capabilities = lsp.ServerCapabilities()

    def text_document_publish_diagnostics(self, params: lsp.PublishDiagnosticsParams) -> None:
        self.diagnostics[params.uri] = params

    def codes(self, uri: str) -> set[str]:
        told = self.diagnostics.get(uri)
        return {str(one.code) for one in told.diagnostics} if told else set()


def run(work: Callable[[Told], object]) -> None:
    async def main() -> None:
        server = Told()
        await work(server)  # type: ignore[misc]

    asyncio.run(main())


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - a server of ours has no event for it
            await asyncio.sleep(0.01)


def test_a_text_is_judged_once_for_changes_that_follow_each_other(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []
    whole = Judge.typed

    def typed(judge: Judge, origin: str, text: str) -> Judgement:
        judged.append(text)
        return whole(judge, origin, text)

    monkeypatch.setattr(Judge, "typed", typed)
    uri = (here / "Dockerfile").as_uri()

    async def work(server: Told) -> None:
        server.opened(uri, "FROM", 1)
        for version in range(2, 20):
            server.changed(uri, "FROM debian:12\n"[:version], version)
        server.changed(uri, DOCKERFILE, 20)
        await until(lambda: "root-user" in server.codes(uri))
        assert server.diagnostics[uri].version == 20
        assert judged == [DOCKERFILE]
        page = server.hover(uri, lsp.Position(0, 6))
        assert page is not None
        assert page.contents == lsp.MarkupContent(lsp.MarkupKind.Markdown, "# root-user")
        assert server.hover(uri, lsp.Position(2, 0)) is None
        assert server.complete(uri, lsp.Position(0, 0)) == []
        place = lsp.Range(lsp.Position(1, 30), lsp.Position(1, 30))
        titles = [one.title for one in server.offered(uri, place, None)]
        assert "Allow apt-recommends here: say why" in titles
        assert server.offered(uri, place, [lsp.CodeActionKind.Refactor]) == []
        server.closed(uri)
        assert server.codes(uri) == set()
        server.closed(uri)
        assert server.hover(uri, lsp.Position(0, 6)) is None
        assert server.offered(uri, place, None) == []
        assert server.complete(uri, place.start) == []
        server.opened("untitled:1", "FROM a\n", 1)

    run(work)


def test_what_the_folder_says_is_joined(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LATER", 0.01)
    (here / "server.yaml").write_text(SERVER, encoding="utf-8")
    (here / "scaler.yaml").write_text(SCALER, encoding="utf-8")
    uri = (here / "scaler.yaml").as_uri()

    async def away(server: Server, texts: dict[str, str]) -> Judgement:
        return together(OPEN, server.root, texts)

    monkeypatch.setattr(Server, "_away", away)

    async def work(server: Told) -> None:
        server.enter(str(here))
        server.opened(uri, SCALER, 1)
        await until(lambda: "cpu-hpa-on-gpu" in server.codes(uri))
        outside = (here.parent / "scaler.yaml").as_uri()
        server.opened(outside, SCALER.replace("minReplicas: 1", ""), 1)
        server.stored()
        await until(lambda: outside in server.diagnostics)
        await asyncio.sleep(0.05)
        assert "cpu-hpa-on-gpu" in server.codes(uri)

    run(work)


def test_a_wrong_policy_is_told_wherever_it_holds(here: Path) -> None:
    (here / ".imagelint.yaml").write_text("rules: 1\n", encoding="utf-8")
    uri = (here / "Dockerfile").as_uri()
    with pytest.raises(ImagelintError):
        Judge(OPEN).alone("Dockerfile", DOCKERFILE)

    async def work(server: Told) -> None:
        server.opened(uri, DOCKERFILE, 1)
        await until(lambda: uri in server.diagnostics)
        (told,) = server.diagnostics[uri].diagnostics
        assert told.message.startswith("not judged: ")

    run(work)


def test_what_is_in_no_kind_of_ours_is_left_alone(here: Path) -> None:
    assert Judge(OPEN).alone("notes.rst", "token: hunter2hunter2") == Judgement()


def test_what_is_said_of_two_places_can_be_allowed_in_one_of_them(here: Path) -> None:
    uri = (here / "Dockerfile").as_uri()
    text = "FROM debian:12\n" + "RUN curl https://example.com/x | sh\n" * 2

    async def work(server: Told) -> None:
        server.opened(uri, text, 1)
        await until(lambda: "curl-pipe-shell" in server.codes(uri))
        offered = server.offered(uri, lsp.Range(lsp.Position(2, 4), lsp.Position(2, 9)), None)
        allowances = [
            one.title for one in offered if one.title.startswith("Allow curl-pipe-shell ")
        ]
        assert len(allowances) == 1

    run(work)
