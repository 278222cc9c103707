"""What platforms list: Harbor, Quay, GitLab and GitHub, each by its own API.

They tell digests and days as well, so that nothing has to be asked of the registry to choose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from imagelint.audit.sources.tags import under_tag, untagged
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.manifest import is_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.audit.sources.api import Api
    from imagelint.audit.sources.model import Found
    from imagelint.documents.image.jsonview import JsonView

_MOST_PAGES = 1_000


class PlatformSource:
    """What a listing yields, under a name."""

    def __init__(self, name: str, listing: Callable[[], Iterator[Found]]) -> None:
        self.name = name
        self._listing = listing

    def targets(self) -> Iterator[Found]:
        """The images."""
        return self._listing()


def of_harbor(api: Api, host: str, project: str) -> Iterator[Found]:
    """A project of Harbor, or all that one may see.

    https://github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml
    """
    projects = [project] if project else _names(api.items("/api/v2.0/projects?page_size=100"))
    for each in projects:
        if isinstance(each, Problem):
            yield each
            continue
        path = f"/api/v2.0/projects/{quote(each, safe='')}/repositories"
        for repository in _names(api.items(f"{path}?page_size=100")):
            if isinstance(repository, Problem):
                yield repository
                continue
            # What comes behind the project is quoted twice, as Harbor wants it.
            inner = quote(quote(repository.removeprefix(f"{each}/"), safe=""), safe="")
            listed = api.items(f"{path}/{inner}/artifacts?page_size=100&with_tag=true")
            for artifact in listed:
                yield from _artifact(artifact, f"{host}/{repository}")


def _names(items: Iterator[JsonView | Problem]) -> Iterator[str | Problem]:
    for item in items:
        yield item if isinstance(item, Problem) else item["name"].text


def _artifact(artifact: JsonView | Problem, repository: str) -> Iterator[Found]:
    if isinstance(artifact, Problem):
        yield artifact
        return
    digest = artifact["digest"].text
    kind = artifact["type"].text
    if kind not in ("", "IMAGE"):
        return
    if not is_digest(digest):
        yield _wrong(repository, f"the digest `{digest}` is none")
        return
    tags = [tag["name"].text for tag in artifact["tags"].items()]
    yield from _under(repository, digest, tags, _seconds(artifact["push_time"].text))


def _under(repository: str, digest: str, tags: list[str], pushed: str) -> Iterator[Found]:
    """An image under its tags, or by its digest where it has none."""
    for tag in tags:
        yield from under_tag(repository, tag, digest, pushed)
    if not tags:
        yield untagged(repository, digest, pushed)


def of_quay(api: Api, host: str, namespace: str) -> Iterator[Found]:
    """A namespace of Quay.

    https://docs.quay.io/api/swagger/
    """
    path = f"/api/v1/repository?public=true&namespace={quote(namespace, safe='')}"
    following = ""
    for _ in range(_MOST_PAGES):
        page = api.get(f"{path}{following}")
        if isinstance(page, Problem):
            yield page
            return
        if not page["repositories"].is_array:
            yield _wrong(api.name, "its answer is no list of repositories")
        for repository in page["repositories"].items():
            yield from _quay_tags(api, host, f"{namespace}/{repository['name'].text}")
        token = page["next_page"].raw
        if not token:
            return
        following = f"&next_page={quote(token, safe='')}"
    yield _endless(api.name)


def _quay_tags(api: Api, host: str, repository: str) -> Iterator[Found]:
    path = f"/api/v1/repository/{quote(repository)}/tag/?onlyActiveTags=true&limit=100"
    for number in range(1, _MOST_PAGES + 1):
        page = api.get(f"{path}&page={number}")
        if isinstance(page, Problem):
            yield page
            return
        if not page["tags"].is_array:
            yield _wrong(f"{host}/{repository}", "the answer is no list of tags")
        for tag in page["tags"].items():
            name, digest = tag["name"].text, tag["manifest_digest"].text
            known = digest if is_digest(digest) else ""
            yield from under_tag(f"{host}/{repository}", name, known)
        if not page["has_additional"].flag:
            return
    yield _endless(f"{host}/{repository}")


def of_gitlab(api: Api, path: str) -> Iterator[Found]:
    """A project or a group of GitLab.

    https://docs.gitlab.com/api/container_registry/
    """
    kind = "projects"
    first = api.get(f"/api/v4/projects/{quote(path, safe='')}")
    if isinstance(first, Problem):
        if first.kind is not ProblemKind.NOT_FOUND:
            yield first
            return
        kind = "groups"
    listed = api.items(f"/api/v4/{kind}/{quote(path, safe='')}/registry/repositories?per_page=100")
    for repository in listed:
        if isinstance(repository, Problem):
            yield repository
            continue
        project, number = repository["project_id"].number, repository["id"].number
        if project is None or number is None:
            yield _wrong(api.name, f"lists `{repository['location'].text}` without its number")
            continue
        place = f"/api/v4/projects/{project:.0f}/registry/repositories/{number:.0f}"
        tags = api.items(f"{place}/tags?per_page=100")
        for tag in tags:
            if isinstance(tag, Problem):
                yield tag
            else:
                yield from under_tag(repository["location"].text, tag["name"].text)


def of_github(api: Api, registry: str, owner: str) -> Iterator[Found]:
    """The container packages of an organisation or a user of GitHub.

    https://docs.github.com/rest/packages/packages
    """
    place = f"/orgs/{quote(owner, safe='')}"
    packages = list(api.items(f"{place}/packages?package_type=container&per_page=100"))
    if _is_missing(packages):
        place = f"/users/{quote(owner, safe='')}"
        packages = list(api.items(f"{place}/packages?package_type=container&per_page=100"))
    for package in packages:
        if isinstance(package, Problem):
            yield package
            continue
        name = package["name"].text
        path = f"{place}/packages/container/{quote(name, safe='')}/versions?per_page=100"
        for version in api.items(path):
            if isinstance(version, Problem):
                yield version
                continue
            tags = list(version["metadata"]["container"]["tags"].texts())
            digest, at = version["name"].text, _seconds(version["updated_at"].text)
            repository = f"{registry}/{owner.lower()}/{name}"
            if is_digest(digest):
                yield from _under(repository, digest, tags, at)
            else:
                yield _wrong(repository, f"the digest `{digest}` is none")


def _is_missing(packages: list[JsonView | Problem]) -> bool:
    only = packages[0] if len(packages) == 1 else None
    return isinstance(only, Problem) and only.kind is ProblemKind.NOT_FOUND


def _endless(origin: str) -> Problem:
    return Problem(ProblemKind.TOO_LARGE, origin, f"has more than {_MOST_PAGES:,} pages")


def _wrong(origin: str, detail: str) -> Problem:
    return Problem(ProblemKind.UNPARSABLE, origin, detail)


def _seconds(moment: str) -> str:
    """A time to the second, `2026-01-31T12:00:00Z`; empty where that is not its form."""
    seconds, _, _ = moment.removesuffix("Z").partition(".")
    whole = len("2026-01-31T12:00:00")
    return f"{seconds}Z" if len(seconds) == whole and seconds[10] == "T" else ""
