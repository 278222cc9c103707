"""Questions about secrets that stand in none of the parts which have rules of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.source import Span, is_within, outermost
from imagelint.documents.kinds import kind_named
from imagelint.documents.locate import hinted_secrets
from imagelint.documents.secrets.written import WrittenSecret, written_secrets
from imagelint.documents.shared import CommandLine, EnvVar, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document

__all__ = ["stray_secrets"]

_SCRIPTS = frozenset({"shell-script", "makefile"})
_LOGIN = pattern(
    r"\b(?:docker|podman|nerdctl|buildah|skopeo|oras|regctl|crane|helm|hf|huggingface-cli|ngc|wandb"
    r"|npm|twine|az|oc|vault|cosign|kaggle)\b[^\n;|&]{0,80}?\blogin\b"
)
_MOST_LINES = 20  # of one command
_LONGEST_COMMAND = 2_000
# Sealed ones hide what they hold, external ones say where it lies, a schema says what there may be.
_SPEAK_OF_SECRETS = frozenset(
    {"SealedSecret", "ExternalSecret", "ClusterExternalSecret", "PushSecret", "SecretStore"}
    | {"ClusterSecretStore", "SecretProviderClass", "VaultStaticSecret", "VaultDynamicSecret"}
    | {"CustomResourceDefinition", "Secret"}
)

# `const token = /…/i;` of JavaScript, as workflows hold it
_EXPRESSION = pattern(r"/\S*\\\S*/[a-z]*;?")
# `REDIS_PASSWORD_SECRET: cache-login` names the Secret that holds a password.
_SECRET_OF_ONE = pattern(r"(?:PASS(?:WORD)?|TOKEN|CREDENTIALS)_SECRET(?:_NAME)?$")
_KUBERNETES_NAME = pattern(r"[a-z]+(?:[-.][a-z0-9]+)+")


def stray_secrets(document: Document) -> tuple[WrittenSecret, ...]:
    """The secrets of a text that no variable, setting, command line or instruction holds."""
    text = document.source.text
    if kind_named(document.kind).of_commands:
        # What else stands in a script is for tests, as often as not.
        return tuple(_given_to_logins(document)) if document.kind in _SCRIPTS else ()
    # In a file of settings that is the comment behind one without a value.
    comment = "#" if document.kind == "dotenv" else "\0"
    claimed = outermost(_claimed(_as_written(document)))
    return tuple(
        secret
        for secret in written_secrets(text, among=document.derived(hinted_secrets))
        # Who does not know the language may take a comma behind it for a part of it.
        if not is_within(_first_of(secret), claimed)
        and not _names_one(secret, text)
        and not _EXPRESSION.fullmatch(text[secret.span.start : secret.span.end])
        and not text.startswith(comment, secret.span.start)
    )


def _given_to_logins(document: Document) -> Iterator[WrittenSecret]:
    text = document.source.text
    if "login" not in text:
        return
    claimed = outermost(_claimed(document))
    for secret in written_secrets(text, among=document.derived(hinted_secrets)):
        before = _begun(text, secret.span.start)
        if _LOGIN.search(before) and not is_within(_first_of(secret), claimed):
            yield secret


def _begun(text: str, at: int) -> str:
    """What stands before an offset on its line, and on those that this one continues."""
    start = text.rfind("\n", 0, at)
    for _ in range(_MOST_LINES):
        if start < 1 or text[start - 1] != "\\":
            break
        start = text.rfind("\n", 0, start)
    return text[max(start + 1, at - _LONGEST_COMMAND) : at]


def _first_of(secret: WrittenSecret) -> Span:
    return Span(secret.span.start, secret.span.start + 1)


def _names_one(secret: WrittenSecret, text: str) -> bool:
    """Whether a value may be the name of a Secret, or of a key of one: `tokenSecret: login-2`."""
    value = text[secret.span.start : secret.span.end]
    name = secret.name.lower()
    told = "secret" in name or "credential" in name
    if _SECRET_OF_ONE.search(secret.name) and _KUBERNETES_NAME.fullmatch(value):
        return True
    return told and value.islower() and not secret.name.isupper() and "passw" not in name


def _as_written(document: Document) -> Document:
    """A document with what it says that is judged in another one."""
    if document.kind != "kubernetes":
        return document
    from imagelint.documents.kubernetes.manifest import Manifest

    return document.as_written if isinstance(document, Manifest) else document


def _claimed(document: Document) -> Iterator[Span]:
    for variable in document.nodes_of(EnvVar):
        yield variable.span
        yield variable.value_span
    for line in document.nodes_of(CommandLine):
        yield line.span
    for setting in document.nodes_of(Setting):
        yield setting.span
    if document.kind == "kubernetes":
        from imagelint.documents.kubernetes.objects import KubernetesObject

        for obj in document.nodes_of(KubernetesObject):
            if obj.kind in _SPEAK_OF_SECRETS:
                yield obj.extent
