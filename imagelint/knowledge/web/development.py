"""Servers that are made for the machine of who develops, and switches that make one of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MARKS", "PROGRAMS", "Developing", "developing"]


class Developing(NamedTuple):
    """What of a command is for development: the index of its word, what it does, what to write."""

    word: int
    does: str
    instead: str


_RELOADS = "watches its files, and starts anew when one changes"
_DEV = "is for development: it is neither fast nor made to be reached by others"
_BUILD = "build it, and serve what comes of that"
# By the words of a command one behind another: its program, and the first that are no options.
_SERVERS = (
    # https://docs.djangoproject.com/en/5.2/ref/django-admin/#runserver
    (("manage.py", "runserver"), "serve it with `gunicorn`"),
    (("django-admin", "runserver"), "serve it with `gunicorn`"),
    # https://flask.palletsprojects.com/en/stable/deploying/
    (("flask", "run"), "serve it with `gunicorn`"),
    # https://fastapi.tiangolo.com/fastapi-cli/
    (("fastapi", "dev"), "start it with `fastapi run`"),
    # https://nextjs.org/docs/app/api-reference/cli/next
    (("next", "dev"), "build it, and start it with `next start`"),
    # https://angular.dev/cli/serve
    (("ng", "serve"), _BUILD),
    # https://webpack.js.org/configuration/dev-server/
    (("webpack", "serve"), _BUILD),
    (("webpack-dev-server",), _BUILD),
    # https://create-react-app.dev/docs/getting-started/
    (("react-scripts", "start"), _BUILD),
    # https://vite.dev/guide/cli.html
    (("vite", "dev"), _BUILD),
    (("vite", "serve"), _BUILD),
    # https://github.com/remy/nodemon
    (("nodemon",), "start the program with `node`"),
    # https://docs.npmjs.com/cli/v10/commands/npm-run: by the habit of most projects
    (("npm", "run", "dev"), _BUILD),
    (("npm", "run", "start:dev"), _BUILD),
    (("yarn", "dev"), _BUILD),
    (("yarn", "run", "dev"), _BUILD),
    (("pnpm", "dev"), _BUILD),
    (("pnpm", "run", "dev"), _BUILD),
    (("bun", "run", "dev"), _BUILD),
    # https://www.php.net/manual/en/features.commandline.webserver.php
    (("artisan", "serve"), "serve it with `php-fpm`"),
)
# https://www.uvicorn.org/settings/, https://docs.gunicorn.org/en/stable/settings.html#reload,
# https://hypercorn.readthedocs.io, https://github.com/emmett-framework/granian
_RELOADING = {
    "uvicorn": ("--reload",),
    "gunicorn": ("--reload",),
    "hypercorn": ("--reload",),
    "granian": ("--reload",),
}
_VALUED = ("--app", "-A", "--env-file", "--settings")
_STARTERS = ("npx", "bunx", "php", "pnpx")
PROGRAMS = frozenset(
    (*(start[0] for start, _ in _SERVERS), *_RELOADING, *_STARTERS, "python", "python3", "uv")
)
"""The programs that such a command may begin with."""
MARKS = ("dev", "fastapi", "flask", "nodemon", "reload", "runserver", "serve", "start")
"""What stands in the text of every file that has one: a cheap look ahead."""


def developing(words: Sequence[str]) -> Developing | None:
    """What of a command is for development, its program without a folder; None where nothing is."""
    said = [
        (at, word)
        for at, word in enumerate(words)
        if not word.startswith("-") and (not at or words[at - 1] not in _VALUED)
    ]
    while said and (said[0][1] in _STARTERS or said[0][1].startswith("python")):
        said = said[1:]
    if not said:
        return None
    program = said[0][1].rpartition("/")[2]
    spoken = (program, *(word for _, word in said[1:3]))
    for start, instead in _SERVERS:
        if spoken[: len(start)] == start:
            return Developing(said[0][0], _DEV, instead)
    for at, word in enumerate(words):
        if word in _RELOADING.get(program, ()):
            return Developing(at, _RELOADS, f"leave out `{word}`")
    return None
