from __future__ import annotations

import pytest

from imagelint.documents.dockerfile.context import image
from tests.documents.dockerfile.context.project import content, dockerfile

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
        ("/a.sh", ["COPY --parents a.sh /"]),
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
    assert content("/a.sh", "FROM x:1", "COPY <<EOF /a.sh", 'exec "$@"', "EOF") == ""
    assert content("/a.sh", "FROM x:1", "COPY <<EOF /a.sh", "echo \\$X", "EOF") == ""
    assert content("/a.sh", "FROM x:1", "COPY <<EOF /a.sh", "echo $X", "EOF") == "echo $X\n"


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
