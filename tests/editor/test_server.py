"""The language server with a real client, over standard input and output."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SECONDS = 60.0
"""For what takes a tenth of one: a machine may be busy."""
DOCKERFILE = 'FROM python:3.12\nRUN apt-get update && apt-get install git\nCMD ["python"]\n'


class Editor:
    """A client with what it was told last of each text."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.client = LanguageClient("test", "1")
        self.told: dict[str, tuple[int | None, list[lsp.Diagnostic]]] = {}
        self.changed = asyncio.Event()
        self.capabilities: lsp.ServerCapabilities | None = None

        @self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
        def _published(params: lsp.PublishDiagnosticsParams) -> None:
            self.told[params.uri] = (params.version, list(params.diagnostics))
            self.changed.set()

    async def start(self, *options: str, encoding: str = "utf-16") -> None:
        program = str(Path(sys.executable).with_name("imagelint"))
        await self.client.start_io(program, "lsp", *options)
        general = lsp.GeneralClientCapabilities(
            position_encodings=[lsp.PositionEncodingKind(encoding)]
        )
        answer = await self.client.initialize_async(
            lsp.InitializeParams(
                capabilities=lsp.ClientCapabilities(general=general), root_uri=self.folder.as_uri()
            )
        )
        self.capabilities = answer.capabilities
        self.client.initialized(lsp.InitializedParams())

    async def end(self) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()  # type: ignore[no-untyped-call]

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str) -> None:
        item = lsp.TextDocumentItem(self.uri(name), "plaintext", 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def change(self, name: str, text: str, version: int) -> None:
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(version, self.uri(name)),
                [lsp.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    async def until(
        self, name: str, holds: Callable[[list[lsp.Diagnostic]], bool], version: int = 1
    ) -> list[lsp.Diagnostic]:
        """What is told of a version of a text, when it is as expected."""
        async with asyncio.timeout(SECONDS):
            while True:
                told = self.told.get(self.uri(name))
                if told is not None and told[0] == version and holds(told[1]):
                    return told[1]
                self.changed.clear()
                await self.changed.wait()

    def identifier(self, name: str) -> lsp.TextDocumentIdentifier:
        return lsp.TextDocumentIdentifier(self.uri(name))


def with_editor(folder: Path, work: Callable[[Editor], Awaitable[None]], *options: str) -> None:
    async def run() -> None:
        editor = Editor(folder)
        await editor.start(*options)
        try:
            await work(editor)
        finally:
            await editor.end()

    asyncio.run(run())


def span(line: int, start: int, end: int) -> lsp.Range:
    return lsp.Range(lsp.Position(line, start), lsp.Position(line, end))


def has(rule: str) -> Callable[[list[lsp.Diagnostic]], bool]:
    return lambda told: any(one.code == rule for one in told)


def test_what_is_written_is_judged_and_judged_again(here: Path) -> None:
    async def work(editor: Editor) -> None:
        editor.open("Dockerfile", DOCKERFILE)
        told = await editor.until("Dockerfile", has("root-user"))
        (found,) = [one for one in told if one.code == "unanswered-prompt"]
        assert (found.source, found.severity) == ("imagelint", lsp.DiagnosticSeverity.Warning)
        assert found.range == span(1, 30, 37)
        assert found.code_description is not None
        assert found.code_description.href.endswith("/unanswered-prompt")
        editor.change("Dockerfile", f"{DOCKERFILE}USER 10001\n", 2)
        await editor.until("Dockerfile", lambda told: not has("root-user")(told), 2)
        editor.client.text_document_did_close(
            lsp.DidCloseTextDocumentParams(editor.identifier("Dockerfile"))
        )
        await editor.until("Dockerfile", lambda told: not told, None)  # type: ignore[arg-type]

    with_editor(here, work)


def test_columns_are_those_of_the_client(here: Path) -> None:
    async def work(editor: Editor) -> None:
        editor.open("Dockerfile", "FROM debian:12\nRUN echo \U0001f600 && apt-get install -y git\n")
        told = await editor.until("Dockerfile", has("apt-recommends"))
        assert [one.range for one in told if one.code == "apt-recommends"] == [span(1, 23, 30)]
        assert editor.capabilities is not None
        assert editor.capabilities.position_encoding == "utf-16"

    with_editor(here, work)


def test_what_others_say_is_told_a_little_later_and_stays_where_it_was(here: Path) -> None:
    (here / "scaler.yaml").write_text(SCALER, encoding="utf-8")
    (here / "server.yaml").write_text(SERVER, encoding="utf-8")
    ran = here.parent / "ran"
    for planted in ("multiprocessing", "imagelint", "runpy", "yaml"):
        (here / f"{planted}.py").write_text(f"open({str(ran)!r}, 'w')\n", encoding="utf-8")

    async def work(editor: Editor) -> None:
        editor.open("scaler.yaml", SCALER)
        told = await editor.until("scaler.yaml", has("cpu-hpa-on-gpu"))
        (before,) = [one.range for one in told if one.code == "cpu-hpa-on-gpu"]
        editor.change("scaler.yaml", f"# one line more\n{SCALER}", 2)
        told = await editor.until("scaler.yaml", has("cpu-hpa-on-gpu"), 2)
        (after,) = [one.range for one in told if one.code == "cpu-hpa-on-gpu"]
        assert after.start.line == before.start.line + 1
        assert after.start.character == before.start.character
        # What the other file says is what its editor holds, not what was written to it.
        editor.open("server.yaml", SERVER.replace("vllm/vllm-openai:v0.11.0", "nginx:1.29"))
        await editor.until("scaler.yaml", lambda told: not has("cpu-hpa-on-gpu")(told), 2)

    with_editor(here, work)
    assert not ran.exists()


def test_a_finding_can_be_mended_allowed_or_explained(here: Path) -> None:
    async def work(editor: Editor) -> None:
        editor.open("Dockerfile", DOCKERFILE)
        told = await editor.until("Dockerfile", has("unanswered-prompt"))
        (found,) = [one for one in told if one.code == "unanswered-prompt"]
        actions = await offered(editor, found.range)
        titles = [one.title for one in actions]
        assert "Allow unanswered-prompt here: say why" in titles
        (mend,) = [one for one in actions if "(unanswered-prompt)" in one.title]
        assert texts_of(mend, editor) == [" -y"]
        (allow,) = [one for one in actions if one.title.startswith("Allow unanswered-prompt")]
        assert texts_of(allow, editor) == ["# imagelint: allow unanswered-prompt -- say why\n"]
        page = await editor.client.text_document_hover_async(
            lsp.HoverParams(editor.identifier("Dockerfile"), found.range.start)
        )
        assert page is not None
        assert isinstance(page.contents, lsp.MarkupContent)
        assert page.contents.value.startswith("# apt-recommends\n")
        assert "# unanswered-prompt\n" in page.contents.value

    with_editor(here, work)


def test_all_that_is_beyond_doubt_is_mended_at_once(here: Path) -> None:
    text = "FROM debian:12\nMAINTAINER me\nENV a b\nUSER 10001\n"

    async def work(editor: Editor) -> None:
        editor.open("Dockerfile", text)
        await editor.until("Dockerfile", bool)
        kind = lsp.CodeActionKind.SourceFixAll
        (action,) = await offered(editor, span(0, 0, 0), [kind])
        (after,) = texts_of(action, editor)
        assert "ENV a=b\n" in after
        assert await offered(editor, span(0, 0, 0), [lsp.CodeActionKind.Refactor]) == []

    with_editor(here, work, "--policy", "strict", "--policy", "style")


def test_a_policy_is_completed_explained_and_judged(here: Path) -> None:
    async def work(editor: Editor) -> None:
        text = "extends: [recommended]\nrules:\n  root-us\n  root-user: \nfail-\n"
        editor.open(".imagelint.yaml", text)
        assert "root-user" in await completed(editor, 2, 9)
        assert {"on", "off", "high"} <= set(await completed(editor, 3, 13))
        assert "fail-on" in await completed(editor, 4, 5)
        # What the client asks about may be a text that has become shorter since.
        assert "fail-on" in await completed(editor, 99, 5)
        behind = lsp.HoverParams(editor.identifier(".imagelint.yaml"), lsp.Position(99, 4))
        assert await editor.client.text_document_hover_async(behind) is None
        page = await editor.client.text_document_hover_async(
            lsp.HoverParams(editor.identifier(".imagelint.yaml"), lsp.Position(3, 4))
        )
        assert page is not None
        assert "root" in str(page.contents)
        editor.open("Dockerfile", DOCKERFILE)
        await editor.until("Dockerfile", has("root-user"))
        (here / ".imagelint.yaml").write_text("extends: [recommended]\nrules: {root-user: off}\n")
        editor.client.text_document_did_save(
            lsp.DidSaveTextDocumentParams(editor.identifier(".imagelint.yaml"))
        )
        await editor.until("Dockerfile", lambda told: bool(told) and not has("root-user")(told))
        (here / ".imagelint.yaml").write_text("rules: {root-user: maybe}\n", encoding="utf-8")
        editor.client.text_document_did_save(
            lsp.DidSaveTextDocumentParams(editor.identifier(".imagelint.yaml"))
        )
        told = await editor.until("Dockerfile", lambda told: len(told) == 1)
        assert told[0].message.startswith("not judged: ")

    with_editor(here, work)


def test_texts_that_are_broken_are_judged_as_far_as_they_can_be(here: Path) -> None:
    async def work(editor: Editor) -> None:
        editor.open("pod.yaml", "apiVersion: v1\nkind: Pod\nspec: {a: [\n")
        (told,) = await editor.until("pod.yaml", bool)
        assert told.message.startswith("not judged: ")
        for version in range(2, 40):
            editor.change("pod.yaml", SERVER[: 11 * version] + "\x00\ud7ff{{", version)
        editor.change("pod.yaml", SERVER, 40)
        await editor.until(
            "pod.yaml", lambda told: bool(told) and "not judged" not in str(told), 40
        )
        editor.open("README.md", "# nothing for us\n")
        assert await editor.until("README.md", lambda told: not told) == []

    with_editor(here, work)


async def offered(
    editor: Editor, place: lsp.Range, only: list[lsp.CodeActionKind | str] | None = None
) -> list[lsp.CodeAction]:
    answer = await editor.client.text_document_code_action_async(
        lsp.CodeActionParams(
            editor.identifier("Dockerfile"), place, lsp.CodeActionContext([], only=only)
        )
    )
    return [one for one in answer or () if isinstance(one, lsp.CodeAction)]


def texts_of(action: lsp.CodeAction, editor: Editor) -> list[str]:
    assert action.edit is not None
    assert action.edit.changes is not None
    return [edit.new_text for edit in action.edit.changes[editor.uri("Dockerfile")]]


async def completed(editor: Editor, line: int, column: int) -> list[str]:
    answer = await editor.client.text_document_completion_async(
        lsp.CompletionParams(editor.identifier(".imagelint.yaml"), lsp.Position(line, column))
    )
    assert isinstance(answer, list)
    return [one.label for one in answer]


SERVER = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: llm}
spec:
  selector: {matchLabels: {app: llm}}
  template:
    metadata: {labels: {app: llm}}
    spec:
      containers:
      - name: c
        image: vllm/vllm-openai:v0.11.0
        resources: {limits: {nvidia.com/gpu: 1}}
"""
SCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: llm}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: llm}
  maxReplicas: 4
  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}
"""
