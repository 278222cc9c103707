"""Servers that go on in the background: a container ends with the program that it was started by.

Each with the words that send it there, or with those that keep it in front where it goes there
by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["PROGRAMS", "Leaving", "leaves", "may_leave"]


class Leaving(NamedTuple):
    """How a program comes to leave its container.

    `word` is the index of the word that sends it to the background, 0 where it goes there by
    itself; `front` is what keeps it in front.
    """

    word: int
    front: str


class _Daemon(NamedTuple):
    """`sent` are words that send it, each perhaps with a value behind it; none: it goes by itself.

    `kept` are the words, or the beginnings of words, that keep it in front or make it do something
    else. `front` is what to write; `verb` has to stand among the words.
    """

    front: str
    sent: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    verb: str = ""


_START = "start the program of the service itself, and tell it to stay in front"
_APACHE = _Daemon(
    "keep it in front with `-D FOREGROUND`",
    (),
    ("FOREGROUND", "-DFOREGROUND", "-X", "-t", "-v", "-S", "-M"),
)
_CRON = _Daemon("keep it in front with `-f`", (), ("-f", "-n", "-d", "-x", "-p", "-l", "-L"))
_REDIS = _Daemon("keep it in front with `--daemonize no`", ("--daemonize=yes",))
_DAEMONS: Mapping[str, _Daemon] = {
    # https://docs.gunicorn.org/en/stable/settings.html#daemon
    "gunicorn": _Daemon("leave out `--daemon`", ("--daemon", "-D")),
    # https://uwsgi-docs.readthedocs.io/en/latest/Options.html#daemonize
    "uwsgi": _Daemon("leave out `--daemonize`", ("--daemonize", "--daemonize2", "-d")),
    # https://docs.celeryq.dev/en/stable/userguide/daemonizing.html
    "celery": _Daemon("leave out `--detach`", ("--detach", "-D")),
    # https://redis.io/docs/latest/operate/oss_and_stack/management/config/
    "redis-server": _REDIS,
    "valkey-server": _REDIS,
    # https://github.com/memcached/memcached/blob/master/doc/memcached.1
    "memcached": _Daemon("leave out `-d`", ("-d", "--daemon")),
    # https://docs.haproxy.org/3.0/management.html#3
    "haproxy": _Daemon("keep it in front with `-db`", ("-D",), ("-db", "-c", "-W")),
    # https://www.mongodb.com/docs/manual/reference/program/mongod/
    "mongod": _Daemon("leave out `--fork`", ("--fork",)),
    # https://dev.mysql.com/doc/refman/8.4/en/server-options.html
    "mysqld": _Daemon("leave out `--daemonize`", ("--daemonize", "-D")),
    # https://www.rabbitmq.com/docs/man/rabbitmq-server.8
    "rabbitmq-server": _Daemon("leave out `-detached`", ("-detached",)),
    # https://www.php.net/manual/en/install.fpm.configuration.php#daemonize
    "php-fpm": _Daemon("keep it in front with `-F`", ("-D", "--daemonize")),
    # https://nginx.org/en/docs/ngx_core_module.html#daemon
    "nginx": _Daemon(
        'keep it in front with `-g "daemon off;"`', (), ("-s", "-t", "-T", "-v", "-V", "-c", "-p")
    ),
    # https://httpd.apache.org/docs/2.4/programs/httpd.html
    "httpd": _APACHE,
    "apache2": _APACHE,
    "apachectl": _APACHE._replace(verb="start"),
    "apache2ctl": _APACHE._replace(verb="start"),
    # https://man.openbsd.org/sshd.8
    "sshd": _Daemon("keep it in front with `-D`", (), ("-D", "-d", "-i", "-t", "-T", "-V", "-G")),
    # https://manpages.debian.org/bookworm/cron/cron.8.en.html, busybox and cronie
    "cron": _CRON,
    "crond": _CRON,
    # https://docs.ray.io/en/latest/cluster/cli.html#ray-start
    "ray": _Daemon("keep it in front with `--block`", (), ("--block", "--help"), "start"),
    # https://pm2.keymetrics.io/docs/usage/docker-pm2-nodejs/
    "pm2": _Daemon("start it with `pm2-runtime`", (), ("--no-daemon", "--attach"), "start"),
    # https://manpages.debian.org/bookworm/sysvinit-utils/service.8.en.html
    "service": _Daemon(_START, (), (), "start"),
    # https://thekelleys.org.uk/dnsmasq/docs/dnsmasq-man.html
    "dnsmasq": _Daemon(
        "keep it in front with `-k`",
        (),
        ("-k", "-d", "--keep-in-foreground", "--no-daemon", "--test"),
    ),
}


PROGRAMS = frozenset((*_DAEMONS, "bash", "java", "node", "npm", "python", "python3", "sh"))
"""The programs, and those that people put into the background themselves."""


def may_leave(text: str) -> bool:
    """Whether the text of a Dockerfile may start what leaves: a cheap look ahead."""
    return "&\n" in f"{text}\n" or '&"' in text or any(name in text for name in _DAEMONS)


def leaves(program: str, arguments: Sequence[str]) -> Leaving | None:
    """How a program, told these words, leaves its container; None where it does not, or may not.

    A word without a dash sends it where it follows the one before (`--daemonize yes`).
    """
    known = _DAEMONS.get(program)
    if known is None or (known.verb and known.verb not in arguments):
        return None
    if any(word.startswith(known.kept) for word in arguments if known.kept):
        return None
    if not known.sent:
        return Leaving(0, known.front)
    for at, word in enumerate(arguments, start=1):
        behind = f"{word}={arguments[at]}" if at < len(arguments) else word
        if word in known.sent or behind in known.sent:
            return Leaving(at, known.front)
    return None
