"""The rule `setuid-program`."""

from __future__ import annotations

from imagelint.documents.image.layers.nodes import FileRole, LayerFiles
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(LayerFiles, Severity.LOW, references=("Dockle CIS-DI-0008", "CIS Docker 4.8"))
def setuid_program(files: LayerFiles, ctx: Context) -> Findings:
    """Programs of the image take the rights of their owner, whoever starts them.

    A hole in one of them makes root of any user of the container. A model server needs none of
    those that distributions ship (`su`, `mount`, `passwd`, `newgrp`). `no_new_privileges` and
    `allowPrivilegeEscalation: false` take them their effect at run time.

    Except:
        Programs that a later layer removes.

    Bad (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": [
          {"path": "usr/bin/su", "mode": "4755", "size": 9000}]}]}

    Good (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": [
          {"path": "usr/bin/su", "mode": "755", "size": 9000}]}]}
    """
    if files.role is FileRole.SETUID and not files.removed:
        more = (
            f" and {files.files - len(files.names)} more" if files.files > len(files.names) else ""
        )
        yield ctx.finding(
            files,
            f"with {files.detail}: {', '.join(files.names)}{more}",
            help="take these rights away where they are not needed, or remove the programs",
            subject=f"{files.detail} {files.names[0]}",
        )
