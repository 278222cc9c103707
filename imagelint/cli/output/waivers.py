"""Lists of waivers to standard output and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.cli.output.streams import say
from imagelint.collect import environment
from imagelint.collect.write import write_text
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.record import NamedTuple
from imagelint.fleet import waivers as forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imagelint.cli.options.formats import Format
    from imagelint.policy.model import Policy
    from imagelint.store.questions import WaivedVulnerability
    from imagelint.store.views import WaiverView

_FORMS = {"text": forms.as_text, "json": forms.as_json, "csv": forms.as_csv}


class Asked(NamedTuple):
    """Whose waivers, beside which store (empty: none), and which of them."""

    policy: Policy
    place: str
    choice: forms.Choice


def write(asked: Asked, formats: Sequence[Format]) -> None:
    """Write the list in every format that was asked for.

    Raises:
        UsageError: something needs a store, or cannot be written.
    """
    if asked.choice.unused and not asked.place:
        _need_store("which waivers are unused")
    seen, met = _of_store(asked.place)
    today = environment.today()
    every = forms.listed(asked.policy.waivers, seen, today)
    chosen = tuple(one for one in every if asked.choice.takes(one, today))
    for entry in formats:
        if entry.name == "openvex":
            if not asked.place:
                _need_store("which images are meant")
            author = asked.policy.name or "imagelint"
            text: Iterable[str] = forms.as_openvex(chosen, met, author, environment.moment())
        else:
            text = _FORMS[entry.name](chosen)
            text = (*text, *(forms.hint(asked.policy) if entry.name == "text" else ()))
        if entry.path:
            write_text(entry.path, text)
        else:
            say("".join(text))


def _need_store(what: str) -> None:
    hint = "name its store: --store imagelint-audit.db"
    raise UsageError(Diagnostic(f"only an audit tells {what}", help=hint))


def _of_store(place: str) -> tuple[tuple[WaiverView, ...], tuple[WaivedVulnerability, ...]]:
    if not place:
        return (), ()
    from imagelint.cli.output.missingextras import need_store

    need_store()
    from imagelint.store.database import Store
    from imagelint.store.questions import waived_vulnerabilities
    from imagelint.store.reading import Reader

    with Store.open(place, create=False) as store, store.trusted():
        run = Reader(store).run()
        if run is None:
            return (), ()
        with store.reading() as connection:
            return Reader(store).waivers(run.id), waived_vulnerabilities(connection, run.id)
