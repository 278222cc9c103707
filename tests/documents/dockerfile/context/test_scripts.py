from __future__ import annotations

import pytest

from imagelint.core.fact import Known
from imagelint.documents.execution import Phase
from imagelint.documents.shell.script import ScriptRole
from tests.documents.dockerfile.context.project import dockerfile

SERVE = "#!/bin/sh\nexec vllm serve a/b\n"


def test_places_in_a_script_lead_to_its_file() -> None:
    document = dockerfile("FROM x:1", "COPY s.sh /", 'CMD ["/s.sh"]', files={"s.sh": SERVE})
    (script,) = document.files.scripts
    part = document.part_at(script.span.start)
    assert (part.source.origin, part.source.text) == ("s.sh", SERVE)
    assert part.local(script.span) == (0, len(SERVE))
    assert document.serving is not None
    assert document.written(document.serving.span) == "a/b"
    assert [document.written(command.words[0].span) for command in script.commands] == ["vllm"]


def test_a_script_knows_what_runs_it() -> None:
    lines = ["FROM x:1", "USER 5", "COPY *.sh /", "RUN --mount=type=cache,target=/c sh /b.sh"]
    files = {"s.sh": SERVE, "b.sh": "echo\n"}
    document = dockerfile(*lines, "USER 7", 'ENTRYPOINT ["/s.sh"]', files=files)
    built, started = document.files.scripts
    assert (built.role, started.role) == (ScriptRole.RUN, ScriptRole.START)
    assert (built.place.phase, started.place.phase) == (Phase.BUILD, Phase.START)
    assert built.mounts == ("cache:/c",)
    assert all(command.place is built.place for command in built.commands)
    assert document.stage_at(built.span.start) is document.stages[0]
    assert document.anchor(built.span.start) < document.anchor(started.span.start)
    assert document.anchor(3) == 3


def test_a_script_belongs_to_the_stage_that_runs_it() -> None:
    lines = ["FROM x:1", "COPY b.sh /", "RUN /b.sh", "FROM y:1"]
    document = dockerfile(*lines, files={"b.sh": "echo\n"})
    (script,) = document.files.scripts
    assert document.stage_at(script.span.start) is document.stages[0]


def test_a_script_is_read_once_for_each_use() -> None:
    lines = ["FROM x:1", "COPY b.sh /", "RUN /b.sh", "RUN sh /b.sh", 'CMD ["/b.sh"]']
    document = dockerfile(*lines, files={"b.sh": "echo\n"})
    assert [script.role for script in document.files.scripts] == [ScriptRole.RUN, ScriptRole.START]


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("a.sh", "echo\n", True),
        ("a", "#!/usr/bin/env bash\necho\n", True),
        ("a", "#! /bin/dash -e\necho\n", True),
        ("a", "echo\n", True),
        ("a.py", "echo\n", False),
        ("a", "#!/usr/bin/env python3\necho\n", False),
        ("a.sh", "#!/usr/bin/perl\necho\n", False),
    ],
)
def test_other_languages_are_no_scripts(*, name: str, text: str, read: bool) -> None:
    lines = ["FROM x:1", f"COPY {name} /", f'ENTRYPOINT ["/{name}"]']
    assert bool(dockerfile(*lines, files={name: text}).files.scripts) == read


def test_scripts_run_scripts_to_a_depth() -> None:
    files = {f"{n}.sh": f"/{n + 1}.sh\n" for n in range(9)}
    document = dockerfile("FROM x:1", "COPY *.sh /", 'CMD ["/0.sh"]', files=files)
    assert len(document.files.scripts) == 4
    assert set(document.files.started) == {"/0.sh", "/1.sh", "/2.sh", "/3.sh"}


def test_scripts_may_run_each_other() -> None:
    files = {"a.sh": "/b.sh\n", "b.sh": "/a.sh\n"}
    document = dockerfile("FROM x:1", "COPY *.sh /", 'CMD ["/a.sh"]', files=files)
    assert len(document.files.scripts) == 2


def test_only_so_many_are_read() -> None:
    files = {f"{n}.sh": "echo\n" for n in range(50)}
    steps = [f"RUN /{n}.sh" for n in range(50)]
    assert len(dockerfile("FROM x:1", "COPY *.sh /", *steps, files=files).files.scripts) == 20


@pytest.mark.parametrize(
    ("script", "model"),
    [
        ("exec vllm serve ${M:-d/e}", "d/e"),
        ("exec vllm serve ${M-d/e}", "d/e"),
        ("exec vllm serve ${E:-d/e}", "env/m"),
        ("M=${M:-d/e}\nexec vllm serve $M", "d/e"),
        ('export M="${M:-d/e}"\nexec vllm serve "$M"', "d/e"),
        (': "${M:=d/e}"\nexec vllm serve "$M"', "d/e"),
        (": ${E:=d/e}\nexec vllm serve $E", "env/m"),
        ("echo ${M:-none}\nexec vllm serve $M", ""),
        ("exec vllm serve $M", ""),
        ("if x; then : ${M:=d/e}; fi\nexec vllm serve $M", ""),
    ],
)
def test_defaults_count_for_what_the_image_does_not_set(script: str, model: str) -> None:
    lines = ["FROM x:1", "ENV E=env/m", "COPY s.sh /", 'CMD ["/s.sh"]']
    document = dockerfile(*lines, files={"s.sh": script + "\n"})
    assert document.serving is not None
    found = document.serving.model
    assert (found.value if isinstance(found, Known) else "") == model


def test_line_endings_of_windows_do_not_move_anything() -> None:
    text = "#!/bin/sh\r\nexec vllm serve a/b\r\n"
    document = dockerfile("FROM x:1", "COPY s.sh /", 'CMD ["/s.sh"]', files={"s.sh": text})
    assert document.serving is not None
    assert document.written(document.serving.span) == "a/b"


def test_secrets_of_a_script_are_kept() -> None:
    text = "#!/bin/sh\nexport API_TOKEN=opensesame\nexec vllm serve a/b\n"
    document = dockerfile("FROM x:1", "COPY s.sh /", 'CMD ["/s.sh"]', files={"s.sh": text})
    assert [document.written(span) for span in document.concealed()] == ["opensesame"]
