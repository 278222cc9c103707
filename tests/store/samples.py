"""A store with made-up runs: some repositories upon a few bases, judged a few times."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.store.records import (
    Category,
    Fact,
    Finished,
    Image,
    Judgement,
    Layer,
    NewRun,
    PackageList,
    Result,
    StoredFinding,
    StoredPackage,
    StoredProblem,
    StoredVulnerability,
    UsedWaiver,
    Worker,
)
from imagelint.store.rollups import RollUps
from imagelint.store.runs import begin, finish
from imagelint.store.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.store.database import Store
    from imagelint.store.views import VulnerabilityView

REGISTRY = "registry.example.com"
TEAMS = ("inference", "platform", "")
WAIVER = UsedWaiver("root-user", f"{REGISTRY}/*", "", "legacy", "2027-01-31", "policy.yaml")
UNUSED = UsedWaiver(
    *("unpinned-image", "*", "", "a mirror", "2026-12-01", "policy.yaml"),
    owner="platform",
    ticket="OPS-1",
    approver="b@example.com",
)


_HOLE = StoredVulnerability("CVE-2026-1", Severity.LOW)
TOLD = (
    _HOLE._replace(severity=Severity.HIGH, title="a hole", published="2026-01-02", fixed=True),
    _HOLE._replace(epss=0.5, exploited="2026-03-04"),
    _HOLE._replace(title="a wide hole", epss=0.25),
)
"""What is told of one vulnerability, one after the other."""
KNOWN = ("a wide hole", "2026-01-02", True, 0.25, "2026-03-04")
"""What is known of it then: title, publication, whether there is a fix, EPSS, KEV."""


def tell(store: Store) -> VulnerabilityView:
    """Tell of it in images of one run that have it, and the first again; what is known then."""
    run = begin(store, NewRun("told", ()), Worker("h", 1), "2026-11-01T00:00:00Z", lambda _: False)
    writer = Writer(store, run, lambda: "2026-11-01T00:00:00Z")
    told = []
    for at, said in enumerate((*TOLD, TOLD[0])):
        about = StoredFinding(
            *("vulnerable-package", said.severity, "certain", "a has a hole"), vulnerability=said.id
        )
        judgement = Judgement("told", f"told/{at}", digest("told", at), "fail", (about,), (said,))
        result = Result(
            *(f"told/{at}:1", f"told/{at}", "1", judgement.digest, Category.AUDITED),
            judgement=judgement.id,
        )
        told.append(Finished(result, judgement=judgement))
    writer.write(told[:2])
    writer.write(told[2:])
    (found,) = RollUps(store).tally(run.id).vulnerabilities()
    return found


def digest(*parts: object) -> str:
    """A digest of its own for some words."""
    return f"sha256:{hashlib.sha256(repr(parts).encode()).hexdigest()}"


def layer(name: str, size: int = 1000) -> Layer:
    return Layer(digest("layer", name), digest("diff", name), size, f"RUN {name}")


def image(number: int, build: int = 0, bases: int = 3) -> Image:
    """An image of two layers of its own upon one of some bases of two."""
    base = number % bases
    below = (layer(f"base {base} system", 50_000_000), layer(f"base {base} cuda", 2_000_000_000))
    own = (layer(f"app {number}", 300_000_000), layer(f"code {number} {build}", 1_000_000))
    return Image(
        digest("image", number, build),
        media_type="application/vnd.oci.image.manifest.v1+json",
        platform="linux/amd64",
        config=digest("config", number, build),
        layers=(*below, *own),
        created=f"2026-{number % 11 + 1:02}-01T00:00:00Z",
        base_name=f"docker.io/nvidia/cuda:12.{base}-base" if base else "",
    )


def findings(number: int, build: int, bases: int = 3) -> Iterator[StoredFinding]:
    """What is found in it: some of it comes from the base."""
    base = number % bases
    root = StoredFinding(
        *("root-user", Severity.HIGH, "certain", "the container would run as root"),
        *("add `USER 10001`", "config.User", "image"),
    )
    waived = root._replace(allowed="waiver", reason="legacy", until="2027-01-31", waiver=0)
    yield root if number % 7 else waived
    for at in range(base + 1):
        yield StoredFinding(
            *("vulnerable-package", Severity(5 - at % 3), "certain"),
            f"openssl 3.0.{at} has CVE-2026-{1000 + at}, fixed in 3.0.{at + 1}",
            help=f"update openssl to 3.0.{at + 1}",
            subject=f"CVE-2026-{1000 + at} pkg:deb/debian/openssl",
            layer=layer(f"base {base} system").digest,
            package="openssl",
            vulnerability=f"CVE-2026-{1000 + at}",
        )
    if build == 0 and number % 2:
        message = f"the variable TOKEN_{number} looks like a secret"
        yield StoredFinding("secret-value", Severity.MEDIUM, "likely", message, place="config.Env")


def packages(number: int) -> tuple[PackageList, ...]:
    """What is installed in it: by its base, and by itself."""
    system = StoredPackage("openssl", f"3.0.{number % 3}", "debian")
    library = StoredPackage("com.acme:router", f"0.{number % 2}", "jar")
    return PackageList(frozenset({system})), PackageList(frozenset({library}))


def finished(number: int, build: int = 0) -> Finished:
    """One reference that is through."""
    repository = f"{REGISTRY}/team-{number % 5}/app-{number // 2}"
    tag = f"v{number % 2}"
    found = image(number, build)
    if number % 13 == 12:
        detail = "the registry refuses access (401)"
        problem = StoredProblem(Category.UNAUTHORIZED, "unauthorized", detail, "log in")
        missing = Result(f"{repository}:{tag}", repository, tag, None, Category.UNAUTHORIZED)
        return Finished(missing._replace(detail=detail, problems=(problem,)))
    told = tuple(findings(number, build))
    fails = any(one.severity >= Severity.HIGH and one.allowed is None for one in told)
    judgement = Judgement(
        digest("key")[7:], repository, found.digest, "fail" if fails else "pass", told
    )._replace(packages=packages(number))
    result = Result(
        f"{repository}:{tag}",
        repository,
        tag,
        found.digest,
        Category.AUDITED,
        judgement=judgement.id,
        owner=TEAMS[number % len(TEAMS)],
        signed="unsigned" if number % 3 == 0 and build else "signed",
    )
    facts = (Fact(found.digest, "manifest", b"{}"), Fact(str(found.config), "config", b"{}"))
    return Finished(result, (found,), facts, judgement)


def run_of(store: Store, numbers: range, build: int, day: int) -> int:
    """A run over the images of some numbers, of one build."""
    images = (finished(number, build if number % 4 == 0 else 0) for number in numbers)
    return run_over(store, images, day)


def run_over(
    store: Store, images: Iterable[Finished], day: int, depth: str = "config", options: str = "{}"
) -> int:
    """A run over some references that are through."""
    now = f"2026-11-{day:02}T08:00:00Z"
    task = NewRun("a" * 64, (REGISTRY,), policy="recommended", policy_digest=digest("policy"))
    # The first one is of a release that kept none.
    contacts = None if day == 1 else '{"inference": "#inference-oncall"}'
    task = task._replace(version="1", contacts=contacts, depth=depth, options=options)
    begun = begin(store, task, Worker("host", 1), now, lambda _: False)
    Writer(store, begun, lambda: now).write(images)
    finish(store, begun, (WAIVER, UNUSED), f"2026-11-{day:02}T09:00:00Z")
    return begun.id


def fill(store: Store, images: int = 40) -> tuple[int, ...]:
    """Three runs, a week apart: of each fourth image there is a new build every time."""
    whole = range(images)
    return (
        run_of(store, whole[: -images // 4], 0, 1),
        run_of(store, whole, 1, 8),
        run_of(store, whole[2:], 2, 15),
    )
