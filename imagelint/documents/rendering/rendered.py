"""What comes of a folder that an engine renders."""

from __future__ import annotations

from posixpath import join, normpath, relpath
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.documents.gitops.model import DeliverySource


class RenderedText(NamedTuple):
    """The manifests that an engine made of a folder.

    The engine was started in a folder beside which the rendered one is called `link`: its text
    names files relative to where it was started. `sources` are the origins of the files that say
    how it is made, the outermost first. `key` stands for all that it was made of, if that is known.
    `source` is what somebody deploys of a `folder`, by its origin, with changes of their own.
    """

    text: str
    link: str
    sources: tuple[str, ...] = ()
    key: str = ""
    source: DeliverySource | None = None
    folder: str = ""

    def named(self, path: str) -> str:
        """The path of a file that the text names, relative to the rendered folder."""
        return relpath(normpath(join("/work/started", path)), f"/work/{self.link}")


class RenderedFile(NamedTuple):
    """What became of one template of a chart.

    `lines` gives for each line of the text the template, relative to the chart, and the line in it
    (from 1) of which it was made; None where that is not known.
    """

    template: str
    text: str
    lines: tuple[tuple[str, int] | None, ...]


class GivenValues(NamedTuple):
    """The text of a file that holds values, by its origin.

    With a `name` it is a manifest, and they are the text under a `key` of that ConfigMap.
    """

    origin: str
    text: str
    name: str = ""
    key: str = ""


class RenderedChart(NamedTuple):
    """What a chart makes with one file of values, empty for its own alone.

    Names are relative to the folder of the chart. `texts` are those of its templates and values.
    `source` is what somebody deploys with its values; `chart` is then the origin of its
    `Chart.yaml`, and `given` are the values in files, of which later ones count more. `key` stands
    for all that it was made of, if that is known.
    """

    values: str
    files: tuple[RenderedFile, ...]
    texts: Mapping[str, str]
    chart: str = ""
    source: DeliverySource | None = None
    given: tuple[GivenValues, ...] = ()
    key: str = ""
