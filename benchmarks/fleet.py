"""How an audit's plan, its store and its reports grow with the number of images.

    python benchmarks/fleet.py [--images 10000 100000 1000000] [--postgresql] [--formats html csv]
                               [--again]

A source that is made up lists so many images upon 200 bases; they go through the real planner, the
real audit and into the real store, where only the look at an image is made up as well. With --again
a second run follows, in which every twentieth tag leads to another image, and reports compare the
two. Printed are
for each step seconds that passed, microseconds of the processor for each image, and the most memory
that its process held. With --postgresql each number of images has a server of its own, whose
processes are not counted.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

sys.path.insert(0, str(Path(__file__).parents[1]))

from imagelint.audit.audit import Audit
from imagelint.audit.options import AuditOptions
from imagelint.audit.selection import Selection
from imagelint.audit.targets import tagged
from imagelint.core.finding import Severity
from imagelint.store.database import Store
from imagelint.store.records import (
    AskedRules,
    Category,
    Fact,
    Finished,
    Image,
    Judgement,
    Layer,
    Result,
    StoredFinding,
    StoredProblem,
    StoredVulnerability,
)
from imagelint.store.writing import STATEMENTS
from tools.lab.postgresql import PostgreSQL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.audit.sources.model import Found
    from imagelint.audit.targets import Target
    from imagelint.audit.worker import Task

BASES = 200
BASE_LAYERS = 8
TAGS = 10
MOVED = 20
"""Of so many tags one leads to another image in a second run."""
TEAMS = 40
FORMATS = (
    *("text", "html", "openmetrics", "csv", "jsonl", "json", "sarif", "junit", "markdown"),
    *("gitlab", "defectdojo"),
)
REGISTRY = "registry.example.com"


def named(*parts: object) -> str:
    """A digest of its own for some words."""
    return f"sha256:{hashlib.sha256(repr(parts).encode()).hexdigest()}"


def layer(name: str, size: int) -> Layer:
    return Layer(named("layer", name), named("diff", name), size, f"RUN {name}")


def image_of(number: int, run: int) -> str:
    """The digest of the image that a run meets."""
    build = build_of(number, run)
    return named("image", number, build) if build else named("image", number)


def build_of(number: int, run: int) -> int:
    """Which build of an image a run meets."""
    return 0 if number % MOVED else run


class Listing(NamedTuple):
    """A source of so many images, ten tags to a repository."""

    images: int
    run: int = 0
    name: str = f"registry://{REGISTRY}"

    def targets(self) -> Iterator[Found]:
        for number in range(self.images):
            app = number // TAGS
            repository = f"{REGISTRY}/team-{app % TEAMS}/app-{app}"
            yield tagged(repository, f"1.{number % TAGS}", image_of(number, self.run))


class MadeUpLook:
    """Instead of a worker: what would have been found at an image."""

    def __init__(self, key: str, run: int = 0) -> None:
        self._key = key
        self._run = run
        self._below = [
            tuple(layer(f"base {base} {at}", 10_000_000 * (at + 1)) for at in range(BASE_LAYERS))
            for base in range(BASES)
        ]

    def __call__(self, task: Task) -> Finished:
        target = task.target
        app, tag = target.repository.rpartition("-")[2], target.tag.rpartition(".")[2]
        number = int(app) * TAGS + int(tag)
        said = Result(target.reference, target.repository, target.tag, None, Category.TIMED_OUT)
        said = said._replace(owner=target.repository.split("/")[1])
        if number % 100 == 99:
            problem = StoredProblem(Category.TIMED_OUT, "timed-out", "no answer in 120 seconds")
            return Finished(said._replace(detail=problem.detail, problems=(problem,)))
        judged = Judgement(self._key, target.repository, target.digest, "").id
        if judged in task.judged:
            signed = task.judged[judged]
            said = said._replace(category=Category.AUDITED, digest=target.digest)
            return Finished(said._replace(judgement=judged, signed=signed))
        return self._seen(target, number, said)

    def _seen(self, target: Target, number: int, said: Result) -> Finished:
        base = int(target.repository.rpartition("-")[2]) % BASES
        build = build_of(number, self._run)
        code = f"code {number} {build}" if build else f"code {number}"
        own = layer(f"app {number}", 300_000_000), layer(code, 1_000_000)
        image = Image(
            target.digest,
            platform="linux/amd64",
            config=named("config", number),
            layers=(*self._below[base], *own),
            created=f"2026-{number % 11 + 1:02}-01T00:00:00Z",
            base_name=f"docker.io/nvidia/cuda:12.{base}-base",
        )
        told = tuple(findings(number, base, build))
        known = tuple(vulnerabilities(base))
        digest = target.digest
        statements = json.dumps([one[:7] for one in told]).encode()
        kept = f"sha256:{hashlib.sha256(statements).hexdigest()}"
        judgement = Judgement(self._key, target.repository, digest, "fail", told, known)
        judgement = judgement._replace(examination=MadeUpJudge.asked.id, statements=kept)
        result = said._replace(
            category=Category.AUDITED,
            digest=digest,
            judgement=judgement.id,
            signed="signed" if number % 7 else "unsigned",
        )
        facts = (
            Fact(digest, "manifest", b"{}"),
            Fact(str(image.config), "config", b"{}"),
            Fact(kept, STATEMENTS, statements),
        )
        return Finished(result, (image,), facts, judgement)


def findings(number: int, base: int, build: int) -> Iterator[StoredFinding]:
    for at in range(3):
        name = f"CVE-2026-{1000 + base * 3 + at}"
        yield StoredFinding(
            *("vulnerable-package", Severity(5 - at), "certain", f"openssl has {name}"),
            help="update openssl",
            subject=f"{name} pkg:deb/debian/openssl",
            layer=named("layer", f"base {base} 0"),
            package=f"openssl-{base % 50}",
            vulnerability=name,
        )
    if number % 3:
        yield StoredFinding(
            *("root-user", Severity.HIGH, "certain", "the container would run as root"),
            *("add `USER 10001`", "config.User", "image"),
        )
    message = f"the variable TOKEN_{(number + build) % 5000} looks like a secret"
    yield StoredFinding("secret-value", Severity.MEDIUM, "likely", message, place="config.Env")


def vulnerabilities(base: int) -> Iterator[StoredVulnerability]:
    for at in range(3):
        name = f"CVE-2026-{1000 + base * 3 + at}"
        yield StoredVulnerability(name, Severity(5 - at), "a hole", "2026-01-02", epss=base / BASES)


class MadeUpPolicy(NamedTuple):
    """As much of a policy as an audit notes."""

    name: str = "recommended"
    extends: tuple[str, ...] = ()
    threshold: Severity = Severity.HIGH


class MadeUpJudge:
    """As much of a judge as an audit asks, whose images are never judged."""

    key = "1" * 64
    digest = "2" * 64
    deep = None
    asked = AskedRules("3" * 64, ("root-user", "secret-value"))
    asks = '{"root-user": [], "secret-value": []}'
    contacts = "{}"
    policy = MadeUpPolicy()

    def identify(self, repository: str, digest: str) -> str:
        return Judgement(self.key, repository, digest, "").id

    def waivers(self) -> tuple[()]:
        return ()


class NoRegistries(NamedTuple):
    """As much of clients as an audit asks that looks at nothing."""

    def stop(self) -> None:
        """Nothing is under way."""


def made_up_audit(store: Store) -> Audit:
    asker, registries = cast("Any", None), cast("Any", NoRegistries())
    return Audit(store, cast("Any", MadeUpJudge()), asker, registries, AuditOptions())


def fill(images: int, place: str, run: int = 0) -> None:
    """One audit, in this process."""
    with Store.open(place) as store:
        audit = made_up_audit(store)
        audit._worker = cast("Any", MadeUpLook(audit.key, run))  # noqa: SLF001 - all but this is real
        audit.run([Listing(images, run)], Selection())


def plan(images: int, place: str) -> None:
    """What is to be done, in this process."""
    with Store.open(place) as store:
        made_up_audit(store).plan([Listing(images)], Selection())


class Cost(NamedTuple):
    """Seconds that passed, those of the processor, and megabytes at most."""

    wall: float
    own: float
    memory: float


def measured(*command: str, fine: tuple[int, ...] = (0,)) -> Cost:
    """What a process takes of its own, which ends in a way that is fine."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in fine:
        sys.exit(f"it failed ({process.returncode}): {' '.join(command)}")
    wall = time.perf_counter() - began
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def tell(what: str, images: int, cost: Cost, size: int = 0) -> None:
    written = f"  {size / 1e6:8.1f} MB" if size else ""
    print(
        f"{images:9,} {what:12} {cost.wall:8.1f} s {cost.own / images * 1e6:8.1f} us of CPU each"
        f" {cost.memory:6.0f} MB of memory{written}",
        flush=True,
    )


