"""The rule `tls-verification-off`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.packages.model import TrustedHost
from imagelint.documents.queries.packages.trust import (
    TRUSTING,
    Weakness,
    distinct,
    insecure_file,
    insecure_settings,
    insecure_switches,
    insecure_variable,
    line_removal,
)
from imagelint.documents.shared import EnvVar
from imagelint.documents.shell.script import Command
from imagelint.knowledge.packages.transport import is_own_host
from imagelint.rules.api import Context, Findings, Fix, Severity, rule


@rule(
    (Command, EnvVar, Instruction, TrustedHost),
    Severity.HIGH,
    references=(
        *(f"Checkov CKV2_DOCKER_{number}" for number in (2, 3, 4, 5, 6, 12, 13, 14, 15, 16, 18)),
    ),
    keywords=("ADD", "COPY"),
    programs=TRUSTING,
)
def tls_verification_off(
    node: Command | EnvVar | Instruction | TrustedHost, ctx: Context
) -> Findings:
    """Certificates are not verified: anybody in between decides what is downloaded.

    TLS keeps out whoever sits in front of the server, and only as long as its certificate is
    checked: a proxy, a wrong DNS answer or a neighbour on the network can replace a wheel, a
    package or a model, and nobody notices. A server of one's own gets its authority's certificate
    installed instead (`update-ca-certificates`, `--cacert`, `PIP_CERT`, `SSL_CERT_FILE`).

    Options (`curl -k`, `wget --no-check-certificate`, `pip --trusted-host`), settings
    (`git config http.sslVerify`, `npm config set strict-ssl`, `sslverify=0`) and variables are
    read, in Dockerfiles, scripts, pods, compose and requirements files. Git asks whether
    `GIT_SSL_NO_VERIFY` is set, so that `false` switches verification off as well.

    Except:
        Requests to the machine itself, as health checks make them, and values that are unknown.

    Bad:
        FROM debian:12.7
        RUN curl -k -fsSLo /usr/local/bin/tool https://example.com/tool

    Good:
        FROM debian:12.7
        RUN curl -fsSLo /usr/local/bin/tool https://example.com/tool

    Bad (requirements.txt):
        --index-url https://pypi.example.com/simple
        --trusted-host pypi.example.com
        llm-tools==1.2

    Good (requirements.txt):
        --index-url https://pypi.example.com/simple
        llm-tools==1.2
    """
    if isinstance(node, EnvVar):
        if insecure_variable(node):
            yield ctx.finding(
                node,
                f"`{node.name}` keeps certificates from being verified",
                help=f"leave `{node.name}` out: {_INSTEAD}",
                subject=node.name,
                fix=ctx.dropped(node.name, node),
            )
        return
    for weakness in _found(node, ctx):
        removal = weakness.removal
        edits = (ctx.edit(*removal),) if removal else ()
        yield ctx.finding(
            weakness,
            f"`{weakness.text}` keeps certificates from being verified",
            help=f"leave `{weakness.text}` out: {_INSTEAD}",
            subject=weakness.text,
            fix=Fix(f"drop {weakness.text}", edits) if edits else None,
        )


_INSTEAD = "install the certificate of the authority where the server is your own"


def _found(node: Command | Instruction | TrustedHost, ctx: Context) -> list[Weakness]:
    if isinstance(node, TrustedHost):
        if is_own_host(node.host):
            return []
        return [Weakness(node.span, "--trusted-host", line_removal(ctx.source.text, node.span))]
    if isinstance(node, Instruction):
        return [one for heredoc in node.heredocs for one in insecure_file(heredoc)]
    return distinct((*insecure_switches(ctx.document, node), *insecure_settings(node)))
