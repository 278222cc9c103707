"""Compose files that are put together: layers, `extends`, `include`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.compose.document import ComposeFile, parse_compose
from imagelint.documents.compose.project import extending, files, merging

if TYPE_CHECKING:
    from imagelint.documents.compose.model import ComposeService


def together(name: str, texts: dict[str, str]) -> ComposeFile:
    return parse_compose(Source(f"app/{name}", texts[name]), texts.get)


def image(service: ComposeService) -> str:
    assert service.image is not None
    return service.image.text


def place(document: ComposeFile, service: ComposeService, key: str) -> str:
    return document.part_at(service.body[key].span.start).source.origin


def test_an_override_is_laid_over_the_file_beside_it() -> None:
    texts = {
        "compose.yaml": "services: {a: {image: x}, b: {image: y}}",
        "compose.override.yml": "services: {a: {gpus: all}, c: {image: z}}",
    }
    for name in texts:
        document = together(name, texts)
        assert [one.name for one in document.services] == ["a", "b", "c"]
        first = document.services[0]
        assert isinstance(first.runtime.gpus, Known)
        assert place(document, first, "image") == "app/compose.yaml"
        assert place(document, first, "gpus") == "app/compose.override.yml"
        assert document.part_at(first.span.start).source.origin == "app/compose.yaml"
    assert together("compose.yaml", texts).speaks_of("app/compose.override.yml")
    assert not together("compose.override.yml", texts).speaks_of("app/compose.yaml")


@pytest.mark.parametrize(
    ("name", "others", "services"),
    [
        ("compose.override.yaml", {}, ["a"]),
        ("compose.gpu.yaml", {"compose.yaml": "services: {b: {image: y}}"}, ["a"]),
        ("docker-compose.yml", {"compose.yml": "services: {b: {image: y}}"}, ["a"]),
        ("docker-compose.yml", {"compose.override.yml": "services: {b: {image: y}}"}, ["a", "b"]),
        (
            "gpu.yaml",
            {"base.yaml": "services: {b: {image: y}}", ".env": "COMPOSE_FILE=base.yaml:./gpu.yaml"},
            ["b", "a"],
        ),
        (
            "gpu.yaml",
            {
                "base.yaml": "services: {b: {image: y}}",
                ".env": "COMPOSE_PATH_SEPARATOR=;\nCOMPOSE_FILE=gpu.yaml;base.yaml;missing.yaml",
            },
            ["a", "b"],
        ),
        ("compose.yaml", {".env": "COMPOSE_FILE=other.yaml"}, ["a"]),
    ],
)
def test_what_is_laid_over_what(name: str, others: dict[str, str], services: list[str]) -> None:
    document = together(name, {name: "services: {a: {image: x}}", **others})
    assert [one.name for one in document.services] == services
    assert document.gaps == ()


def test_a_part_of_a_service_lacks_nothing_for_certain() -> None:
    (service,) = together(
        "compose.gpu.yaml", {"compose.gpu.yaml": "services: {a: {user: x}}"}
    ).services
    assert service.runtime.gpus is UNKNOWN
    assert not service.env_complete
    (provided,) = together("x.yaml", {"x.yaml": "services: {a: {provider: {type: x}}}"}).services
    assert provided.env_complete


def test_services_extend_others_of_the_same_file() -> None:
    text = """
services:
  a:
    image: x
    environment: {A: "1"}
  c: {extends: b, user: "5"}
  b:
    extends: {service: a}
    environment: [B=2]
