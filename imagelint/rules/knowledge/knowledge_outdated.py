"""The rule `knowledge-outdated`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.documents.policyfile import OutdatedTable
from imagelint.rules.api import rule

if TYPE_CHECKING:
    from imagelint.rules.api import Context, Findings


@rule(OutdatedTable, Severity.INFO)
def knowledge_outdated(table: OutdatedTable, ctx: Context) -> Findings:
    """A table of facts that rules looked something up in is older than it may be.

    What is known of engines, GPUs, images and holes has a day, and a time after which it is to be
    compared with its source again. Behind that, a finding may be about what is no longer so, and
    something may be missing. It is told once for each table in which a rule of the run looked
    something up for a finding.

    Except:
        A site's facts without a day are never old.

    Bad (Dockerfile):
        FROM registry.example.com/base/python:3.12
        CMD ["python", "serve.py"]
        === .imagelint.yaml
        extends: [recommended]
        knowledge: [site.yaml]
        === site.yaml
        asof: 2025-01-31
        base-images:
          - {image: registry.example.com/base/*, user: root}

    Good (Dockerfile):
        FROM registry.example.com/base/python:3.12
        CMD ["python", "serve.py"]
        === .imagelint.yaml
        extends: [recommended]
        knowledge: [site.yaml]
        === site.yaml
        asof: 2026-06-14
        base-images:
          - {image: registry.example.com/base/*, user: root}
    """
    yield ctx.finding(
        table,
        f"`{table.name}` is of {table.asof} and to be compared again after {table.days} days:"
        " findings rest upon it",
        help=table.remedy,
        subject=table.name,
    )
