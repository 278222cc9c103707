"""The rule `key-trusted-everywhere`."""

from __future__ import annotations

from imagelint.documents.queries.dockerfiles.runscripts import flag_word
from imagelint.documents.shell.script import Command
from imagelint.rules.api import Context, Findings, Severity, rule

_ADDING = frozenset(("add", "adv"))


@rule(Command, Severity.LOW, programs=("apt-key",))
def key_trusted_everywhere(command: Command, ctx: Context) -> Findings:
    r"""A key is added by `apt-key`, and from then on may sign for every repository.

    Whoever holds the key of one vendor can then replace any package of the distribution. `apt-key`
    is gone from Debian 13 and Ubuntu 24.10 on, so that the build stops there. A key in a file of
    its own, named by `signed-by=`, signs for its repository alone.

    Except:
        Keys that are removed (`apt-key del`) or listed, and those that go into a ring of their own
        (`--keyring /usr/share/keyrings/vendor.gpg`).

    Bad:
        FROM buildpack-deps:bookworm
        RUN apt-key add /tmp/vendor.asc

    Good:
        FROM buildpack-deps:bookworm
        RUN gpg --dearmor -o /etc/apt/keyrings/vendor.gpg /tmp/vendor.asc \
            && echo "deb [signed-by=/etc/apt/keyrings/vendor.gpg] https://deb.example.com a main" \
            > /etc/apt/sources.list.d/vendor.list
    """
    if command.program != _PROGRAM:
        return
    said = next((word for word in command.arguments if word.text in _ADDING), None)
    if said is not None and not _has_ring(command):
        yield ctx.finding(
            command.words[0],
            f"`{_PROGRAM} {said.text}` lets the key sign for every repository",
            help="put the key into a file of its own and name it: `[signed-by=…]`",
            subject=f"{_PROGRAM} {said.text}",
        )


def _has_ring(command: Command) -> bool:
    """Whether the key goes into a ring that APT does not take for all repositories."""
    ring = flag_word(command, "--keyring", "--keyring")
    return ring is not None and not ring.text.rpartition("=")[2].startswith(_TRUSTED)


_TRUSTED = "/etc/apt/trusted.gpg"  # the file, and the folder `….d`
_PROGRAM = "apt-key"
