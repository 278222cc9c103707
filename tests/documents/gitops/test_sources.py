"""What Applications, sets of them, releases and helmfiles deploy, and what nobody can know."""

from __future__ import annotations

import pytest

from imagelint.core.source import Source
from imagelint.documents.detect import detect, parse
from imagelint.documents.gitops.applicationset import Folders, folder_parameters
from imagelint.documents.gitops.model import Base, DeliverySource, ValuesFile, ValuesObject
from imagelint.documents.gitops.reading import delivered_kind, may_deliver, sources_of
from imagelint.documents.gitops.values import assigned, plain, scalar_at, tree_in
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import load_yaml

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: llm}
spec:
  destination: {namespace: serving}
  source:
    repoURL: https://git.example.com/team/deploy
    path: charts/llm
"""
RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: llm, namespace: serving}
spec:
  chart:
    spec:
      chart: charts/llm
      sourceRef: {kind: GitRepository, name: deploy}
"""


def sources(text: str, origin: str = "a.yaml") -> tuple[DeliverySource, ...]:
    document = parse(Source(origin, text), detect(origin, text))
    return sources_of(document, _folders)


def _folders(folders: Folders) -> list[dict[str, str]]:
    known = ("models/a", "models/b")
    return [folder_parameters(path) for path in known if path not in folders.without]


def given(source: DeliverySource) -> list[object]:
    return [plain(tree) for tree in source.inline]


def test_an_application_deploys_a_folder_of_its_repository() -> None:
    (one,) = sources(APPLICATION)
    assert (one.title, one.path, one.base) == ("the Application `llm`", "charts/llm", Base.ROOT)
    assert (one.name, one.namespace, one.unread) == ("llm", "serving", "")
    assert APPLICATION[slice(*one.span)] == "charts/llm"


def test_values_of_an_application_count_in_their_order() -> None:
    helm = """\
    helm:
      releaseName: big
      ignoreMissingValueFiles: true
      valueFiles: [values-prod.yaml, /envs/prod.yaml]
      values: |
        a: {b: 1}
      parameters: [{name: a.b, value: "2"}, {name: a.c, value: "3", forceString: true}]
"""
    (one,) = sources(APPLICATION + helm)
    assert [(file.path, file.base, file.optional) for file in one.files] == [
        ("values-prod.yaml", Base.CHART, True),
        ("envs/prod.yaml", Base.ROOT, True),
    ]
    assert given(one) == [{"a": {"b": 1}}, {"a": {"b": 2}}, {"a": {"c": "3"}}]
    assert one.name == "big"


def test_values_in_a_text_stand_where_they_are_written() -> None:
    helm = "    helm:\n      values: |\n        # why\n        a: {b: 17}\n"
    (one,) = sources(APPLICATION + helm)
    place = Cursor(one.inline[0]).at("a", "b")
    assert (APPLICATION + helm)[slice(*place.span)] == "17"


def test_an_object_of_values_replaces_a_text() -> None:
    (one,) = sources(APPLICATION + "    helm: {values: 'a: 1', valuesObject: {a: 2}}\n")
    assert given(one) == [{"a": 2}]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("    plugin: {name: x}\n", "a plugin"),
        ("    helm: {valueFiles: ['https://example.com/v.yaml']}\n", "its values come from"),
        ("    helm: {valueFiles: [$other/v.yaml]}\n", "no source is called `$other`"),
        ("    helm: {fileParameters: [{name: a, path: b}]}\n", "contents of files"),
        ("    helm: {valuesObject: {tag: '${TAG}'}}\n", "known only when they are filled in"),
        ("    helm: {values: 'a: [1'}\n", "known only when they are filled in"),
        ("    helm: {parameters: [{name: 'a[0]', value: x}]}\n", "filled in"),
    ],
)
def test_what_nobody_knows_of_an_application_is_told(more: str, why: str) -> None:
    (one,) = sources(APPLICATION + more)
    assert why in one.unread


def test_a_script_in_values_is_known() -> None:
    (one,) = sources(APPLICATION + "    helm: {valuesObject: {run: 'echo ${HOME} now'}}\n")
    assert not one.unread


def test_a_chart_of_a_registry_lies_in_no_folder() -> None:
    (one,) = sources(APPLICATION.replace("path: charts/llm", "chart: vllm"))
    assert one.path == ""
    assert one.shown == "the chart `vllm` of https://git.example.com/team/deploy"


def test_a_repository_may_be_filled_in() -> None:
    url = "https://git.example.com/team/deploy"
    (one,) = sources(APPLICATION.replace(url, "'{{ .url }}'"))
    assert one.shown == "`charts/llm` of a repository that is filled in"


def test_a_source_may_lend_its_files_to_others() -> None:
    head = APPLICATION.partition("  source:")[0]
    text = head + (
        "  sources:\n"
        "    - {repoURL: r, path: charts/llm, helm: {valueFiles: [$own/envs/a.yaml]}}\n"
        "    - {repoURL: r, ref: own}\n"
    )
    (one,) = sources(text)
    assert [(file.path, file.base) for file in one.files] == [("envs/a.yaml", Base.ROOT)]


