"""The files of launchers: which they are, and what stands in them."""

from __future__ import annotations

import pytest

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.source import Span
from imagelint.documents.dockerfile.context.services import (
    beginnings,
    included,
    matching,
    processes,
    recipes,
    script_text,
    service_files,
    supervised,
)
from imagelint.documents.mapped import MappedText
from imagelint.documents.shell.script import Word
from tests.documents.dockerfile.context.project import dockerfile


def words(text: str) -> list[Word]:
    return [Word(Span(0, 0), part, Known(part)) for part in text.split()]


@pytest.mark.parametrize(
    ("line", "first", "chosen"),
    [
        ("supervisord", "supervisord.conf", ()),
        ("tini -- /usr/bin/supervisord -n -c /a.conf", "/a.conf", ()),
        ("supervisord -c/a.conf", "/a.conf", ()),
        ("supervisord --configuration=/a.conf", "/a.conf", ()),
        ("honcho start", "Procfile", ()),
        ("honcho -f deploy/Procfile start web llm", "deploy/Procfile", ("web", "llm")),
        ("foreman start -d /app -f P web", "/app/P", ("web",)),
        ("make serve", "GNUmakefile", ("serve",)),
        ("make -C /app -j 4 -f build.mk MODEL=x serve", "/app/build.mk", ("serve",)),
    ],
)
def test_the_files_of_a_launcher(line: str, first: str, chosen: tuple[str, ...]) -> None:
    found = service_files(words(line))
    assert found is not None
    assert found.one_of[0] == first
    assert found.chosen == chosen


def test_folders_of_services() -> None:
    init, sv = service_files(words("/init")), service_files(words("runsvdir -P /srv/sv"))
    assert init is not None
    assert sv is not None
    paths = ("/etc/services.d/a/run", "/etc/services.d/a/b/run", "/srv/sv/a/run", "/srv/sv/a/log")
    assert [*matching(paths, init.paths)] == ["/etc/services.d/a/run"]
    assert [*matching(paths, sv.paths)] == ["/srv/sv/a/run"]


def test_other_words_have_none() -> None:
    assert service_files(words("honcho check")) is None
    assert service_files(words("node index.js")) is None
    assert service_files([]) is None
    assert service_files([*words("supervisord"), Word(Span(0, 0), "$X", UNKNOWN)]) is None


CONF = """[supervisord]
command=not/this
[program:a]
; a note
environment=A="1, 2",B=%(ENV_X)s
  C='3'
command = run --port=%(ENV_P)s \\
   # another note
   --rate 100%% --at %(here)s ; behind
numprocs=1
[program:b]
command=never
autostart=False
[program:c]
"""


def test_programs_of_supervisord() -> None:
    mapped = script_text(MappedText.verbatim(CONF, 7), supervised(CONF, ()))
    expected = "A=\"1, 2\" B=${X} C='3' run --port=${P} \\    --rate 100% --at $_\n"
    assert mapped.text == expected
    at = mapped.text.index("--rate")
    start, end = mapped.place(at, at + 6)
    assert CONF[start - 7 : end - 7] == "--rate"


def test_processes_of_a_procfile() -> None:
    text = "# note\nweb: a -p $PORT\nllm:  b && c\n"
    mapped = script_text(MappedText.verbatim(text, 0), processes(text, ("llm",)))
    assert mapped.text == "b && c\n"
    assert mapped.place(0, 1) == (text.index("b &&"), text.index("b &&") + 1)
    assert script_text(MappedText.verbatim(text, 0), processes(text, ())).text.count("\n") == 2


def test_recipes_of_targets() -> None:
    text = "M = x\nall: b a | dirs\n\t@run $(M) $$HOME\na: b\n\tone\nb: ; two\ndirs:\n\tdir\n"
    text += "z:\n\tno\n"
    whole = MappedText.verbatim(text, 0)
    assert script_text(whole, recipes(text, ("all",))).text == "two\none\ndir\nrun x $HOME\n"
    assert script_text(whole, recipes(text, ())).text == "two\none\ndir\nrun x $HOME\n"
    assert script_text(whole, recipes(text, ("gone",))).text == ""
    circle = "a: b\n\tone\nb: a\n\ttwo\n"
    assert script_text(MappedText.verbatim(circle, 0), recipes(circle, ("a",))).text == "two\none\n"


