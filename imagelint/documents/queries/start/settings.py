"""What servers are told as JSON or in a file of settings, and do not take."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagelint.core.fact import Known, value_or
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.knowledge.settings.keys import setting_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.serving.switches import Switch
    from imagelint.knowledge.settings.keys import SettingKeys

_LONGEST = 20_000  # characters of JSON that are read: people write some hundreds
# vLLM writes `80m` and `4G` out before it reads JSON: vllm/engine/arg_utils.py
_COUNTED = pattern(r"\b\d+(?:\.\d+)?[kKmMgGtT]\b")


class RefusedSetting(NamedTuple):
    """A structure that ends the server: `what` is wrong in it, `where`, and what to write.

    `fault` is `json` for a text that is none, `key` or `word`. `sure` tells that no release which
    may be run takes it.
    """

    switch: Switch
    fault: str
    what: str
    where: str
    help: str
    sure: bool


def refused_settings(server: ServingCommand) -> Iterator[RefusedSetting]:
    """The structures of a server that are no JSON, or have keys and words that nobody takes."""
    known = setting_keys(server.engine) if server.engine and not server.concluded else {}
    version = value_or(server.engine_version, "")
    for flag, rows in known.items():
        if not flag:
            yield from _in_files(server, rows)
            continue
        yield from _dotted(server, flag, rows, version)
        switch = server.find_switch(flag)
        text = value_or(switch.value, "") if switch is not None else ""
        # Older releases take other forms as well: `image=4`, a level of compilation.
        if switch is None or not text.startswith("{") or len(text) > _LONGEST:
            continue
        told, mistake = _parsed(text)
        if mistake:
            yield RefusedSetting(switch, "json", mistake, "", "write JSON, in quotes", sure=True)
        for row in rows:
            sure = server.own_image and row.covers(version)
            inner = told.get(row.section) if row.section else told
            if isinstance(inner, dict):
                where = f"`{switch.written}{'.' if row.section else ''}{row.section}`"
                yield from _unknown(switch, row, inner, where, sure=sure)


def _dotted(
    server: ServingCommand, flag: str, rows: tuple[SettingKeys, ...], version: str
) -> Iterator[RefusedSetting]:
    """The keys that are written behind a dot of the flag, as `--kv-transfer-config.kv_role`.

    vLLM makes one structure of them: vllm/utils/argparse_utils.py. A plus adds to a list.
    """
    by_section = {row.section: row for row in rows}
    for switch in server.switches:
        if not switch.name.startswith(f"{flag}."):
            continue
        section, _, key = switch.written.partition(".")[2].rstrip("+").rpartition(".")
        row = by_section.get(section)
        if row is not None:
            sure = server.own_image and row.covers(version)
            where = f"`{switch.written.rpartition('.')[0]}`"
            told = {key: value_or(switch.value, None)}
            yield from _unknown(switch, row, told, where, sure=sure)


def _parsed(text: str) -> tuple[Mapping[str, object], str]:
    """The object that a text is, or what is wrong with it.

    Nothing of the text is said: it may hold what is secret.
    """
    try:
        return _object(text), ""
    except (ValueError, RecursionError) as error:
        mistake = getattr(error, "msg", "it is nested too deeply")
    try:
        return _object(_COUNTED.sub("0", text)), ""
    except (ValueError, RecursionError):
        return {}, mistake[:1].lower() + mistake[1:]


def _object(text: str) -> Mapping[str, object]:
    import json

    return cast("Mapping[str, object]", json.loads(text))


def _unknown(
    switch: Switch, row: SettingKeys, told: Mapping[str, object], where: str, *, sure: bool
) -> Iterator[RefusedSetting]:
    for key, value in told.items():
        meant = row.meant(key)
        if meant:
            yield RefusedSetting(switch, "key", key, where, f"write `{meant}`", sure)
        words = row.meant_word(key, value) if isinstance(value, str) else ""
        if words:
            yield RefusedSetting(
                switch, "word", str(value), f"`{key}` of {where}", f"write {words}", sure
            )


def _in_files(server: ServingCommand, rows: tuple[SettingKeys, ...]) -> Iterator[RefusedSetting]:
    """The keys of files of settings, which the reader keeps under their own names."""
    by_section = {row.section: row for row in rows}
    for switch in server.switches:
        if not switch.name.startswith("."):
            continue
        section, dot, key = switch.name[1:].rpartition(".")
        row = by_section.get(section)
        if row is None:
            continue
        where = f"`{section}` of its file of settings" if dot else "its file of settings"
        value = {key: switch.value.value if isinstance(switch.value, Known) else None}
        yield from _unknown(switch, row, value, where, sure=False)