"""
    document = together("compose.yaml", {"compose.yaml": text})
    a, c, b = document.services
    assert [image(one) for one in (a, b, c)] == ["x", "x", "x"]
    assert [one.name for one in c.env] == ["A", "B"]
    assert c.env_complete
    assert text[slice(*c.span)] == "c"
    assert (document.gaps, document.complaints) == ((), ())


def test_services_extend_those_of_other_files() -> None:
    texts = {
        "compose.yaml": "services: {a: {extends: {file: '${B:-lib/base.yml}', service: b}}}",
        "lib/base.yml": "services: {b: {extends: {file: ../more.yml, service: c}, gpus: all}}",
        "more.yml": "services: {c: {image: x, extends: d}, d: {user: '5'}}\n---\nname: p\n",
    }
    document = together("compose.yaml", texts)
    (service,) = document.services
    assert (image(service), bool(service.body["gpus"].exists)) == ("x", True)
    assert place(document, service, "user") == "app/more.yml"
    assert (document.gaps, document.complaints) == ((), ())


@pytest.mark.parametrize(
    ("text", "others", "said"),
    [
        (
            "services: {a: {extends: b}}",
            {},
            "`a` extends the service `b`, which is not in this file",
        ),
        (
            "services: {a: {extends: {file: b.yml, service: b}}}",
            {"b.yml": "services: {c: {image: x}}"},
            "`a` extends the service `b`, which is not in `b.yml`",
        ),
        (
            "services: {a: {extends: b}, b: {extends: a}}",
            {},
            "`b` extends itself, by way of `a`",
        ),
        ("services: {a: {extends: a}}", {}, "`a` extends itself, by way of `a`"),
        ("include: [compose.yaml]", {}, "`compose.yaml` includes itself"),
    ],
)
def test_what_compose_refuses(text: str, others: dict[str, str], said: str) -> None:
    document = together("compose.yaml", {"compose.yaml": text, **others})
    assert [one.message for one in document.complaints] == [said]
    assert all(not one.env_complete for one in document.services)


@pytest.mark.parametrize(
    ("text", "others", "said"),
    [
        (
            "services: {a: {extends: {file: b.yml, service: b}}}",
            {},
            "what `a` extends cannot be read from `b.yml`: it is not there",
        ),
        (
            "services: {a: {extends: {file: b.yml, service: b}}}",
            {"b.yml": "a: ["},
            "what `a` extends cannot be read from `b.yml`: it is not YAML that can be read",
        ),
        (
            "services: {a: {extends: {file: b.yml, service: b}}}",
            {"b.yml": "services:"},
            "what `a` extends cannot be read from `b.yml`: it has no services",
        ),
        ("include: [b.yml]", {}, "`b.yml` is included and was not examined: it is not there"),
        (
            "include: [{path: 'oci://x/y'}]",
            {},
            "`oci://x/y` is included and was not examined: it stands elsewhere in the network",
        ),
        ("include: ['${X}']", {}, "`?` is included and was not examined: its name depends on"),
        ("include: [{env_file: x}]", {}, "`?` is included and was not examined"),
    ],
)
def test_what_cannot_be_had_is_told(text: str, others: dict[str, str], said: str) -> None:
    document = together("compose.yaml", {"compose.yaml": text, **others})
    (gap,) = document.gaps
    assert gap.message.startswith(said)
    assert gap.span is not None
    assert all(not one.env_complete for one in document.services)


def test_an_unknown_file_leaves_the_service_open() -> None:
    text = "services: {a: {image: x, extends: {file: $F, service: b}}, c: {image: y, extends: [b]}}"
    document = together("compose.yaml", {"compose.yaml": text})
    assert [one.env_complete for one in document.services] == [False, False]


def test_gaps_of_an_override_are_told_with_its_place_or_without() -> None:
    texts = {
        "compose.yaml": "services: {a: {image: x}}",
        "compose.override.yaml": "services:\n  a: {extends: {file: b.yml, service: b}}\n"
        "  c: {extends: d}\n",
    }
    (own,) = together("compose.override.yaml", texts).gaps
    assert own.span is not None
    (other,) = together("compose.yaml", texts).gaps
    assert other.span is None
    assert [len(together(name, texts).complaints) for name in texts] == [0, 1]
    texts["compose.yaml"] = "include: [gone.yaml]"
    assert len(together("compose.override.yaml", texts).gaps) == 1


def test_included_services_are_filled_with_the_variables_beside_them() -> None:
    texts = {
        "compose.yaml": "include: [db/db.yml, {path: [w.yml, w2.yml], env_file: w.env}]\n"
        "services: {a: {image: 'a:$TAG'}, web: {user: '7'}}",
        ".env": "TAG=1\n",
        "db/db.yml": "services: {db: {image: 'd:$TAG-$DB'}}\nvolumes: {data: }",
        "db/.env": "TAG=2\nDB=3\n",
        "w.yml": "services: {web: {image: 'w:$WEB'}}",
        "w2.yml": "services: {web: {gpus: all}}",
        "w.env": "WEB=4\n",
    }
    document = together("compose.yaml", texts)
    found = {one.name: image(one) for one in document.services}
    filled = {one.name: one.image.reference for one in document.services if one.image}
    tags = {name: fact.value.tag for name, fact in filled.items() if isinstance(fact, Known)}
    assert set(found) == {"db", "web", "a"}
    assert tags == {"db": "1-3", "web": "4", "a": "1"}
    web = next(one for one in document.services if one.name == "web")
    assert (web.body["user"].word(), web.body["gpus"].word()) == ("7", "all")
    assert document.gaps == ()


def test_documents_of_one_file_lie_over_each_other() -> None:
    text = "services: {a: {image: x}}\n---\nservices: {a: {user: '5'}}\n---\n- none\n"
    (service,) = together("compose.yaml", {"compose.yaml": text}).services
    assert (image(service), service.body["user"].word()) == ("x", "5")


def test_no_more_than_some_files_and_links_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extending, "LONGEST_CHAIN", 2)
    row = "services: {a: {extends: b}, b: {extends: c}, c: {extends: d}, d: {image: x}}"
    document = together("compose.yaml", {"compose.yaml": row})
    assert [gap.message for gap in document.gaps] == ["`c` is one of more than 2 services in a row"]
    monkeypatch.setattr(files, "MOST_FILES", 1)
    texts = {"compose.yaml": "include: [a.yml, b.yml]", "a.yml": "name: a", "b.yml": "name: b"}
    (gap,) = together("compose.yaml", texts).gaps
    assert "more than 1 files" in gap.message


def test_secrets_of_all_files_are_covered() -> None:
    texts = {
        "compose.yaml": "services: {a: {extends: {file: b.yml, service: b}}}",
        "b.yml": "services: {b: {image: x, environment: {API_KEY: '${API_KEY:-hunter2}'}}}",
    }
    document = together("compose.yaml", texts)
    assert "hunter2" in {document.written(span) for span in document.concealed()}
    allowing = {**texts, "b.yml": texts["b.yml"] + " # imagelint: allow unpinned-image -- known\n"}
    allowed = together("compose.yaml", allowing)
    (known,) = allowed.elsewhere
    assert allowed.written(known.span).startswith("# imagelint: allow")


def test_what_many_services_inherit_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    base = "services: {base: {image: x, environment: {A: 1, B: 2, C: 3}}"
    text = base + "".join(f", s{number}: {{extends: base}}" for number in range(5)) + "}"
    assert len(together("compose.yaml", {"compose.yaml": text}).services) == 6
    monkeypatch.setattr(merging, "MOST_MERGED", 30)
    with pytest.raises(DocumentError) as caught:
        together("compose.yaml", {"compose.yaml": text})
    assert caught.value.kind is ProblemKind.TOO_LARGE