def test_what_changes_a_kustomization_is_known() -> None:
    (one,) = sources(APPLICATION + "    kustomize: {images: [a=b], namePrefix: x-}\n")
    assert one.changes is not None
    assert one.changes.fields == ("namePrefix", "images")


SET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: all}
spec:
  generators: [GENERATOR]
  template:
    metadata: {name: 'llm-{{name}}'}
    spec:
      destination: {server: '{{server}}'}
      source: {repoURL: r, path: PATH, helm: {parameters: [{name: tp, value: '{{tp}}'}]}}
"""


def of_set(generator: str, path: str = "charts/llm") -> tuple[DeliverySource, ...]:
    return sources(SET.replace("GENERATOR", generator).replace("PATH", path))


def test_elements_of_a_list_fill_the_template() -> None:
    some = of_set("{list: {elements: [{name: a, tp: '4'}, {name: b, tp: '8'}]}}")
    assert [one.name for one in some] == ["llm-a", "llm-b"]
    assert [given(one) for one in some] == [[{"tp": 4}], [{"tp": 8}]]


@pytest.mark.parametrize(
    "path", ["'{{path}}'", "'models/{{.path.basename}}'", "'{{ .path.path }}'"]
)
def test_folders_of_the_repository_fill_the_template(path: str) -> None:
    every = "{matrix: {generators: [{git: {directories: [{path: models/*}]}}, LIST]}}"
    listed = "{list: {elements: [{name: a, tp: '4'}]}}"
    some = of_set(every.replace("LIST", listed), path)
    assert [one.path for one in some] == ["models/a", "models/b"]


def test_parts_of_a_folder_fill_the_template() -> None:
    listed = "{git: {directories: [{path: models/*}, {path: models/b, exclude: true}]}}"
    text = SET.replace("GENERATOR", listed).replace("'{{tp}}'", "'{{index .path.segments 1}}'")
    (one,) = sources(text.replace("PATH", "'{{path[0]}}/{{path.basename}}'"))
    assert one.path == "models/a"
    assert given(one) == [{"tp": "a"}]


@pytest.mark.parametrize(
    "generator",
    ["{clusters: {}}", "{git: {directories: []}}", "{matrix: {generators: [{clusters: {}}]}}"],
)
def test_what_other_generators_give_is_not_known(generator: str) -> None:
    (one,) = of_set(generator)
    assert one.unread == "its generators give what is not in the repository"


def test_a_set_for_clusters_may_deploy_one_thing_everywhere() -> None:
    (one,) = sources(SET.replace("GENERATOR", "{clusters: {}}").replace("'{{tp}}'", "'4'"))
    assert not one.unread


def test_a_release_of_flux() -> None:
    more = """\
      valuesFiles: [charts/llm/values-prod.yaml]
  valuesFrom: [{kind: ConfigMap, name: common}]
  values: {tp: 4}
"""
    (one,) = sources(RELEASE + more)
    assert (one.path, one.name, one.namespace) == ("charts/llm", "llm", "serving")
    assert [(file.path, file.base) for file in one.files] == [
        ("charts/llm/values-prod.yaml", Base.ROOT)
    ]
    span = one.objects[0].span
    assert one.objects == (ValuesObject("ConfigMap", "common", "values.yaml", span),)
    assert given(one) == [{"tp": 4}]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("kind: GitRepository", "kind: HelmRepository", ""),
        ("chart: charts/llm", "chart: '${chart}'", "filled in"),
        ("  chart:\n", "  postRenderers: [{kustomize: {}}]\n  chart:\n", "`postRenderers`"),
        ("  chart:\n", "  values: {a: '${b}'}\n  chart:\n", "filled in"),
        (
            "  chart:\n",
            "  valuesFrom: [{kind: Secret, name: s, targetPath: a.b}]\n  chart:\n",
            "a value comes from the Secret `s`",
        ),
    ],
)
def test_what_nobody_knows_of_a_release_is_told(old: str, new: str, why: str) -> None:
    (one,) = sources(RELEASE.replace(old, new))
    assert why in one.unread
    assert one.unread or one.path == ""


def test_a_release_that_refers_to_a_source_of_charts() -> None:
    head = RELEASE.partition("  chart:")[0]
    (one,) = sources(head + "  chartRef: {kind: OCIRepository, name: llm}\n")
    assert (one.path, one.shown) == ("", "the chart of the OCIRepository `llm`")


def test_a_kustomization_of_flux() -> None:
    text = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps}
spec: {path: ./apps/prod, sourceRef: {kind: GitRepository, name: deploy}, images: []}
"""
    (one,) = sources(text)
    assert one.changes is not None
    assert (one.path, one.changes.fields) == ("./apps/prod", ("images",))
    assert one.title == "the Kustomization `apps`"
    assert one.shown == "`./apps/prod` of the GitRepository `deploy`"


