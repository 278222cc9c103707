"""Which values the lines of a template take, and where they are set."""

from __future__ import annotations

import pytest

from imagelint.deployment.renderings.templatevalues import (
    Meant,
    continued,
    helpers_in,
    image_parts,
    set_at,
    values_taken,
)
from imagelint.documents.yaml.load import load_yaml

TEMPLATE = """\
{{- define "x" }}{{ .name }}{{ end }}
image: {{ .Values.image.name }}:{{ $.Values.image.tag }}
{{- with .Values.pool }}
size: {{ .size }}
{{- range $name, $one := .models }}
- {{ $one.path }} {{ $name }} {{ .revision }} {{ $.Release.Name }}
{{- end }}
{{- if .limits }}
limits: {{ toYaml . }}
{{- end }}
{{- end }}
{{- $port := .Values.server.port }}
port: {{ $port }} {{ .Chart.Name }} {{ .other }} {{ "a.b" }}
"""


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (1, []),
        (2, [".Values.image.name", ".Values.image.tag"]),
        (4, [".Values.pool.size"]),
        (6, [".Values.pool.models.path", ".Values.pool.models.revision"]),
        (9, [".Values.pool"]),
        (13, [".Values.server.port", ".Chart.Name"]),
    ],
)
def test_what_a_line_takes(line: int, names: list[str]) -> None:
    assert [one.name for one in values_taken(TEMPLATE, line, line)] == names


OTHERS = """\
{{- $own := index .Values "one-server" }}
image: "{{ $own.image.name }}:{{ (index .Values "two-server" "image").tag }}"
image: '{{ .Values.image.registry }}/{{ .Values.image.name
  }}:{{ .Values.image.tag }}'
{{- $limits := .Values.limits }}
{{- $all := merge (dict "limits" $limits) .Values.resources }}
resources: {{ toYaml $all }} {{ index .Values.list 0 }}
"""


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ((2, 2), [".Values.one-server.image.name", ".Values.two-server.image.tag"]),
        ((3, 4), [".Values.image.registry", ".Values.image.name", ".Values.image.tag"]),
        ((7, 7), [".Values.limits", ".Values.resources", ".Values.list"]),
    ],
)
def test_what_is_taken_by_index_over_lines_or_of_several(
    lines: tuple[int, int], names: list[str]
) -> None:
    assert [one.name for one in values_taken(OTHERS, *lines)] == names


def test_actions_that_end_on_another_line() -> None:
    assert continued(OTHERS) == {4: 3}
    assert continued("{{/* a\nb */}}\nx: {{ .y\n}}-{{ .z\n}}\n") == {4: 3, 5: 3}


HELPERS = """\
{{- define "llm.image" -}}
{{- with .Values.image }}{{ .registry }}/{{ end }}{{ include "llm.tag" . }}
{{- end }}
{{- define "llm.tag" }}{{ .Values.tag | default .Chart.AppVersion }}{{ end }}
{{- define "of" }}{{ .name }}{{ if .x }}{{ .y }}{{ end }}{{ end }}
{{- define "round" }}{{ include "round" . }}{{ .Values.end }}{{ end }}
"""


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (
            'image: {{ include "llm.image" . }}',
            [".Values.image", ".Values.tag", ".Chart.AppVersion"],
        ),
        (
            'image: {{ include "of" .Values.pool | quote }}',
            [".Values.pool", ".Values.pool.name", ".Values.pool.x", ".Values.pool.y"],
        ),
        ('image: {{ template "llm.tag" $ }}', [".Values.tag", ".Chart.AppVersion"]),
        ('image: {{ include "round" . }}', [".Values.end"]),
        ('image: {{ include "none" . }}', []),
        ('image: {{ include "llm.tag" (dict "a" 1) }}', [".Values.tag", ".Chart.AppVersion"]),
    ],
)
def test_what_helpers_take(line: str, names: list[str]) -> None:
    helpers = helpers_in([HELPERS])
    assert [one.name for one in values_taken(line, 1, 1, helpers)] == names


VALUES = """\
server:
  args: [--a=1, --host=127.0.0.1, --load-format=pt]
  env:
    - {name: HOME, value: /h}
    - {name: MODE, value: "1"}
  resources:
    limits: {memory: 1Gi}
    requests: {cpu: 1}
"""


