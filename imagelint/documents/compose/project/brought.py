"""What a compose file has other programs bring: services of providers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.compose.values import is_set, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.compose.model import ComposeService

_MODELS = "model"
_HELP = "check the image and the flags of what it runs where they are chosen"


def brought_services(services: Iterable[ComposeService]) -> Iterator[DocumentError]:
    """The services that a provider brings: which image runs there stands nowhere.

    What Docker's own runner of models brings is no image.

    https://github.com/compose-spec/compose-spec/blob/main/05-services.md#provider
    """
    for service in services:
        provider = service.body["provider"]
        named = word(provider["type"])
        if is_set(provider) and named != _MODELS:
            by = f"`{named}`" if named else "another program"
            message = f"the service `{service.name}` was not examined: {by} brings it"
            yield DocumentError(ProblemKind.UNREADABLE, message, provider.key_span, _HELP)
