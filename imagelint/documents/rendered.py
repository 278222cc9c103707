"""What comes of a folder that an engine renders."""

from __future__ import annotations

from posixpath import join, normpath, relpath

from imagelint.core.record import NamedTuple


class RenderedText(NamedTuple):
    """The manifests that an engine made of a folder.

    The engine was started in a folder beside which the rendered one is called `link`: its text
    names files relative to where it was started. `sources` are the origins of the files that say
    how it is made, the outermost first.
    """

    text: str
    link: str
    sources: tuple[str, ...] = ()

    def named(self, path: str) -> str:
        """The path of a file that the text names, relative to the rendered folder."""
        return relpath(normpath(join("/work/started", path)), f"/work/{self.link}")
