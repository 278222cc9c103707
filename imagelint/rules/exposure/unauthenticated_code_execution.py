"""The rule `unauthenticated-code-execution`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.queries.exposure.loopback import is_loopback
from imagelint.documents.queries.exposure.switches import is_for_development
from imagelint.documents.web.servers import WebServer
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(WebServer, Severity.HIGH)
def unauthenticated_code_execution(server: WebServer, ctx: Context) -> Findings:
    """A notebook or a debugger runs code for everybody who reaches it.

    Jupyter that is told to have no token and has no password, a debugger of Python, Node or Java
    that listens to others, Flask with its debugger: whoever reaches the port has the container, its
    GPUs, the weights and the secrets. Such servers are looked for on the Internet all day long.

    Except:
        What listens to its own machine alone, and addresses that are not known. Files of compose
        that are laid over another for development (`compose.override.yaml`) get a medium severity.

    Bad:
        FROM quay.io/jupyter/pytorch-notebook:2025-11-24
        CMD ["start-notebook.py", "--ServerApp.token=''"]

    Good:
        FROM quay.io/jupyter/pytorch-notebook:2025-11-24
        CMD ["start-notebook.py"]

    Bad (compose.yaml):
        services:
          api:
            image: registry.example.com/api:1.4.2
            command: python -m debugpy --listen 0.0.0.0:5678 -m app

    Good (compose.yaml):
        services:
          api:
            image: registry.example.com/api:1.4.2
            command: python -m debugpy --listen 127.0.0.1:5678 -m app
    """
    host = server.host
    if is_loopback(host):
        return
    level = Severity.MEDIUM if is_for_development(ctx.source.origin) else None
    # A port alone is one of its own machine.
    if server.debugger and isinstance(host, Known) and not host.value.isdecimal():
        yield ctx.finding(
            server._replace(span=host.span) if host.span else server,
            f"{server.title} runs what everybody tells it who reaches {host.value}",
            help=f"start the program without it, or write `{server.spelled('127.0.0.1')}` and "
            "forward the port",
            subject=server.title,
            severity=level,
        )
    for opened in server.opened:
        yield ctx.finding(
            opened,
            f"{server.title}: `{opened.written}` {opened.does}",
            help=f"drop `{opened.written}`",
            subject=opened.written.partition("=")[0],
            severity=level,
        )
