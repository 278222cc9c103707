from __future__ import annotations

import pytest

from imagelint.knowledge.serving.hubs import hub_of_address, hubs


def test_the_usual_hub_stands_first_and_no_switch_asks_for_it() -> None:
    usual, *others = hubs()
    assert usual.commits
    assert not usual.switches
    assert all(hub.switches and hub.variables and hub.folder for hub in others)
    every = [name for hub in hubs() for name in (*hub.hosts, *hub.switches, *hub.variables)]
    assert len(every) == len(set(every))


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://huggingface.co/org/model", "huggingface"),
        ("git@hf.co/org/model", "huggingface"),
        ("https://me:token@HuggingFace.co:443/org/model", "huggingface"),
        ("https://www.modelscope.cn/org/model.git", "modelscope"),
        ("https://github.com/huggingface.co/x", ""),
        ("https://evil-huggingface.co/x", ""),
        ("", ""),
    ],
)
def test_addresses(url: str, name: str) -> None:
    hub = hub_of_address(url)
    assert (hub.name if hub else "") == name
