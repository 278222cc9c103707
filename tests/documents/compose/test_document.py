from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.compose.document import ComposeFile, parse_compose
from imagelint.documents.shared import ImageRole

TEXT = """\
x-base: &base
  restart: always
services:
  llm:
    <<: *base
    image: vllm/vllm-openai:v0.11.0
    command: --model m
    environment: {HF_TOKEN: abcdefghijkl}
    ports: ["8000:8000"]
    # imagelint: allow missing-healthcheck -- tried
    healthcheck: {test: [CMD-SHELL, "curl localhost"]}
  app:
    build: {context: ., args: {API_KEY: secretvalue}}
    image: app
  other: {build: .}
"""


def compose(text: str) -> ComposeFile:
    return parse_compose(Source("compose.yaml", text))


def test_services_and_what_stands_in_them() -> None:
    document = compose(TEXT)
    llm, app, other = document.services
    assert (llm.name, llm.path, llm.builds) == ("llm", "services.llm", False)
    assert TEXT[slice(*llm.span)] == "llm"
    assert llm.image is not None
    assert (llm.image.role, llm.image.built) == (ImageRole.COMPOSE, False)
    assert isinstance(llm.image.reference, Known)
    assert llm.body["restart"].word() == "always"
    assert app.image is not None
    assert app.image.built
    assert app.builds
    assert app.arguments[0].name == "API_KEY"
    assert (other.image, other.builds) == (None, True)
    names = [type(node).__name__ for node in document.nodes()]
    assert names[:8] == [
        "ComposeService",
        "ImageUse",
        "EnvVar",
        "PublishedPort",
        "CommandLine",
        "CheckCommand",
        "Script",
        "Command",
    ]
    assert "ServingCommand" in names
    assert list(document.nodes()) == list(document.nodes())


def test_comments_allow_for_what_follows() -> None:
    (allowance,) = compose(TEXT).allowances
    assert TEXT[slice(*allowance.scope)].startswith("healthcheck")


def test_values_with_secret_names_are_concealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "imagelint.documents.secrets.names.is_secret_name", lambda name: name != "A"
    )
    text = TEXT + "    environment: [A=b, TOKEN]\n"
    text = text.replace("{build: .}", "\n    build: .")
    concealed = [text[slice(*span)] for span in compose(text).concealed()]
    assert concealed == ["abcdefghijkl", "secretvalue"]


@pytest.mark.parametrize("image", ["${IMAGE}", "'{{ x }}'", "a b", "[]", "$IMAGE"])
def test_images_that_are_not_known(image: str) -> None:
    (service,) = compose(f"services:\n  a:\n    image: {image}\n").services
    assert service.image is not None
    assert service.image.reference is UNKNOWN


def test_variables_are_found_by_name() -> None:
    (service,) = compose("services: {a: {environment: [A=1, A=2]}}").services
    variable = service.variable("A")
    assert variable is not None
    assert isinstance(variable.value, Known)
    assert variable.value.value == "2"
    assert service.variable("B") is None


@pytest.mark.parametrize(
    ("text", "complaints", "subjects"),
    [
        ("", [], []),
        ("---\n", [], []),
        ("services:\n", [], []),
        ("volumes: {}\n", [], []),
        ("- a\n", ["a compose file is"], [""]),
        ("services: []\n", ["`services` is not"], ["services"]),
        ("services: {a: b}\n", ["the service `a` i"], ["a"]),
        ("services: {a: {image: b, image: c}}\n", ["the key `image` i"], ["image"]),
    ],
)
def test_misshapen_files_are_complained_about(
    text: str, complaints: list[str], subjects: list[str]
) -> None:
    found = compose(text).complaints
    assert [complaint.message[:17] for complaint in found] == complaints
    assert [complaint.subject for complaint in found] == subjects


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(DocumentError) as caught:
        compose("a: b: c")
    assert caught.value.kind is ProblemKind.UNPARSABLE


_KEYS = st.sampled_from(
    [
        *(
            "services",
            "a",
            "image",
            "build",
            "args",
            "command",
            "entrypoint",
            "environment",
            "gpus",
        ),
        *("ports", "volumes", "tmpfs", "shm_size", "ipc", "deploy", "resources", "reservations"),
        *("devices", "capabilities", "count", "healthcheck", "test", "labels", "user", "extends"),
        *(
            "target",
            "type",
            "source",
            "published",
            "host_ip",
            "size",
            "limits",
            "memory",
            "runtime",
        ),
    ]
)
_VALUES = st.sampled_from(
    [
        *("nginx", "sh -c 'echo a'", "'open", "A=b", "=", "$X", "${A:-b}", "$$", "{{ x }}", "all"),
        *("8000:80", "[::1]:1:2/udp", "/a:/b:ro", "./a:/b", "C:\\a:/b", "/run:size=1g", "64m"),
        *("CMD-SHELL", "CMD", "host", "service:a", "gpu", "", None, 1, 1.5, True, ":", "a:b:c:d:e"),
    ]
)


@given(
    st.dictionaries(
        _KEYS,
        st.recursive(
            _VALUES,
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=5),
            max_leaves=20,
        ),
        max_size=8,
    ),
)
@settings(max_examples=200, deadline=None)
def test_services_of_any_shape_are_read(service: object) -> None:
    text = yaml.safe_dump({"services": {"a": service}})
    document = compose(text)
    for node in document.walk():
        assert 0 <= node.span.start <= node.span.end <= len(text)
    assert all(0 <= span.start <= span.end <= len(text) for span in document.concealed())
