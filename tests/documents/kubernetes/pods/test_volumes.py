from __future__ import annotations

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.core.source import Span
from imagelint.documents.kubernetes.pods.volumes import named_volumes, read_mounts, shared_memory
from imagelint.documents.runtime.model import Mount
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import load_yaml

TEXT = """\
container:
  volumeMounts:
  - {name: models, mountPath: /models/, readOnly: true}
  - {name: host, mountPath: /data}
  - {name: claimed, mountPath: /cache, readOnly: "{{ x }}"}
  - {name: nowhere, mountPath: /x}
  - {name: config, mountPath: "{{ path }}"}
  - {name: root, mountPath: /}
volumes:
- name: models
  persistentVolumeClaim: {claimName: m}
- {name: host, hostPath: {path: /srv}}
- {name: config, configMap: {name: c}}
- {name: root, emptyDir: {sizeLimit: 1Gi}}
claims:
- metadata: {name: claimed}
  spec: {resources: {requests: {storage: 10Gi}}}
"""


def read(text: str) -> Cursor:
    (node,) = load_yaml(text)
    return Cursor(node)


def test_mounts_know_their_volumes() -> None:
    root = read(TEXT)
    fact = read_mounts(root["container"], named_volumes(root, root["claims"]))
    assert isinstance(fact, Known)
    models, host, claimed, nowhere, config, top = fact.value
    assert models.target == Known("/models", Span(*models.span))
    assert TEXT[slice(*models.span)] == "/models/"
    assert (models.source, models.read_only, models.size) == ("persistentVolumeClaim", True, ABSENT)
    assert (host.source, host.host_path, host.read_only) == ("hostPath", "/srv", False)
    assert claimed.source == "persistentVolumeClaim"
    assert isinstance(claimed.size, Known)
    assert claimed.size.value == 10 * 2**30
    assert not claimed.read_only
    assert (nowhere.source, nowhere.size) == ("", UNKNOWN)
    assert (config.source, config.target) == ("configMap", UNKNOWN)
    assert isinstance(top.target, Known)
    assert (top.source, top.target.value) == ("emptyDir", "/")
    assert models.path == "container.volumeMounts[0]"


def test_a_list_that_a_template_fills_is_unknown() -> None:
    root = read("container: {volumeMounts: '{{ x }}'}")
    assert read_mounts(root["container"], named_volumes(root, root["claims"])) is UNKNOWN
    assert shared_memory(UNKNOWN, ABSENT) == (UNKNOWN, None)


def test_a_mount_anywhere_might_be_the_shared_memory() -> None:
    mounts = (Mount(Span(0, 1), UNKNOWN, "memory"),)
    assert shared_memory(Known(mounts), ABSENT) == (UNKNOWN, None)


def test_a_mount_without_path_points_at_itself() -> None:
    text = "container: {volumeMounts: [{name: a}]}"
    root = read(text)
    fact = read_mounts(root["container"], named_volumes(root, root["claims"]))
    assert isinstance(fact, Known)
    assert text[slice(*fact.value[0].span)] == "{name: a}"
    assert fact.value[0].target is ABSENT
