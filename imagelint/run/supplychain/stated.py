"""What verified statements about an image say of its vulnerabilities, and of what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.image.boms import of_statements
from imagelint.documents.image.vex import parse_vex
from imagelint.run.scanning import said_by_now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imagelint.core.environment import ScanSettings
    from imagelint.core.report import Problem
    from imagelint.documents.image.attestations import Attestation
    from imagelint.documents.image.boms import BillOfMaterials
    from imagelint.documents.image.vex import VexStatement

_VEX = ("https://openvex.dev/ns", "https://cyclonedx.org/vex", "https://cyclonedx.org/bom")


def stated_vex(
    statements: Sequence[Attestation], settings: ScanSettings
) -> tuple[VexStatement, ...] | Problem:
    """What signers whose word counts state to be harmless; the first that cannot be read."""
    found: list[VexStatement] = []
    for one in statements:
        if one.signer in settings.vex_signed_by and one.predicate.startswith(_VEX):
            source = Source(f"a statement signed by {one.signer}", one.content.dumped())
            try:
                found += parse_vex(source)
            except DocumentError as error:
                return error.problem(source)
    return said_by_now(found)


def stated_bills(
    statements: Sequence[Attestation], settings: ScanSettings
) -> tuple[BillOfMaterials, ...]:
    """The bills of materials that signers whose word counts have stated, each once.

    Whoever pushes chooses which of them lies first, and so none of them stands for the others.
    """
    bills = of_statements(statements)
    return tuple(dict.fromkeys(one for one in bills if one.signer in settings.sbom_signed_by))
