"""Put an audit together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from imagelint.audit.audit import Audit
from imagelint.audit.deep.inspection import DeepInspection, Kept, ScanRequest
from imagelint.audit.deep.storedfacts import LayerStore, ScanStore
from imagelint.audit.inspection import Registries
from imagelint.audit.judging import Judge, code_name
from imagelint.audit.lookup import Known
from imagelint.audit.options import DEPTHS
from imagelint.audit.sources.earlier import EarlierSource
from imagelint.audit.sources.parse import SourceReader, source_name
from imagelint.collect import environment
from imagelint.collect.deadline import NEVER
from imagelint.collect.process import end_programs
from imagelint.collect.registry.connections import Connections
from imagelint.collect.registry.polite import PoliteAsker
from imagelint.core.digest import digest_of
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem
from imagelint.run.scanning import read_named
from imagelint.store.database import DEFAULT_FILE, Store

__all__ = ["Prepared", "ScanRequest", "prepare"]

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.audit.options import AuditOptions
    from imagelint.audit.selection import Selection
    from imagelint.audit.sources.model import Source
    from imagelint.collect.registry.polite import Clock
    from imagelint.core.environment import ScanSettings
    from imagelint.run.session import Session


class Prepared(NamedTuple):
    """All that an audit needs; `with` gives it back."""

    store: Store
    connections: Connections
    asker: PoliteAsker
    registries: Registries
    audit: Audit

    options: AuditOptions

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close what is open."""
        self.connections.close()
        self.store.close()

    def sources(
        self, names: tuple[str, ...], selection: Selection, stdin: Callable[[], bytes]
    ) -> tuple[Source, ...]:
        """The sources that the user names, or what the store knows of them.

        Raises:
            UsageError: one is none, or nothing is known of them.
        """
        if self.options.kept:
            return (EarlierSource(self.store, tuple(map(source_name, names)), selection),)
        read = SourceReader(self.registries, selection.wants_repository, stdin).read
        return tuple(map(read, names))


def prepare(
    session: Session,
    place: str,
    options: AuditOptions,
    scan: ScanRequest | None = None,
    clock: Clock | None = None,
) -> Prepared:
    """An audit by the policy of a session, into the store at a place.

    Raises:
        UsageError: the store cannot be used, or two wishes do not go together.
    """
    deep, looked_for = None, options.looked_for
    if options.kept and options.depth != DEPTHS[0]:
        message = "what is kept is judged by the configuration of images only"
        raise UsageError(Diagnostic(message, help="leave out `--kept`, or `--depth`"))
    store = Store.open(place or DEFAULT_FILE)
    connections = Connections()
    asker = PoliteAsker(connections.ask, options.limits, clock, options.seconds)

    def stop() -> None:
        asker.stop()
        connections.stop()
        end_programs()

    registries = Registries(asker, NEVER, stop)
    if options.depth != DEPTHS[0]:
        asked = scan or ScanRequest()
        known, now = Known(store), environment.moment
        kept = Kept(LayerStore(store, known, code_name(), now), ScanStore(store, known, now))
        deep = DeepInspection(session, options.depth, asked, kept, registries.client)
        if options.depth in ("sbom", DEPTHS[-1]):
            looked_for += _lists(asked.settings)
            options = options._replace(lists=_named_lists(asked.settings))
    audit = Audit(store, Judge(session, looked_for, deep), asker, registries, options)
    return Prepared(store, connections, asker, registries, audit, options)


def _named_lists(settings: ScanSettings) -> tuple[str, ...]:
    """With what vulnerabilities are compared: where nothing of it is met, that is an answer."""
    return tuple(name for name in ("kev", "epss") if getattr(settings, name))


def _lists(settings: ScanSettings) -> str:
    """What the files say that a scan is read by: with other ones an image is judged anew."""
    texts = dict(settings.texts)
    named = (settings.kev, settings.epss, *settings.vex)
    read = [read_named(path, texts) for path in named if path]
    said = (one.detail if isinstance(one, Problem) else one.text for one in read)
    return digest_of(settings.server, repr(list(map(bool, named))), *said, *settings.scanners)
