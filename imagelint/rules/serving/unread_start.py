"""The rule `unread-start`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.serving import title
from imagelint.documents.queries.start.unread import hidden_start, is_hidden, is_mounted
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.queries.start.unread import HiddenStart


@rule((Stage, ServingCommand), Severity.LOW)
def unread_start(subject: Stage | ServingCommand, ctx: Context) -> Findings:
    """How a model server is started was not examined: it stands where nothing was read.

    A program in another language than a shell's, a supervisor (`supervisord`, s6, `make serve`) or
    a script within an image says itself which server it starts, and with which flags. No rule about
    flags, ports, models and memory has seen them: that nothing is found does not mean that nothing
    is wrong.

    Except:
        Images that hold neither an engine which is known nor CUDA, and what is read: shell scripts
        of the build context, of here-documents, mounts and ConfigMaps, and those that a RUN writes
        with `echo`, `printf`, `cat` and `tee`; also `supervisord.conf` with what it includes,
        Procfiles, makefiles and run scripts (s6, runit) that instructions bring, also in a folder.
        Where the script of an image with an engine is not in the build context, the file is
        *incomplete* instead.

    Bad:
        FROM vllm/vllm-openai:v0.30.0
        ENTRYPOINT ["python3", "serve.py"]

    Good:
        FROM vllm/vllm-openai:v0.30.0
        ENTRYPOINT ["vllm", "serve", "Qwen/Qwen3-8B"]

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              command: [/opt/start.sh]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              command: [vllm, serve, Qwen/Qwen3-8B]

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            entrypoint: [/opt/start.sh]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            entrypoint: [vllm, serve, Qwen/Qwen3-8B]
    """
    if isinstance(subject, ServingCommand):
        # What a line of a script runs in an image is mostly no server, unless it is mounted.
        told = ctx.document.kind in ("kubernetes", "compose") or is_mounted(subject)
        if told and is_hidden(subject):
            yield ctx.finding(
                subject.launch.argv[0],
                f"what `{subject.launch.argv[0].text}` starts in the image of {title(subject)}"
                " was not examined",
                help=_ADVICE,
                subject=subject.launch.runtime.name,
            )
    elif subject.final and isinstance(ctx.document, Dockerfile):
        found = hidden_start(ctx.document, subject)
        if found is not None and not (found.missing and found.serves):
            yield ctx.finding(
                found.word,
                f"what `{found.word.text}` starts was not examined: {_reason(found)}",
                help=_ADVICE,
                subject=subject.name or "final stage",
                severity=Severity.MEDIUM if found.missing else None,
            )


_ADVICE = "start the server by its own command, or by a shell script that is there to be read"


def _reason(found: HiddenStart) -> str:
    if found.missing:
        return f"there is no `{found.missing}` in the build context"
    return "only scripts of shells that lie here are read"
