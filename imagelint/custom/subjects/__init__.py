"""The table of subjects: all that conditions can be about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.custom.subjects.compose import COMPOSE
from imagelint.custom.subjects.dockerfile import INSTRUCTION, STAGE
from imagelint.custom.subjects.kubernetes import CONTAINER, OBJECT, POD
from imagelint.custom.subjects.scanned import CONFIG, VULNERABILITY
from imagelint.custom.subjects.serving import AUTOSCALER, ROUTE, SERVER
from imagelint.custom.subjects.shared import COMMAND, IMAGE, REQUIREMENT, VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.custom.subject import Attribute, Subject

SUBJECTS: Mapping[str, Subject] = {
    subject.word: subject
    for subject in (
        STAGE,
        INSTRUCTION,
        COMMAND,
        REQUIREMENT,
        IMAGE,
        VARIABLE,
        OBJECT,
        POD,
        CONTAINER,
        COMPOSE,
        SERVER,
        AUTOSCALER,
        ROUTE,
        CONFIG,
        VULNERABILITY,
    )
}
"""Every subject by its word."""
FIELDS: Mapping[str, Mapping[str, Attribute]] = {
    word: {attribute.name: attribute for attribute in subject.attributes}
    for word, subject in SUBJECTS.items()
}
"""The fields of each by their names."""
