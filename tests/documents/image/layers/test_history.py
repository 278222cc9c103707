"""Steps of a build as Dockerfiles have them."""

from __future__ import annotations

import pytest

from imagelint.documents.image.jsonview import JsonView
from imagelint.documents.image.layers.history import history_of, instruction_of
from imagelint.documents.image.layers.nodes import HistoryGap, HistoryStep


@pytest.mark.parametrize(
    ("created_by", "instruction"),
    [
        ("COPY a /b # buildkit", "COPY a /b"),
        ("RUN /bin/sh -c apt-get update # buildkit", "RUN apt-get update"),
        ("RUN |2 A=b C=d e /bin/sh -c make # buildkit", "RUN make"),
        ("/bin/sh -c make", "RUN make"),
        ("|1 A=b /bin/sh -c make", "RUN make"),
        ("RUN /bin/bash -o pipefail -c a | b # buildkit", "RUN a | b"),
        ("RUN /bin/bash -euxo pipefail -c a # buildkit", "RUN /bin/bash -euxo pipefail -c a"),
        ('/bin/sh -c #(nop)  CMD ["sh"]', 'CMD ["sh"]'),
        ("/bin/sh -c #(nop) COPY file:0123ab in /app/ ", "COPY … /app/"),
        ("ENV A=b", "ENV A=b"),
        ("", ""),
    ],
)
def test_a_step_is_an_instruction(created_by: str, instruction: str) -> None:
    assert instruction_of(created_by) == instruction


@pytest.mark.parametrize("word", ["a=b", "a=", "a=/bin/sh", "/bin/sh -a"])
def test_a_step_of_many_arguments_is_read_at_once(word: str) -> None:
    text = f"|1 a=b {f'{word} ' * 190}c"
    assert instruction_of(text) == text


def history(kinds: str) -> JsonView:
    """Steps, of which those under `-` make no layer."""
    steps = [{"created_by": f"RUN {at}", "empty_layer": one == "-"} for at, one in enumerate(kinds)]
    return JsonView({"history": steps})


def test_steps_belong_to_layers_in_their_order() -> None:
    steps = history_of(history("+-+"), 2)
    assert [step.layer for step in steps if isinstance(step, HistoryStep)] == [1, 0, 2]
    assert steps[0].path == "history[0]"


def test_a_history_of_other_layers_tells_of_none() -> None:
    *steps, gap = history_of(history("+-"), 2)
    assert [step.layer for step in steps if isinstance(step, HistoryStep)] == [0, 0]
    assert isinstance(gap, HistoryGap)
    assert (gap.told, gap.layers) == (1, 2)


def test_no_history_is_no_gap() -> None:
    assert history_of(JsonView({}), 2) == ()