@pytest.mark.parametrize(
    ("keys", "path", "message", "written"),
    [
        ("server.args", "spec.containers[0]", "`--load-format pt` runs code", "--load-format=pt"),
        ("server.args", "spec.containers[0]", "it listens on 127.0.0.1: alone", "--host=127.0.0.1"),
        ("server.args", "spec.containers[0]", "nothing of them", "args"),
        ("server.env", "spec.containers[0].env[1]", "`MODE=1` is", '{name: MODE, value: "1"}'),
        ("server", "spec.containers[0].env[1]", "`HOME` is", "{name: HOME, value: /h}"),
        ("server.resources", "c[0].resources.limits.memory", "much", "memory: 1Gi"),
        ("server.resources", "c[0].resources.limits.cpu", "much", "limits"),
        ("server.resources", 'c[0].requests["cpu"]', "much", "cpu: 1"),
        ("server.none", "", "", None),
    ],
)
def test_where_it_is_set(keys: str, path: str, message: str, written: str | None) -> None:
    (tree,) = load_yaml(VALUES)
    span = set_at(tree, tuple(keys.split(".")), Meant(path, message))
    assert (None if span is None else VALUES[span.start : span.end]) == written


def test_an_image_in_parts_is_set_at_each_of_them() -> None:
    text = "server:\n  image: {registry: docker.io, repository: a/b, tag: '', pull: Always}\n"
    (tree,) = load_yaml(text)
    parts = image_parts(tree, ("server", "image"))
    assert [(name, text[slice(*span)]) for name, span in parts] == [
        ("registry", "registry: docker.io"),
        ("repository", "repository: a/b"),
    ]
    assert image_parts(tree, ("server", "image", "tag")) == ()
    assert image_parts(tree, ("none",)) == ()


ENGINES = """\
global: {imageTag: v2.10.0, other: {name: abcd}}
engines:
  - {name: small, repository: vllm/vllm-openai, tag: v0.30.0}
  - {name: large, repository: lmsysorg/sglang, tag: v0.30.0}
routers:
  - {repository: a/b}
"""


@pytest.mark.parametrize(
    ("keys", "message", "written"),
    [
        ("global", "`a/b` has no digest: the tag `v2.10.0` can be moved", "imageTag: v2.10.0"),
        ("global", "`abcd` and `v2.10.0`", "global"),
        ("global", "nothing of it", "global"),
        ("engines.repository", "`lmsysorg/sglang` is `latest`", "repository: lmsysorg/sglang"),
        ("engines.tag", "the tag `v0.30.0` can be moved", None),
        ("engines.repository", "nothing of them", None),
        ("engines.none", "`lmsysorg/sglang` is `latest`", None),
        ("routers.repository", "nothing of it", "repository: a/b"),
    ],
)
def test_what_a_message_speaks_of(keys: str, message: str, written: str | None) -> None:
    (tree,) = load_yaml(ENGINES)
    span = set_at(tree, tuple(keys.split(".")), Meant("spec.image", message))
    assert (None if span is None else ENGINES[slice(*span)]) == written


@pytest.mark.parametrize(
    ("keys", "path", "made", "written"),
    [
        ("server.args", "spec.args[3]", "--host=127.0.0.1", "--host=127.0.0.1"),
        ("server.args", "spec.args[3]", "--other=1", "args"),
        ("server.env", "spec.env[2].value", '{name: MODE, value: "1"}', 'value: "1"'),
        ("server.env", "spec.env[2].name", '{name: MODE, value: "2"}', "env"),
        (
            "server.env",
            "spec.env[2].valueFrom",
            "{name: HOME, value: /h}",
            "{name: HOME, value: /h}",
        ),
        ("server.env", "", "{name: HOME, value: /h}", "{name: HOME, value: /h}"),
    ],
)
def test_what_was_made_of_an_item(keys: str, path: str, made: str, written: str) -> None:
    (tree,), nodes = load_yaml(VALUES), tuple(load_yaml(made))
    span = set_at(tree, tuple(keys.split(".")), Meant(path, "nothing of it", nodes))
    assert span is not None
    assert VALUES[span.start : span.end] == written


NAMED = """\
env:
  TP: "4"
  PORT: "8000"
  more: {SHARE: 0.95, ranks: 3}
  less: {ranks: 5, share: 1.25}
"""


@pytest.mark.parametrize(
    ("message", "written"),
    [
        ("`TP` is set here", 'TP: "4"'),
        ("`SHARE` is set here", "SHARE: 0.95"),
        ("1.25 is no share of memory", "share: 1.25"),
        ("TP 4 is set here", "env"),
        ("`ranks` is set here", "env"),
        ("4 GPUs of 3 are asked for", "env"),
    ],
)
def test_the_key_that_a_message_quotes_is_meant(message: str, written: str) -> None:
    (tree,) = load_yaml(NAMED)
    span = set_at(tree, ("env",), Meant("data.x", message))
    assert span is not None
    assert NAMED[slice(*span)] == written