def size_of(path: Path) -> int:
    if path.is_dir():
        return sum(each.stat().st_size for each in path.iterdir())
    return path.stat().st_size if path.exists() else 0


def measure(images: int, place: str, folder: Path, given: argparse.Namespace) -> None:
    """All steps with so many images, each in a process of its own."""
    this = sys.executable, __file__, "--store", place, "--images", str(images)
    tell("plan, new", images, measured(*this, "--step", "plan"))
    tell("audit", images, measured(*this, "--step", "fill"), size_of(Path(place)))
    tell("plan, known", images, measured(*this, "--step", "plan"))
    if given.again:
        cost = measured(*this, "--step", "again")
        tell("audit, again", images, cost, size_of(Path(place)))
        for name in ("changes", "drift"):
            report = sys.executable, "-m", "imagelint", "report", "--store", place
            tell(
                name, images, measured(*report, "--table", name, "--format", "csv", fine=(0, 1, 3))
            )
    for name in given.formats:
        out = folder / f"report-{name}"
        command = sys.executable, "-m", "imagelint", "report", "--store", place
        cost = measured(*command, "--format", f"{name}={out}", fine=(0, 1, 3))
        tell(name, images, cost, size_of(out))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--store", default="", help=argparse.SUPPRESS)
    parser.add_argument("--postgresql", action="store_true", help="a server instead of files")
    parser.add_argument("--formats", nargs="+", default=list(FORMATS), choices=FORMATS)
    parser.add_argument("--again", action="store_true", help="a second run, and reports of both")
    parser.add_argument("--folder", help="where the stores stay")
    parser.add_argument("--step", choices=("plan", "fill", "again"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        if given.step == "plan":
            plan(given.images[0], given.store)
        else:
            fill(given.images[0], given.store, int(given.step == "again"))
        return
    for images in given.images:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(given.folder or temporary)
            with ExitStack() as stack:
                place = str(folder / f"{images}.db")
                if given.postgresql:
                    place = stack.enter_context(PostgreSQL(folder / f"{images}.postgresql")).url
                measure(images, place, folder, given)


if __name__ == "__main__":
    main()
