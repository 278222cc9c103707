"""The rule `curl-pipe-shell`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.queries.downloads import downloads, pipes_into_shell
from imagelint.documents.shell.script import Script
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Script, Severity.MEDIUM, programs=("curl", "wget", "aria2c"))
def curl_pipe_shell(script: Script, ctx: Context) -> Findings:
    r"""What a server delivers is run as it comes.

    Nobody has seen the script that will run in the next build, nothing checks that it is the one
    that was meant, and a connection that breaks off leaves half of it executed. Over plain HTTP
    anybody on the way can write it, which makes the finding a high one.

    Bad:
        FROM debian:12.7
        RUN curl -fsSL https://example.com/install.sh | bash

    Good:
        FROM debian:12.7
        ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d \
            https://example.com/install.sh /tmp/install.sh
        RUN bash /tmp/install.sh
    """
    for source, shell in pipes_into_shell(script):
        url = next((fetched.url for fetched in downloads(source)), None)
        known = url.value if isinstance(url, Known) else ""
        plain = known.lower().startswith("http://")
        yield ctx.finding(
            source,
            f"`{shell.program or shell.words[0].raw}` runs whatever "
            f"{f'`{known}`' if known else 'the server'} delivers"
            + (", over an unprotected connection" if plain else ""),
            help="download it to a file, compare its checksum, then run it; "
            "or install the tool from a package or a pinned image",
            subject=known or source.program,
            severity=Severity.HIGH if plain else None,
        )
