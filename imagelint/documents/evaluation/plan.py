"""`imagelint-eval.yaml`: what an evaluation is about, and what its results must be.

`docs/evaluation-plan.schema.json` is its schema; a test holds both to be the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from imagelint.core.fact import Known
from imagelint.core.nearest import nearest
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.reference import parse_reference
from imagelint.core.report import ProblemKind
from imagelint.core.source import Span
from imagelint.documents.base import Document, DocumentError, Landmark
from imagelint.documents.evaluation.planned import (
    PLAN,
    Calibration,
    DatasetBinding,
    DimensionPlan,
    DimensionSet,
    EvaluatedImage,
    JudgeBinding,
    Scale,
    ServingSetting,
    evaluations_of,
)
from imagelint.documents.yaml.document import read_stream
from imagelint.documents.yaml.load import Cursor
from imagelint.documents.yaml.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source
    from imagelint.documents.base import Node

LEAST_LEVEL = 0.0001
LEVEL = 0.05
"""How often at most all dimensions together raise a false alarm, where the plan does not say."""
MINIMUM = 100
"""How many cases a dimension needs, where the plan does not say."""

DIGEST = pattern(r"sha256:[0-9a-f]{64}")
_HASH = pattern(r"(?:sha256:)?([0-9a-f]{64})")

KEYS: dict[str, tuple[str, ...]] = {
    "": ("image", "model", "engine", "serving", "dataset", "judge", "level", "dimensions"),
    "model": ("name", "revision", "quantization"),
    "engine": ("name", "version"),
    "dataset": ("name", "sha256", "revision", "path"),
    "judge": ("model", "version", "calibration"),
    "judge.calibration": ("date", "n", "agreement", "kappa", "matrix"),
    "judge.calibration.matrix": (
        "true-positives",
        "false-positives",
        "false-negatives",
        "true-negatives",
    ),
}
DIMENSION_KEYS = (
    "metric",
    "direction",
    "threshold",
    "tolerance",
    "minimum-n",
    "scale",
    "judge",
)


class Evaluated(NamedTuple):
    """What was evaluated, as somebody says; empty where nobody says."""

    image: str = ""
    model: str = ""
    revision: str = ""
    quantization: str = ""
    engine: str = ""
    version: str = ""

    @property
    def digest(self) -> str:
        """The digest of the image; empty where only a tag is named."""
        tail = self.image.rpartition("@")[2]
        return tail if DIGEST.fullmatch(tail) else ""


class EvaluationPlan(Document):
    """A plan; `evaluated` has the place of each of its fields in `places`."""

    kind: ClassVar[str] = PLAN
    __slots__ = ("dataset", "dimensions", "evaluated", "judge", "level", "places", "serving")

    def __init__(self, source: Source, root: Cursor) -> None:
        super().__init__(source)
        self.evaluated = _evaluated(root)
        self.places = {
            "image": root["image"].span,
            "model": root.at("model", "name").span,
            "revision": root.at("model", "revision").span,
            "quantization": root.at("model", "quantization").span,
            "engine": root.at("engine", "name").span,
            "version": root.at("engine", "version").span,
            "dataset": root.at("dataset", "sha256").span,
            "judge": root.at("judge", "model").span,
        }
        self.level = _number(root["level"], LEAST_LEVEL, 0.5) or LEVEL
        self.serving = tuple(
            ServingSetting(place.span, name, place.word(), place.path)
            for name, place in root["serving"].entries()
        )
        self.dimensions = tuple(
            _dimension(name, place) for name, place in root["dimensions"].entries()
        )
        self.dataset = _dataset(root["dataset"])
        self.judge = _judge(root["judge"], tuple(one.name for one in self.dimensions if one.judged))

    @property
    def digest(self) -> str:
        """The digest of the image that was evaluated."""
        return self.evaluated.digest

    def landmarks(self) -> Iterator[Landmark]:
        """The image, for whoever deploys it."""
        said = parse_reference(self.evaluated.image)
        if said is not None:
            node = EvaluatedImage(
                self.places["image"], said, self.evaluated.model, self._settings(), "image"
            )
            yield Landmark(evaluations_of(said.name), node)

    def _settings(self) -> tuple[ServingSetting, ...]:
        """What the server was told, as far as the plan says."""
        told = (
            ServingSetting(self.places[name], name, getattr(self.evaluated, name), f"model.{name}")
            for name in ("revision", "quantization")
        )
        return tuple(one for one in (*told, *self.serving) if one.value)

    def nodes(self) -> Iterator[Node]:
        """What it binds, and its dimensions."""
        yield self.dataset
        if self.judge is not None:
            yield self.judge
        names = tuple(one.name for one in self.dimensions if one.threshold is not None)
        at = self.dimensions[0].span.start if self.dimensions else 0
        yield DimensionSet(Span(at, at), names, "dimensions")
        yield from self.dimensions
        yield from self.serving


def parse_plan(source: Source) -> EvaluationPlan:
    """The plan that a text is.

    Raises:
        DocumentError: it is not YAML, or something in it is not what stands in a plan.
    """
    stream = read_stream(source, EvaluationPlan.kind)
    if stream.duplicates:
        twice = stream.duplicates[0]
        raise _wrong(twice.span, f"the key `{twice.text}` is written twice")
    root = Cursor(stream.documents[0] if stream.documents else None)
    if len(stream.documents) > 1:
        raise _wrong(stream.documents[1].span, "a plan is one YAML document, here a second begins")
    for path, keys in KEYS.items():
        _known_keys(root.at(*path.split(".")) if path else root, keys)
    for place in (root["serving"], root["dimensions"]):
        _mapping(place)
    for _name, place in root["serving"].entries():
        _single(place)
    for _name, place in root["dimensions"].entries():
        _known_keys(place, DIMENSION_KEYS)
    if not root["dimensions"].exists:
        raise _wrong(root.span, "a plan has `dimensions`: what its results are judged by")
    return EvaluationPlan(source, root)


def _known_keys(place: Cursor, keys: tuple[str, ...]) -> None:
    _mapping(place)
    for name, inner in place.entries():
        if name not in keys:
            meant = nearest(name, keys)
            help_ = f"did you mean `{meant}`?" if meant else f"known: {', '.join(keys)}"
            raise _wrong(inner.key_span, f"unknown key `{inner.path}`", help_)
        if inner.path not in (*KEYS, "serving", "dimensions"):
            _single(inner)


def _mapping(place: Cursor) -> None:
    if place.exists and not isinstance(place.node, Mapping):
        raise _wrong(place.span, f"`{place.path or 'the plan'}` is no mapping")


def _single(place: Cursor) -> None:
    if not isinstance(place.node, Scalar):
        raise _wrong(place.span, f"`{place.path}` is no single value")


def _wrong(span: Span, message: str, help_: str = "") -> DocumentError:
    return DocumentError(ProblemKind.UNPARSABLE, message, span, help_)


def _number(place: Cursor, least: float, most: float) -> float | None:
    """The number that is there; None where nothing is written."""
    if not place.exists:
        return None
    fact = place.number()
    if not isinstance(fact, Known) or not least <= fact.value <= most:
        raise _wrong(place.span, f"`{place.path}` is no number from {least:g} to {most:g}")
    return float(fact.value)


def _evaluated(root: Cursor) -> Evaluated:
    model, engine = root["model"], root["engine"]
    return Evaluated(
        root["image"].word(),
        model["name"].word(),
        model["revision"].word(),
        model["quantization"].word(),
        engine["name"].word(),
        engine["version"].word(),
    )


def _dataset(place: Cursor) -> DatasetBinding:
    said = place["sha256"].word()
    found = _HASH.fullmatch(said.lower())
    if said and found is None:
        raise _wrong(place["sha256"].span, f"`{said}` is no SHA-256 (64 hexadecimal digits)")
    return DatasetBinding(
        place.key_span if place["name"].node is None else place["name"].span,
        place["name"].word(),
        found[1] if found else "",
        place["revision"].word(),
        place["path"].word(),
        "dataset",
    )


def _judge(place: Cursor, used_by: tuple[str, ...]) -> JudgeBinding | None:
    if not place.exists and not used_by:
        return None
    at = place["model"].span if place.exists else place.key_span
    calibration = place["calibration"]
    cells = KEYS["judge.calibration.matrix"]
    counts = tuple(_number(calibration["matrix"][cell], 0, 1e9) for cell in cells)
    return JudgeBinding(
        at,
        place["model"].word(),
        place["version"].word(),
        Calibration(
            calibration["date"].word(),
            _number(calibration["n"], 0, 1e9),
            _number(calibration["agreement"], 0, 1),
            _number(calibration["kappa"], -1, 1),
            tuple(count for count in counts if count is not None),
        ),
        used_by,
        "judge",
    )


def _dimension(name: str, place: Cursor) -> DimensionPlan:
    minimum = _number(place["minimum-n"], 1, 1e9)
    scale = _choice(place["scale"], tuple(one.value for one in Scale)) or Scale.FRACTION.value
    most = {Scale.FRACTION.value: 1.0, Scale.PERCENT.value: 100.0}.get(scale, 1e300)
    return DimensionPlan(
        place.key_span,
        name,
        place["metric"].word() or name,
        higher_is_better=_choice(place["direction"], ("higher", "lower")) != "lower",
        threshold=_number(place["threshold"], -1e300 if scale == Scale.ANY.value else 0, most),
        tolerance=_number(place["tolerance"], 0, most),
        minimum=MINIMUM if minimum is None else int(minimum),
        scale=Scale(scale),
        judged=_choice(place["judge"], ("true", "false")) == "true",
        path=place.path,
        stated_direction=place["direction"].exists,
    )


def _choice(place: Cursor, words: tuple[str, ...]) -> str:
    said = place.word()
    if place.exists and said not in words:
        raise _wrong(place.span, f"`{place.path}` is none of: {', '.join(words)}")
    return said
