"""The images that values of a chart name, where nobody here sees what the chart makes of them.

What a key means is the chart's own affair. By habit of nearly all charts an image is a word under
`image`, or a mapping with `repository` and `tag` (helm.sh/docs/chart_best_practices/values); what
else may be one is left alone, and so is what is switched off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.reference import parse_reference
from imagelint.documents.gitops.argocd import GROUP as ARGO_CD
from imagelint.documents.gitops.flux import RELEASES, helm_release
from imagelint.documents.gitops.values import tree_in
from imagelint.documents.kubernetes.pods.reader import image_at
from imagelint.documents.shared import ImageRole, ImageUse
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.reference import ImageReference
    from imagelint.documents.kubernetes.objects import KubernetesObject

# https://docs.k3s.io/add-ons/helm
_K3S = "helm.cattle.io"
_DIGEST = "sha256:"
_SWITCHES = ("enabled", "enable", "create", "enableEngine")
# Words beside a name by which a chart says the rest of it.
_REST = ("tag", "imageTag", "version", "imageVersion", "registry", "repository", "digest")


def value_images(root: Cursor, read: frozenset[int] = frozenset()) -> Iterator[ImageUse]:
    """The images that values certainly name, in their order; nodes in `read` are somebody else's.

    An image without a tag is known only by the chart, whose version is the default of most, and
    so is what a template fills.
    """
    pending = [root]
    while pending:
        place = pending.pop()
        if id(place.node) in read or is_off(place):
            continue
        found = _in_parts(place)
        if found is not None:
            yield found
        inside = [*place.items()]
        for name, value in place.entries():
            if isinstance(value.node, Scalar) and name.lower().endswith("image"):
                yield from _whole(place, value)
            inside.append(value)
        pending += reversed(inside)


def delivered_images(obj: KubernetesObject, read: frozenset[int]) -> Iterator[ImageUse]:
    """The images in values of an object that has a chart deployed which lies in no repository.

    Of a chart that a folder of a repository holds, what it makes is judged.
    """
    for _, values in delivered_values(obj):
        yield from value_images(values, read)


def delivered_values(obj: KubernetesObject) -> Iterator[tuple[str, Cursor]]:
    """The values of each chart that an object has deployed from elsewhere, with its name."""
    for name, place in _values_of(obj):
        node = place.node
        tree = tree_in(node) if isinstance(node, Scalar) else node
        if tree is not None:
            yield name, Cursor(tree, place.path)


def _values_of(obj: KubernetesObject) -> Iterator[tuple[str, Cursor]]:
    spec = obj.body["spec"]
    if obj.group == RELEASES and obj.kind == "HelmRelease":
        if not helm_release(obj, "").path:
            named = spec.at("chart", "spec", "chart").word() or spec.at("chartRef", "name").word()
            yield named, spec["values"]
    elif obj.group == ARGO_CD and obj.kind == "Application":
        for source in spec["sources"].items() or [spec["source"]]:
            helm = source["helm"] if source["chart"].exists else source["chart"]
            values = helm["valuesObject"] if helm["valuesObject"].exists else helm["values"]
            yield source["chart"].word(), values
    elif obj.group == _K3S:
        yield spec["chart"].word(), spec["valuesContent"]


def is_off(place: Cursor) -> bool:
    """Whether values say of themselves that nothing is made of them (`enabled: false`)."""
    said = (place[name].boolean() for name in _SWITCHES)
    return any(isinstance(one, Known) and not one.value for one in said)


def _in_parts(place: Cursor) -> ImageUse | None:
    """`{repository: …, tag: …}`, whatever it stands under."""
    if not isinstance(place.node, Mapping):
        return None
    repository, tag = place["repository"], place["tag"]
    if place["version"].word() and place["image"].word() and not tag.exists:
        return _in_folder(place)
    if not (tag.word() and isinstance(repository.text(), Known)) or "://" in repository.word():
        return None
    use = image_at(place)
    return use if use is not None and isinstance(use.reference, Known) else None


def _in_folder(place: Cursor) -> ImageUse | None:
    """`{repository: …, image: …, version: …}`: where it lies, its name and its tag, or its digest.

    NVIDIA/gpu-operator:deployments/gpu-operator/values.yaml, api/nvidia/v1/clusterpolicy_types.go
    (`imagePath`)
    """
    parts = [place[key].text() for key in ("repository", "image", "version")]
    folder, name, version = (one.value if isinstance(one, Known) else "" for one in parts)
    between = "@" if version.startswith(_DIGEST) else ":"
    reference = parse_reference(f"{folder}/{name}{between}{version}")
    at = place["version"]
    # A name alone is that of a chart, or of a package, as often.
    if reference is None or "." not in folder.partition("/")[0] or "/" in name:
        return None
    return ImageUse(at.span, ImageRole.POD, at.word(), Known(reference, at.span), path=at.path)


def _whole(around: Cursor, place: Cursor) -> Iterator[ImageUse]:
    """An image in one word, with a tag or a digest: of others the rest stands elsewhere."""
    fact = place.text()
    reference = parse_reference(fact.value) if isinstance(fact, Known) else None
    if reference is None or any(around[key].exists for key in _REST):
        return
    if reference.tag or reference.digest or _has_registry(reference, place):
        yield ImageUse(
            place.span, ImageRole.POD, place.word(), Known(reference, place.span), path=place.path
        )


def _has_registry(reference: ImageReference, place: Cursor) -> bool:
    """Whether a name without a tag is certainly an image: it says in which registry it lies."""
    return place.word().startswith(f"{reference.registry}/")
