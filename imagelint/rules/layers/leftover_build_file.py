"""The rule `leftover-build-file`."""

from __future__ import annotations

from imagelint.documents.image.layers.nodes import FileRole, LayerFiles
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(LayerFiles, Severity.LOW, references=("Dockle DKL-LI-0003",))
def leftover_build_file(files: LayerFiles, ctx: Context) -> Findings:
    """A file that only the build needs, or the history of its sources, is in the image.

    A `.git` folder holds every version of everything, also of what was removed because it was
    secret.

    Except:
        What belongs to an installed package.

    Bad (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": [
          {"path": "app/Dockerfile", "content": "FROM scratch"}]}]}

    Good (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": [
          {"path": "app/main.py", "content": "print()"}]}]}
    """
    if files.role is FileRole.UNNEEDED:
        history = files.detail.startswith(("repository", "checkout"))
        yield ctx.finding(
            files,
            f"the {files.detail} is a part of the image: {', '.join(files.names)}",
            help="name it in the ignore file of the build, or remove it where it is made",
            subject=files.names[0],
            severity=Severity.MEDIUM if history else None,
        )