def test_a_supervisor_and_the_scripts_that_it_starts() -> None:
    files = {"s.conf": "[program:a]\ncommand=/app/run.sh\n", "run.sh": "exec serve\n"}
    lines = (
        "FROM x:1",
        "COPY s.conf /etc/supervisord.conf",
        "COPY run.sh /app/",
        "CMD supervisord",
    )
    started = dockerfile(*lines, files=files).files.started
    assert sorted(started) == ["/app/run.sh", "supervisord"]
    assert [one.program for one in started["/app/run.sh"].commands] == ["serve"]


def test_without_its_file_nothing_is_known() -> None:
    lines = ("FROM x:1", "COPY s.conf /etc/supervisord.conf", "CMD supervisord")
    assert dockerfile(*lines).files.started == {}


def test_run_scripts_in_another_language_are_not_read() -> None:
    text = "#!/command/execlineb -P\nrun\n"
    lines = ("FROM x:1", "COPY run /etc/services.d/a/run", 'ENTRYPOINT ["/init"]')
    assert dockerfile(*lines, files={"run": text}).files.started == {}
    shell = "#!/usr/bin/with-contenv bash\nexec serve\n"
    assert list(dockerfile(*lines, files={"run": shell}).files.started) == ["/init"]


@pytest.mark.parametrize(
    ("copy", "start"),
    [
        ("COPY root/ /", '["/init"]'),
        ("COPY root/etc /etc", '["/init"]'),
        ("COPY root/etc/services.d/ /etc/services.d/", '["/init"]'),
        ("COPY . /", '["/root/init"]'),
        ("COPY root/etc/services.d /etc/service", '["runsvdir", "/etc/service"]'),
    ],
)
def test_run_scripts_in_a_folder_that_is_copied(copy: str, start: str) -> None:
    files = {
        "root/etc/services.d/llm/run": "#!/usr/bin/with-contenv bash\nexec serve\n",
        "root/etc/services.d/llm/finish": "exec finish\n",
        "root/etc/motd": "hello",
    }
    started = dockerfile("FROM x:1", copy, f"ENTRYPOINT {start}", files=files).files.started
    programs = [one.program for script in started.values() for one in script.commands]
    assert programs == ([] if "/root" in start else ["serve"])


@pytest.mark.parametrize(
    "files", ["services/*.ini", "%(here)s/services/b.ini", "gone.ini s*/*.ini"]
)
def test_what_supervisord_includes(files: str) -> None:
    texts = {
        "app/s.conf": f"[program:a]\ncommand=one\n[include]\nfiles = {files}\n",
        "app/services/b.ini": "[program:b]\ncommand=two\n",
    }
    lines = ("FROM x:1", "COPY app /app", "CMD supervisord -c /app/s.conf")
    found = dockerfile(*lines, files=texts).files
    programs = [one.program for one in found.started["supervisord"].commands]
    # A pattern in a folder is not walked: what it names is not seen.
    assert programs == (["one", "two"] if "s*" not in files else ["one"])
    assert [one.word.text for one in found.unread] == (["supervisord"] if "gone" in files else [])


def test_the_files_that_are_included() -> None:
    text = "[supervisord]\nfiles = x\n[include]\nfiles = a.ini %(here)s/../b/*.ini\n  /c %(x)s/d\n"
    assert [*included(text, "/etc/s.conf")] == ["/etc/a.ini", "/b/*.ini", "/c", ""]
    assert next(included(text, "s.conf")) == "/a.ini"
    assert [*included("[program:a]\nfiles = a\n", "s.conf")] == []


def test_where_patterns_begin() -> None:
    wanted = ("/a/*/run", "/b/c", "/d/*.conf", "*.ini", "/*/x")
    assert [*beginnings(wanted)] == [("/a", "*", "run"), ("/d", "*.conf", ""), ("/", "*", "x")]