HELMFILE = """\
templates: {base: {namespace: serving, values: [common.yaml]}}
releases:
  - name: llm
    chart: ./charts/llm
    inherit: [{template: base}]
    set: [{name: tp, value: 4}]
    setString: [{name: tag, value: 1}]
  - {name: off, chart: ./charts/llm, installed: false}
"""


def test_a_helmfile_installs_releases() -> None:
    (one,) = sources(HELMFILE, "helmfile.yaml")
    assert (one.title, one.path, one.base) == ("the release `llm`", "./charts/llm", Base.HERE)
    assert one.namespace == "serving"
    span = one.files[0].span
    assert one.files == (ValuesFile("common.yaml", Base.HERE, span, optional=False),)
    assert given(one) == [{"tp": 4}, {"tag": "1"}]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("secrets: [a.yaml]", "some of its values are secret"),
        ("values: [{a: '{{ .Values.b }}'}]", "filled in"),
        ("values: [a.yaml.gotmpl]", "a file of its values"),
        ("values: [{a: 1}, b.yaml]", "behind those that it holds"),
        ("set: [{name: a, file: b}]", "set in a way"),
        ("inherit: [{template: a}, {template: b}]", "inherits from several"),
    ],
)
def test_what_nobody_knows_of_a_helmfile_is_told(more: str, why: str) -> None:
    (one,) = sources(f"releases: [{{name: a, chart: ./a, {more}}}]\n", "helmfile.yaml")
    assert why in one.unread


@pytest.mark.parametrize("chart", ["", "chart: '{{ .Values.chart }}'"])
def test_a_chart_that_is_filled_in_is_not_known(chart: str) -> None:
    (one,) = sources(f"releases: [{{name: a, {chart}}}]\n", "helmfile.d/a.yaml.gotmpl")
    assert "its chart is known only when it is filled in" in one.unread


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("helmfiles: [{path: sub/helmfile.yaml}]", 0),
        ("helmfiles: ['git::https://x.example.com/a/helmfile.yaml']", 1),
        ("bases: [common.yaml]", 1),
    ],
)
def test_other_files_of_a_helmfile_are_told(named: str, told: int) -> None:
    document = parse(Source("helmfile.yaml", f"{named}\n"), "helmfile")
    assert len(document.unread()) == told


@pytest.mark.parametrize(
    ("name", "value", "tree"),
    [
        ("a", "true", {"a": True}),
        ("a.b", "null", {"a": {"b": None}}),
        (r"a\.b.c", "x", {"a.b": {"c": "x"}}),
        ("a", "012", {"a": "012"}),
        ("a[0]", "x", None),
        ("", "x", None),
    ],
)
def test_assignments_are_typed_as_helm_types_them(name: str, value: str, tree: object) -> None:
    (root,) = load_yaml(f"'{value}'")
    scalar = scalar_at(Cursor(root))
    assert scalar is not None
    found = assigned(name, scalar)
    assert (found and plain(found)) == tree


def test_words_of_go_are_truth_values() -> None:
    (root,) = load_yaml("{a: yes, b: 'yes', c: [1, 2.5, null]}")
    assert plain(root) == {"a": True, "b": "yes", "c": [1, 2.5, None]}


def test_a_text_that_is_no_yaml_has_no_tree() -> None:
    (root,) = load_yaml("a: '[1'")
    scalar = scalar_at(Cursor(root)["a"])
    assert scalar is not None
    assert tree_in(scalar) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (APPLICATION, "Application"),
        (RELEASE, "HelmRelease"),
        (APPLICATION.replace("Application", "Rollout"), ""),
        ("kind: Application\n", ""),
    ],
)
def test_only_what_deploys_is_asked(text: str, kind: str) -> None:
    assert delivered_kind(text) == kind
    assert may_deliver(text) is bool(kind)


@pytest.mark.parametrize(
    ("api", "kind", "spec"),
    [
        ("helm.cattle.io/v1", "HelmChart", "{chart: vllm, repo: 'https://charts.example.com'}"),
        ("addons.cluster.x-k8s.io/v1alpha1", "HelmChartProxy", "{chartName: vllm}"),
        ("helm.crossplane.io/v1beta1", "Release", "{forProvider: {chart: {name: vllm}}}"),
    ],
)
def test_a_chart_from_elsewhere_is_told_whoever_installs_it(api: str, kind: str, spec: str) -> None:
    text = f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n"
    assert may_deliver(text)
    (source,) = sources(text)
    assert (source.title, source.path, source.shown) == (
        f"the {kind} `a`",
        "",
        "the chart `vllm`",
    )
    assert text[slice(*source.span)] == "vllm"
    assert sources(text.replace(f"spec: {spec}\n", "")) == ()


def test_a_chart_that_is_written_whole_has_no_name() -> None:
    text = "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {name: a}\n"
    (source,) = sources(f"{text}spec: {{chartContent: SDRz}}\n")
    assert source.shown == "its chart"
