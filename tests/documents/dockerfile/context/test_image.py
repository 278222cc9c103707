from __future__ import annotations

import pytest

from imagelint.documents.dockerfile.context import image
from imagelint.documents.dockerfile.context.image import ImageFiles
from tests.documents.dockerfile.context.project import content, dockerfile, lister

FILES = {"a.sh": "A", "b.sh": "B", "src/a.sh": "SRC", "src/deep/a.sh": "DEEP", "a b.sh": "BLANK"}


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("/a.sh", ["COPY a.sh /"]),
        ("/a.sh", ["COPY a.sh /a.sh"]),
        ("/a.sh", ["ADD ./a.sh /"]),
        ("/a.sh", ["COPY /a.sh /"]),
        ("/opt/a.sh", ["COPY a.sh b.sh /opt"]),
        ("/opt/a.sh", ["COPY a.sh /opt"]),
        ("/opt/a.sh", ["COPY *.sh /opt/"]),
        ("/opt/a.sh", ["COPY [a-c].sh /opt/"]),
        ("/run", ["COPY a.sh /run"]),
        ("/x/a.sh", ["COPY . /x"]),
        ("/x/../x/./a.sh", ["COPY . /x"]),
        ("a.sh", ["COPY a.sh /usr/local/bin/"]),
        ("./a.sh", ["COPY a.sh ."]),
        ("./a.sh", ["WORKDIR /w", "COPY a.sh /w/a.sh"]),
        ("/w/v/a.sh", ["WORKDIR /w", "WORKDIR v", "COPY a.sh ."]),
        ("/a.sh", ["ARG D=/", "COPY a.sh $D"]),
        ("/a.sh", ['COPY ["a.sh", "/"]']),
        ("/a.sh", ["COPY b.sh /a.sh", "COPY a.sh /a.sh"]),
        ("/a.sh", ["COPY a.sh /a.sh", "COPY src/none /"]),
        ("/x", ["COPY a.sh /tmp/", "RUN mv /tmp/a.sh /x"]),
        ("/bin/a.sh", ["COPY a.sh /tmp/", "RUN cp -p /tmp/a.sh /bin/"]),
        ("/x", ["COPY a.sh /tmp/", "RUN install -m755 /tmp/a.sh /x"]),
        ("/x", ["COPY a.sh /tmp/", "RUN ln -s /tmp/a.sh /x"]),
        ("/o/x", ["COPY a.sh /o/", "RUN ln -s a.sh /o/x"]),
        ("/w/x", ["WORKDIR /w", "COPY a.sh .", "RUN mv a.sh x"]),
        ("/a.sh", ["COPY a.sh /", "RUN chmod +x /a.sh && dos2unix /a.sh && cat /a.sh"]),
        ("/a.sh", ["COPY a.sh /", r"RUN sed -i 's/\r$//g' /a.sh"]),
        ("/a.sh", ["COPY a.sh /", "RUN rm /b.sh && echo x > /other && tee /log"]),
        ("/a.sh", ["COPY a.sh /", "RUN cd /x && mv b.sh a.sh"]),
    ],
)
def test_the_file_is_found(path: str, lines: list[str]) -> None:
    assert content(path, "FROM x:1", *lines, files=FILES) == "A"


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("/a.sh", []),
        ("/a.sh", ["COPY b.sh /"]),
        ("/opt/a.sh", ["COPY a.sh /"]),
        ("/a.sh", ["COPY a.sh /opt/"]),
        ("/opt", ["COPY a.sh b.sh /opt"]),
        ("/opt/b", ["COPY *.txt /opt/"]),
        ("/opt/a.sh", ["COPY s*/a.sh /opt/"]),
        ("/opt/a.sh", ["COPY none.sh /opt/"]),
        ("./a.sh", ["WORKDIR $W", "COPY a.sh /a.sh"]),
        ("/a.sh", ["ARG D", "COPY a.sh $D"]),
        ("/a.sh", ["ARG F", "COPY $F /"]),
        ("/a.sh", ["COPY --parents src/a.sh /"]),
        ("/a.sh", ["COPY --parents $F /"]),
        ("/a.sh", ["COPY --parents a.sh /a.sh"]),
        ("/a.sh", ["COPY --from=other a.sh /"]),
        ("/a.sh", ["COPY --from=$O a.sh /"]),
        ("/a.sh", ["COPY a.sh"]),
        ("/a.sh", ["ADD https://x.example/a.sh /"]),
        ("/a.sh", ["COPY a.sh /", "RUN sed -i s/x/y/ /a.sh"]),
        ("/w/a.sh", ["WORKDIR /w", "COPY a.sh .", "RUN sed -i s/x/y/ a.sh"]),
        ("/a.sh", ["COPY a.sh /", "RUN echo more >> /a.sh"]),
        ("/a.sh", ["COPY a.sh /", "RUN curl -o /a.sh https://x.example"]),
        ("/a.sh", ["COPY a.sh /", "RUN mv /gone /a.sh"]),
    ],
)
def test_nobody_knows_the_file(path: str, lines: list[str]) -> None:
    assert content(path, "FROM x:1", *lines, files=FILES) == ""


