"""A chart or a folder that something deploys, and the values that it gives."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.gitops.changes import Changes
    from imagelint.documents.yaml.nodes import YamlNode


class Base(Enum):
    """What a path is relative to."""

    ROOT = "the root of the repository"
    CHART = "the folder of the chart"
    HERE = "the folder of the file that names it"


class ValuesFile(NamedTuple):
    """A file of values; one that is `optional` need not be there."""

    path: str
    base: Base
    span: Span
    optional: bool = False


class ValuesObject(NamedTuple):
    """Values in a key of a ConfigMap or a Secret of the cluster."""

    kind: str
    name: str
    key: str
    span: Span


class DeliverySource(NamedTuple):
    """What something deploys: a chart or a folder, with the values that it gives.

    `title` is what readers call who deploys it, `span` where the place is named. `path` is empty
    for what certainly lies in no folder. `shown` names what is deployed as its author does. Of the
    values those that come later count more: `files`, then `objects`, then `inline`. `changes` is
    what is changed of what a folder makes, `unread` says why it cannot be followed.
    """

    title: str
    span: Span
    path: str
    base: Base
    shown: str
    name: str = ""
    namespace: str = ""
    files: tuple[ValuesFile, ...] = ()
    objects: tuple[ValuesObject, ...] = ()
    inline: tuple[YamlNode, ...] = ()
    changes: Changes | None = None
    unread: str = ""
