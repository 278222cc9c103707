"""Hubs from which models are downloaded."""

from __future__ import annotations

from imagelint.core.record import NamedTuple
from imagelint.knowledge.globs import matches
from imagelint.knowledge.tables import looked_up, table


class Hub(NamedTuple):
    """A hub of models.

    `switches` are variables that make servers ask it instead of the first one. `folder` is where
    downloads are kept (`~` is the home folder; empty: as the engine has it), `variables` move
    it. `branch` is what a name without a revision means; where `commits` is false, a revision is a
    branch or a tag.
    """

    name: str
    title: str
    hosts: tuple[str, ...]
    switches: tuple[str, ...]
    folder: str
    variables: tuple[str, ...]
    branch: str
    commits: bool


@looked_up
def hubs() -> tuple[Hub, ...]:
    """All hubs; the first one is what a bare name means."""
    return tuple(
        Hub(
            name=row["name"],
            title=row["title"],
            hosts=tuple(row["hosts"]),
            switches=tuple(row["switches"]),
            folder=row["cache"],
            variables=tuple(row["cache_variables"]),
            branch=row["branch"],
            commits=row["commits"],
        )
        for row in table("hubs")["hubs"]
    )


def hub_of_address(url: str) -> Hub | None:
    """The hub at whose host an address points; None for any other address."""
    host = url.rpartition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0].lower()
    return next((hub for hub in hubs() if host in hub.hosts), None)


def is_gated(model: str) -> bool:
    """Whether a model of the usual hub is given only to those who accepted its licence."""
    return any(matches(model, row["glob"]) for row in table("hubs")["gated"])


class Companion(NamedTuple):
    """What a server fetches from a hub besides its model, by the flag that names it.

    `form` is `name`, `json`, `pairs` or `list`. Of `revisions`, flags too, the first that is set
    says the revision; `own` tells that the first is for it alone.
    """

    flag: str
    what: str
    form: str
    revisions: tuple[str, ...]
    own: bool


@looked_up
def companions(engine: str) -> tuple[Companion, ...]:
    """What servers of an engine can be told to fetch besides their model."""
    return tuple(
        Companion(row["flag"], row["what"], row["form"], tuple(row["revisions"]), row["own"])
        for row in table("hubs")["companions"]
        if row["engine"] == engine
    )


class MovedModel(NamedTuple):
    """Where a model lies now, and since when (`YYYY-MM`)."""

    to: str
    since: str


def moved_model(model: str) -> MovedModel | None:
    """Where a model of the usual hub lies now that lay under this name; None for any other."""
    for row in table("hubs")["moved"]:
        if matches(model, row["glob"]):
            stem = row["glob"].removesuffix("*")
            return MovedModel(row["to"].replace("*", model.removeprefix(stem)), row["since"])
    return None