def test_a_folder_is_copied_with_what_is_below() -> None:
    assert content("/x/a.sh", "FROM x:1", "COPY src /x", files=FILES) == "SRC"
    assert content("/x/deep/a.sh", "FROM x:1", "COPY src/ /x/", files=FILES) == "DEEP"


def test_a_file_comes_through_stages() -> None:
    stages = ["FROM x:1 AS one", "COPY src/ /s/", "FROM y:1 AS two", "COPY --from=one /s /t"]
    assert content("/t/a.sh", *stages, files=FILES) == "SRC"
    assert content("/u", *stages, "FROM z:1", "COPY --from=Two /t/a.sh /u", files=FILES) == "SRC"
    assert content("/u", *stages, "FROM z:1", "COPY --from=1 /t/a.sh /u", files=FILES) == "SRC"
    assert content("/u", *stages, "FROM z:1", "COPY --from=9 /t/a.sh /u", files=FILES) == ""
    assert content("/t/a.sh", *stages, "FROM two", "USER 1", files=FILES) == "SRC"


def test_chains_of_stages_end() -> None:
    chain = [f"FROM s{n} AS s{n + 1}" for n in range(40)]
    assert content("/a.sh", "FROM x:1 AS s0", "COPY a.sh /", *chain, files=FILES) == ""
    assert content("/a.sh", "FROM x:1 AS s0", "COPY a.sh /", *chain[:9], files=FILES) == "A"
    moves = [f"RUN mv /{n} /{n + 1}" for n in range(40)]
    assert content("/40", "FROM x:1", "COPY a.sh /0", *moves, files=FILES) == ""


def test_bodies_of_here_documents() -> None:
    body = ["COPY <<'EOF' /a.sh", "echo $X", "EOF"]
    assert content("/a.sh", "FROM x:1", *body) == "echo $X\n"
    assert content("/d/one", "FROM x:1", "COPY <<one <<two /d/", "1", "one", "2", "two") == "1\n"
    assert content("/d/two", "FROM x:1", "COPY <<one <<two /d/", "1", "one", "2", "two") == "2\n"
    assert content("/d/x", "FROM x:1", "COPY <<one <<two /d/", "1", "one", "2", "two") == ""
    assert content("/a.sh", "FROM x:1", "COPY <<EOF /a.sh", "echo $X", "EOF") == "echo $X\n"


