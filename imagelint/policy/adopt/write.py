"""A policy that means what the configuration of another linter says."""

from __future__ import annotations

import json
from textwrap import wrap
from typing import TYPE_CHECKING

from imagelint.policy.adopt.model import adopted_rules, unanswered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.policy.adopt.model import Adopted


def adopted_policy(adopted: Adopted, name: str, origin: str, until: str) -> str:
    """The text of a policy file; `until` is the last day of waivers that have no end."""
    lines = [
        f"# Made of {origin}: only rules that answer to the same ids are on, as it has them.",
        "# With `extends: [recommended, gpu-serving]` the others are on as well.",
        f"name: {json.dumps(name, ensure_ascii=False)}",
        "extends: []",
    ]
    if adopted.fail_on:
        lines.append(f"fail-on: {adopted.fail_on}")
    if adopted.registries:
        listed = ", ".join(json.dumps(each) for each in adopted.registries)
        lines += ["environment:", f"  registries: [{listed}]"]
    if adopted.refused:
        lines += ["allowances:", *(f"  {each}: off" for each in adopted.refused)]
    if adopted.exclude:
        lines += ["exclude:", *(f"  - {json.dumps(each)}" for each in adopted.exclude)]
    lines += ["", "rules:", *_rules(adopted)]
    if adopted.waivers:
        lines += ["", "waivers:"]
    for waiver in adopted.waivers:
        lines += [
            "  - rule: vulnerable-package",
            f"    subject: {json.dumps(waiver.subject)}",
            f"    reason: {json.dumps(f'ignored in {origin}')}",
            f"    until: {waiver.until or until}",
        ]
    lines += ["", *_comments(adopted)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _rules(adopted: Adopted) -> Iterator[str]:
    options = dict(adopted.options)
    for rule in adopted_rules(adopted):
        ids = ", ".join(rule.on or rule.off)
        also = f"; off there: {', '.join(rule.off)}" if rule.on and rule.off else ""
        told = options.get(rule.name, "") if rule.on else ""
        exempt = f"exempt: {json.dumps(rule.exempt)}" if rule.exempt else ""
        levels = f"levels: {json.dumps(rule.levels)}" if rule.levels else ""
        said = ", ".join(filter(None, (f"level: {rule.level}", levels, told, exempt)))
        level = f"{{{said}}}" if levels or told or exempt else rule.level
        yield f"  {rule.name}: {level} # {ids}{also}"


def _comments(adopted: Adopted) -> Iterator[str]:
    named = unanswered(adopted)
    if adopted.untold or named:
        yield "# Not taken over:"
    yield from (f"# - {each}" for each in adopted.untold)
    if named:
        line = f"- ids that no rule answers to: {', '.join(named)}"
        yield from wrap(line, 98, initial_indent="# ", subsequent_indent="#   ")
