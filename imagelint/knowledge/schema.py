"""The form of every table: what must stand in it, what may, of which type, and what it means.

`make generate` holds the tables to it and refuses what is missing, unknown or of another type, with
its place. A key is required unless it says otherwise; a table of names and values may hold a
`source` besides. The forms of an engine and of an operator are in `engine_schema` and
`kubernetes.operator_schema`. No run imports any of them: they are for the type checker only.
"""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from imagelint.knowledge.containers.base_schema import BaseImageTable
from imagelint.knowledge.containers.scanner_schema import ScannerTable
from imagelint.knowledge.kubernetes.constraint_schema import ConstraintTable, CustomResourceTable
from imagelint.knowledge.kubernetes.operator_schema import ChartTable
from imagelint.knowledge.serving import forms
from imagelint.knowledge.settings import forms as settings_forms
from imagelint.knowledge.web import forms as web_forms


class AcceleratorRow(TypedDict):
    """A resource."""

    glob: str
    vendor: str
    slice: NotRequired[bool]
    shared: NotRequired[bool]
    cores: NotRequired[Annotated[list[int], "the fewest and the most processors of a device"]]


class ShareRow(TypedDict):
    """What says how large a part of a device is meant."""

    name: str
    mebibytes: Annotated[int, "how many one unit is; 0: it is no memory"]


class AcceleratorTable(forms.Dated):
    """Resources of Kubernetes that hand out accelerators."""

    source: str
    resources: list[AcceleratorRow]
    others: list[str]
    alike: Annotated[list[str], "names that are right, and one letter off another one"]
    profiles: Annotated[list[str], "the instances into which GPUs can be cut: `1g.10gb`"]
    shares: Annotated[list[ShareRow], "resources beside a device"]
    annotations: Annotated[list[ShareRow], "annotations of a pod in place of a resource"]
    annotated_count: Annotated[str, "the annotation that tells how many devices there are"]
    annotated_container: Annotated[str, "the annotation that tells which container gets them"]


class AdvisoryRow(TypedDict):
    """A hole of a product."""

    product: str
    id: str
    score: float
    since: str
    fixed: str
    condition: str


class ProductRow(TypedDict):
    """A product that is no engine."""

    product: str
    images: Annotated[list[str], "globs over registry/repository"]
    packages: list[str]


class AdvisoryTable(forms.Dated):
    """Holes by the version that closes them."""

    source: str
    entries: list[AdvisoryRow]
    products: list[ProductRow]


class DeletedCuda(TypedDict):
    """Releases whose images are gone."""

    majors: list[int]
    source: str


class BundledRow(TypedDict):
    """Images that are built for one CUDA release each without saying so."""

    glob: str
    release: Annotated[str, "a pattern of tags; its group is the image's own release"]
    since: dict[str, str]
    source: str
    cuda: NotRequired[
        Annotated[str, "of a policy: the release itself, or empty where the group is it"]
    ]


class ContainedPackages(TypedDict):
    """Packages of apt by the flavours of `nvidia/cuda` that hold them."""

    base: list[str]
    runtime: list[str]
    devel: list[str]
    cudnn: list[str]
    distribution: Annotated[list[str], "the distribution's own packages of CUDA"]
    source: str


class UncompiledRow(TypedDict):
    """Images without CUDA's compiler."""

    glob: str
    tags: Annotated[list[str], "globs over tags"]
    source: str
    compiled: NotRequired[Annotated[bool, "of a policy: whether they have it after all"]]


class CudaTable(forms.Dated):
    """CUDA releases."""

    floors: dict[str, str]
    matches: dict[str, str]
    wheels: dict[str, list[str]]
    deleted: DeletedCuda
    contained: ContainedPackages
    uncompiled: list[UncompiledRow]
    bundled: list[BundledRow]
    torch: dict[str, str]


class EnumeratedPart(TypedDict):
    """A part that is found inside of another one."""

    part: str
    inside: str
    paths: list[str]


# Keys with a dash cannot be written as a class.
EnumeratedFields = TypedDict(
    "EnumeratedFields",
    {
        "of": Annotated[str, "the kind of object or part that has the fields"],
        "paths": list[str],
        "words": NotRequired[list[str]],
        "names": NotRequired[Annotated[str, "the words, by their name in `names`"]],
        "any-case": NotRequired[bool],
        "prefix": NotRequired[Annotated[str, "what words may begin with besides"]],
        "prefix-taken": NotRequired[Annotated[bool, "whether everybody takes the prefix"]],
        "separator": NotRequired[Annotated[str, "what stands between several words"]],
        "source": str,
    },
)


class EnumerationTable(forms.Dated):
    """Fields that take one of a few words."""

    source: str
    parts: list[EnumeratedPart]
    fields: list[EnumeratedFields]
    names: dict[str, list[str]]


class GpuRow(TypedDict):
    """A product; memory in GB."""

    name: str
    globs: list[str]
    capability: str
    sold: NotRequired[float]
    usable: NotRequired[float]
    mig: NotRequired[Annotated[list[str], "the slices into which it can be cut; none: it cannot"]]


class ArchitectureRow(TypedDict):
    """A generation, with the CUDA releases that know it."""

    generation: str
    first: str
    last: str


class GpuTable(forms.Dated):
    """GPUs."""

    source: str
    products: list[GpuRow]
    architectures: dict[str, ArchitectureRow]


class KindsRow(TypedDict):
    """What one version of a group serves, or served."""

    api: Annotated[str, "as in `apiVersion`: `apps/v1`"]
    kinds: list[str]
    removed: NotRequired[Annotated[str, "the release that no longer serves them: `1.22`"]]