@pytest.mark.parametrize(
    ("body", "made"),
    [
        ('exec "$@"', 'exec ""'),
        ("exec $1 $* $$ $10 ${@} a", "exec      a"),
        ("echo ${1:-x.y} ${@-} ${2:-}", "echo x.y  "),
        ("echo \\$X \\${Y} \\`a\\` \\\\ \\n", "echo $X ${Y} `a` \\ n"),
        ("a \\\n --b", "a \n --b"),
        ("echo $(date) $X ${Y:-1}", "echo $(date) $X ${Y:-1}"),
        ("echo ${1:-$X}", ""),
        ("echo ${#}${1%x}", ""),
    ],
)
def test_a_build_changes_an_unquoted_body(body: str, made: str) -> None:
    text = content("/a.sh", "FROM x:1", "COPY <<EOF /a.sh", body, "EOF")
    assert text == (f"{made}\n" if made else "")
    quoted = content("/a.sh", "FROM x:1", "COPY <<'EOF' /a.sh", body, "EOF")
    assert quoted == f"{body}\n"


def test_what_a_build_changes_keeps_its_place() -> None:
    made = dockerfile("FROM x:1", "COPY <<EOF /a.sh", "x \\$Y z", "EOF", 'ENTRYPOINT ["/a.sh"]')
    [command] = made.files.started["/a.sh"].commands
    text = made.source.text
    assert [text[slice(*word.span)] for word in command.words] == ["x", "\\$Y", "z"]


def test_folders_above_a_copied_file_are_made_with_it() -> None:
    lines = ("FROM x:1", "COPY --parents src/deep/a.sh /to/")
    assert content("/to/src/deep/a.sh", *lines, files=FILES) == "DEEP"
    assert content("/to/a.sh", *lines, files=FILES) == ""
    pivot = ("FROM x:1", "COPY --parents ./src/./deep /to")
    assert content("/to/deep/a.sh", *pivot, files=FILES) == ""
    pivot = ("FROM x:1", "COPY --parents ./src/./deep /to/")
    assert content("/to/deep/a.sh", *pivot, files=FILES) == "DEEP"
    globbed = ("FROM x:1", "COPY --parents src/./*/a.sh /to/")
    assert content("/to/deep/a.sh", *globbed, files=FILES) == "DEEP"


def test_the_names_in_a_folder_of_the_image() -> None:
    def names(path: str, *lines: str) -> list[str]:
        made = dockerfile(*lines, files=FILES)
        read = lister(FILES)
        return sorted(ImageFiles(made.stages, made.source.text, read).folder(path, made.stages[-1]))

    assert names("/to", "FROM x:1", "COPY src /to") == ["a.sh", "deep"]
    assert names("/to", "FROM x:1", "COPY src/ /to/") == ["a.sh", "deep"]
    assert names("/to", "FROM x:1", "COPY src/*.sh /to/") == ["a.sh", "deep"]
    assert names("/to/src/deep", "FROM x:1", "COPY . /to") == ["a.sh"]
    stages = ("FROM x:1 AS one", "COPY src /s", "FROM y:1", "COPY --from=one /s/deep /to/")
    assert names("/to", *stages) == ["a.sh"]
    assert names("/to", "FROM x:1 AS one", "COPY src /to", "FROM one") == ["a.sh", "deep"]
    for nothing in ("COPY --from=other /a /to", "COPY --from=$X /a /to", "COPY a.sh $X", "USER 1"):
        assert names("/to", "FROM x:1", nothing) == []
    for nothing in ("COPY", "ADD https://x.example/a /to/", "COPY <<A /to/\nx\nA"):
        assert names("/to", "FROM x:1", nothing) == []


def test_folders_of_stages_in_a_circle_end() -> None:
    steps = [f"FROM x:1 AS s{n}\nCOPY --from=s{n - 1} /a /a" for n in range(1, 40)]
    made = dockerfile("FROM x:1 AS s0", "COPY src /a", *steps, files=FILES)
    files = ImageFiles(made.stages, made.source.text, lister(FILES))
    assert files.folder("/a", made.stages[-1]) == ()
    assert set(files.folder("/a", made.stages[9])) == {"a.sh", "deep"}


