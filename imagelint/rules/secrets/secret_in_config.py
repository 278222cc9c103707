"""The rule `secret-in-config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.base import Text
from imagelint.documents.kinds import kind_named
from imagelint.documents.queries.secrets.stray import stray_secrets
from imagelint.documents.secrets.names import is_secret_name
from imagelint.documents.secrets.values import is_counted_key, is_path, is_placeholder, secret_kind
from imagelint.documents.secrets.written import written_secrets
from imagelint.documents.shared import Holder, Setting
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.core.source import Span

_OPEN = (Holder.CONFIG_MAP, Holder.CONFIG_MAP_GENERATOR)
# The address of a host that others reach as well, a login.
_ELSEWHERE = pattern(r"//[^\s/]*\w\.[A-Za-z]{2,}(?![\w.])|\blogin\b")
_SHORTEST_NUMBER = 4
# The name of an object in which something is called `s3` or `v1`.
_OBJECT_NAME = pattern(r"(?:[a-z]+|[a-z]{1,2}\d)(?:-(?:[a-z]+|[a-z]{1,2}\d))+")
_HELP = {
    Holder.CONFIG_MAP: "put it into a Secret that is made outside of this file",
    Holder.CONFIG_MAP_GENERATOR: "keep it in a Secret (`secretGenerator`) of a file kept elsewhere",
    Holder.SECRET: "make the Secret outside of this file (`kubectl create secret`, an "
    "ExternalSecret), or keep it sealed (SealedSecret, SOPS)",
    Holder.SECRET_GENERATOR: "read it with `files` or `envs` from a file that is not kept here",
    Holder.ENVIRONMENT_FILE: "keep the file out of the repository and of the build context",
    Holder.CHART_VALUES: "name an existing Secret here, and make that one elsewhere",
    Holder.UNIT: "read it from a file that is not kept here by `EnvironmentFile=`",
    Holder.GATEWAY: "write `os.environ/…` with the name of a variable that is set elsewhere",
}


@rule((Setting, Text), Severity.HIGH, references=("Polaris sensitiveConfigmapContent",))
def secret_in_config(node: Setting | Text, ctx: Context) -> Findings:
    """A secret is kept in a manifest, an environment file or the values of a chart.

    Whoever can read the file or its history has it. A ConfigMap is shown to everyone who may look
    at the namespace; the manifest of a Secret hides nothing, base64 is no cipher.

    Except:
        Placeholders, references, paths, names that only look like secrets; sealed and external
        secrets. Values that are keys by their looks are reported by `secret-value`. In a pipeline,
        what a login or the address of another host does not take is low: databases for tests live
        for one run.

    Bad (config.yaml):
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: api
        data:
          DB_PASSWORD: correct-horse-battery

    Good (config.yaml):
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: api
        data:
          DB_USER: api
    """
    if isinstance(node, Text):
        yield from _anywhere(ctx)
    elif node.holder is not Holder.IMAGE:  # its variables are those of `secret-in-build`
        yield from _held(node, ctx)


def _anywhere(ctx: Context) -> Findings:
    """What stands in a label, a field of another kind, a line of a list."""
    for secret in stray_secrets(ctx.document):
        severity = Severity.MEDIUM if secret.counted else None
        if _is_for_one_run(secret.span, ctx):
            severity = Severity.LOW
        yield ctx.finding(
            secret.span,
            f"{secret.what} is written in plain text into this file",
            help="keep it out of the file, and replace it: it is known now",
            subject=secret.name or secret.what,
            severity=severity,
            confidence=Confidence.LIKELY,
        )


def _is_for_one_run(span: Span, ctx: Context) -> bool:
    """Whether a pipeline itself starts, for its tests, what a secret seems to be for."""
    if not kind_named(ctx.document.kind).of_steps:
        return False
    line = ctx.source.line(ctx.source.position(span.start).line)
    return not _ELSEWHERE.search(line)


def _held(setting: Setting, ctx: Context) -> Findings:
    confidence = None if setting.holder in _OPEN else Confidence.LIKELY
    # A file of settings that is called so is not a secret itself: what stands in it may be.
    if is_secret_name(setting.name) and not _is_file(setting):
        if _counts(setting):
            counted = is_counted_key(setting.text.strip())
            yield ctx.finding(
                setting,
                f"`{setting.name}` is written in plain text into {_title(setting.holder)}",
                help=_HELP[setting.holder],
                subject=setting.name,
                severity=Severity.MEDIUM if counted else None,
                confidence=Confidence.LIKELY if counted else confidence,
            )
        return
    for secret in written_secrets(setting.text, setting.span.start):
        yield ctx.finding(
            setting.at(secret.span),
            f"`{setting.name}` in {_title(setting.holder)} holds {secret.what} in plain text",
            help=_HELP[setting.holder],
            subject=setting.name,
            severity=Severity.MEDIUM if secret.counted else None,
            confidence=confidence if secret.certain else Confidence.LIKELY,
        )


def _is_file(setting: Setting) -> bool:
    """Whether a setting is a file of others, each of which may be a secret or none."""
    text = setting.text.lstrip()
    settings = setting.name.endswith((".yaml", ".yml", ".toml", ".ini", ".conf", ".properties"))
    return text.startswith(("{", "[")) or (settings and "\n" in text.rstrip())


def _title(holder: Holder) -> str:
    if holder is Holder.CHART_VALUES:
        return "the values of a chart"
    return f"{'an' if holder is Holder.ENVIRONMENT_FILE else 'a'} {holder.value}"


def _counts(setting: Setting) -> bool:
    text = setting.text.strip()
    if not text or is_placeholder(text) or is_path(text):
        return False
    if secret_kind(text) and not is_counted_key(text):
        return False
    # `api_key: sk-vllm`: a client must send something to a local server, which does not look at it.
    sent = setting.holder is Holder.GATEWAY and setting.name == "api_key"
    if sent and not any(map(str.isdigit, text)):
        return False
    if text.isdigit() and len(text) < _SHORTEST_NUMBER:
        return False  # of days, of characters
    if "${" in text or "{{" in text + setting.name or _letters(text) == _letters(setting.name):
        return False
    if _is_title(text) and "pass" not in setting.name.lower():
        return False
    # `secretKey: token`, `tokenSecret: registry-login`, `passwordSecret: broker-login` of a chart
    # name a Secret, or a key of one. So does the `storage_key` of a model for KServe:
    # https://kserve.github.io/website/docs/model-serving/storage/overview
    name = setting.name.lower()
    in_storage = name.endswith(("storage_key", "storagekey", "storage.key"))
    named = (setting.holder is Holder.CHART_VALUES or in_storage) and _may_be_name(text)
    return not (named and ("password" not in name or name.endswith("secret")))


def _may_be_name(text: str) -> bool:
    words = text.islower() and not any(map(str.isdigit, text))
    return words or _OBJECT_NAME.fullmatch(text) is not None


def _letters(text: str) -> str:
    """What a value and its name have in common however they are spelt: `apiKey: api-key`."""
    return "".join(filter(str.isalnum, text)).lower()


def _is_title(text: str) -> bool:
    """Whether a value is what people call a thing: `signingKey: My self-signed certificate`."""
    words = text.split()
    return len(words) > 1 and all(word.replace("-", "").isalpha() for word in words)