class KubernetesKindsTable(forms.Dated):
    """The kinds of Kubernetes' own groups."""

    source: str
    clients: list[str]
    openshift: list[str]
    versions: list[KindsRow]


class EndedRow(TypedDict):
    """An image at its end."""

    images: Annotated[list[str], "globs over registry/repository"]
    tags: Annotated[list[str], "globs over tags; none: any"]
    without: NotRequired[Annotated[list[str], "globs over tags that are something else"]]
    name: str
    ended: Annotated[str, "the day from which nobody mends it"]
    successor: Annotated[str, "what to take instead"]
    source: str


class MovedRow(TypedDict):
    """An image that lies elsewhere now."""

    image: str
    to: str
    since: str
    source: str


class LifetimeTable(forms.Dated):
    """Images at their end."""

    source: str
    ended: list[EndedRow]
    moved: list[MovedRow]


class AmbiguousNames(TypedDict):
    """Names that stand for models of several sizes."""

    names: list[str]


class ModelTable(forms.Dated):
    """Billions of parameters by parts of names, and bytes per weight of some."""

    source: str
    ambiguous: AmbiguousNames
    misleading: dict[str, float]
    numberless: dict[str, float]
    mixtures: dict[str, float]
    native: dict[str, float]
    media: Annotated[list[str], "parts of names of models that take pictures or sound"]


class ProgramRow(TypedDict):
    """Images that lack programs."""

    glob: str
    tags: NotRequired[str]
    lacks: list[str]
    source: str


class ImagesRow(TypedDict):
    """Images of which something is known, by registry and repository."""

    globs: list[str]
    source: str


class ProgramTable(forms.Dated):
    """Programs for checks that images lack, images that have no check, and those with dash."""

    source: str
    images: list[ProgramRow]
    unchecked: list[ImagesRow]
    dash: list[ImagesRow]
    plain: list[ImagesRow]


class HubRow(TypedDict):
    """A hub of models."""

    name: str
    title: str
    hosts: list[str]
    switches: Annotated[list[str], "variables that make servers ask it"]
    cache: Annotated[str, "where downloads are kept"]
    cache_variables: Annotated[list[str], "variables that move it; empty: those of the engine"]
    branch: str
    commits: Annotated[bool, "whether a revision may be a whole commit"]
    source: str


class GatedRow(TypedDict):
    """Models that are given only to those who accepted their licence."""

    glob: str
    source: str


class MovedModel(TypedDict):
    """Models that lie under another name."""

    glob: str
    to: Annotated[str, "where they lie; `*` is what the glob's stands for"]
    since: str
    source: str


class HubTable(forms.Dated):
    """Hubs of models, the usual one first."""

    source: str
    hubs: list[HubRow]
    gated: list[GatedRow]
    companions: list[forms.CompanionRow]
    moved: list[MovedModel]


class PodSecurityTable(forms.Dated):
    """What the Pod Security Standards let pods have."""

    source: str
    capabilities: Annotated[list[str], "which may be added, by baseline"]
    restricted_capabilities: Annotated[list[str], "which may be added, by restricted"]
    sysctls: Annotated[list[str], "settings of the kernel that a pod may have"]
    selinux_types: list[str]
    volume_types: Annotated[list[str], "sources of volumes that restricted refuses"]


class WeightRow(TypedDict):
    """A format by a pattern of names."""

    pattern: str
    bytes: float


class LibraryRow(TypedDict):
    """What lies in libraries under tags that name a size and no format."""

    bytes: float
    fewest_billions: Annotated[float, "of parameters, below which the format is not known"]
    elsewhere: Annotated[list[str], "words of tags without weights"]


class OwnersRow(TypedDict):
    """Owners on the hub."""

    naming: Annotated[list[str], "who puts AWQ and GPTQ into the names of checkpoints"]


class WeightTable(forms.Dated):
    """Bytes per weight."""

    source: str
    names: list[WeightRow]
    library: LibraryRow
    owners: OwnersRow
    flags: dict[str, float]


# By the name of the file; what lies in `engines/` and `operators/` has a form of its own.
TABLES: dict[str, type] = {
    "accelerators": AcceleratorTable,
    "advisories": AdvisoryTable,
    "base_images": BaseImageTable,
    "containers/programs": ProgramTable,
    "containers/scanners": ScannerTable,
    "cuda": CudaTable,
    "engine_flags": forms.EngineFlagsTable,
    "flag_conflicts": forms.FlagConflictTable,
    "flag_numbers": forms.FlagNumberTable,
    "flag_words": forms.FlagWordsTable,
    "enumerations": EnumerationTable,
    "gpu_floors": forms.GpuFloorTable,
    "gpus": GpuTable,
    "hubs": HubTable,
    "kubernetes/charts": ChartTable,
    "kubernetes/constraints": ConstraintTable,
    "kubernetes/custom_resources": CustomResourceTable,
    "kubernetes_kinds": KubernetesKindsTable,
    "lifetimes": LifetimeTable,
    **settings_forms.TABLES,
    "model_shapes": forms.ModelShapeTable,
    "metrics": forms.MetricTable,
    "models": ModelTable,
    "node_labels": forms.NodeLabelTable,
    "other_servers": forms.OtherServerTable,
    "pod_security": PodSecurityTable,
    "query_languages": forms.QueryLanguageTable,
    "routes": forms.RouteTable,
    "signals": forms.SignalTable,
    "variables": forms.VariableTable,
    "web_servers": web_forms.WebServerTable,
    "weights": WeightTable,
}
