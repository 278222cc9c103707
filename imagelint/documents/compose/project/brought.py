"""What a compose file has other programs bring: services of providers, and models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.compose.values import is_set, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.yaml.cursor import Cursor

_HELP = "check the image and the flags of what it runs where they are chosen"


def brought_services(services: Iterable[ComposeService]) -> Iterator[DocumentError]:
    """The services that a provider brings: which image runs there stands nowhere.

    https://github.com/compose-spec/compose-spec/blob/main/05-services.md#provider
    """
    for service in services:
        provider = service.body["provider"]
        if is_set(provider):
            named = word(provider["type"])
            by = f"`{named}`" if named else "another program"
            message = f"the service `{service.name}` was not examined: {by} brings it"
            yield DocumentError(ProblemKind.UNREADABLE, message, provider.key_span, _HELP)


def brought_models(root: Cursor) -> Iterator[DocumentError]:
    """The models of a file, which Docker's runner serves by an engine of its own.

    https://github.com/compose-spec/compose-spec/blob/main/14-models.md
    """
    for name, model in root["models"].entries():
        message = (
            f"the model `{name}` was not examined: the runner of models chooses what serves it"
        )
        yield DocumentError(ProblemKind.UNREADABLE, message, model.key_span, _HELP)