def test_what_a_command_writes() -> None:
    assert content("/a.sh", "FROM x:1", "RUN <<'E' cat > /a.sh", "echo $X", "E") == "echo $X\n"
    assert content("/a.sh", "FROM x:1", "RUN cat > /a.sh <<'E'", "echo $X", "E") == "echo $X\n"


def test_a_mount_is_there_for_its_own_step() -> None:
    mount = "RUN --mount=source=src,target=/m /m/a.sh"
    assert [s.text for s in dockerfile("FROM x:1", mount, files=FILES).files.scripts] == ["SRC"]
    later = ["RUN --mount=source=src,target=/m true", "RUN /m/a.sh"]
    assert not dockerfile("FROM x:1", *later, files=FILES).files.scripts


@pytest.mark.parametrize(
    "mount", ["type=cache,target=/m", "source=src,target=$M", "source=src,target=/n", "from=q"]
)
def test_other_mounts_show_nothing_of_the_context(mount: str) -> None:
    step = f"RUN --mount={mount} /m/a.sh"
    assert not dockerfile("FROM x:1", step, files=FILES).files.scripts


def test_a_single_file_is_mounted() -> None:
    step = "RUN --mount=type=bind,src=src/a.sh,dst=/m sh /m"
    assert [s.text for s in dockerfile("FROM x:1", step, files=FILES).files.scripts] == ["SRC"]


def test_the_context_may_be_a_folder_above() -> None:
    assert content("/a.sh", "FROM x:1", "COPY a.sh /", files={"../a.sh": "UP"}) == "UP"
    assert content("/a.sh", "FROM x:1", "COPY a.sh /", files={"../../a.sh": "UP"}) == "UP"
    both = {"a.sh": "HERE", "../a.sh": "UP"}
    assert content("/a.sh", "FROM x:1", "COPY a.sh /", files=both) == ""
    same = {"a.sh": "SAME", "../a.sh": "SAME"}
    assert content("/a.sh", "FROM x:1", "COPY a.sh /", files=same) == "SAME"


def test_names_do_not_lead_out_of_the_context() -> None:
    assert content("/a.sh", "FROM x:1", "COPY ../a.sh /", files=FILES) == "A"


def test_a_large_file_is_no_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image, "LARGEST_SCRIPT", 3)
    assert content("/a", "FROM x:1", "COPY a /a", files={"a": "1234"}) == ""
    assert content("/a", "FROM x:1", "COPY a /a", files={"a": "123"}) == "123"


def test_what_was_looked_for_is_told() -> None:
    document = dockerfile("FROM x:1", "COPY a.sh /", 'CMD ["/a.sh"]', files=FILES)
    ups = [f"{'../' * up}a.sh" for up in range(5)]
    assert document.asked == tuple(ups)
    assert dockerfile("FROM x:1", "COPY a.sh /", 'CMD ["nginx", "-g", "x"]').asked == ()


def test_other_files_of_the_context_tell_where_it_is() -> None:
    lines = ["FROM x:1", "COPY a.sh ./tool.py /"]
    assert content("/a.sh", *lines, files={"../a.sh": "UP", "../tool.py": ""}) == "UP"
    assert content("/a.sh", *lines, files={"../a.sh": "UP", "tool.py": ""}) == ""
    assert content("/a.sh", *lines, files={"../a.sh": "UP"}) == "UP"
    both = {"../a.sh": "UP", "../tool.py": "", "tool.py": ""}
    assert content("/a.sh", *lines, files=both) == "UP"
    stages = ["FROM y:1", "COPY tool.py /", "FROM x:1", "COPY a.sh /"]
    assert content("/a.sh", *stages, files={"../a.sh": "UP", "tool.py": ""}) == ""
    other = ["FROM x:1", "COPY --from=y tool.py /", "COPY a.sh /"]
    assert content("/a.sh", *other, files={"../a.sh": "UP", "tool.py": ""}) == "UP"
