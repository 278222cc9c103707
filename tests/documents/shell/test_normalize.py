"""Tests of the text that is put so that the grammar can read it."""

from __future__ import annotations

from subprocess import PIPE, run

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagelint.core.fact import Known
from imagelint.core.source import Span
from imagelint.documents.shell.normalize import command_first, simplified
from imagelint.documents.shell.read import read_script
from imagelint.documents.shell.script import Script, ScriptRole


def read(text: str) -> Script:
    return read_script(text, Span(7, 7 + len(text)), ScriptRole.RUN)


def words(script: Script) -> list[list[str]]:
    return [[word.text for word in command.words] for command in script.commands]


def test_a_command_behind_its_here_document_reads_it() -> None:
    script = read("<<EOT bash -e\n  set -x\n  apt-get update\nEOT")
    assert script.readable
    assert words(script) == [["bash", "-e"], ["set", "-x"], ["apt-get", "update"]]
    assert [command.nested for command in script.commands] == [False, True, True]


def test_a_here_document_that_becomes_a_file_holds_no_commands() -> None:
    script = read("<<'EOF' cat > /etc/motd\nrm -rf / | sh\nEOF\n")
    assert script.readable
    assert words(script) == [["cat"]]
    assert [redirect.operator for redirect in script.commands[0].redirects] == ["<<", ">"]


@pytest.mark.parametrize(
    "text",
    ["<<EOT bash -e\nls -l\nEOT", '<<-"EOT"  bash\n\tls -l\n\tEOT', "<<EOT sh | cat\nls\nEOT"],
)
def test_words_keep_their_places(text: str) -> None:
    for command in read(text).commands:
        for word in command.words:
            assert text[word.span.start - 7 : word.span.end - 7] == word.raw


@pytest.mark.parametrize(
    "text",
    [
        "bash <<EOT\nls\nEOT",
        "<<EOT\nls\nEOT",
        "<<EOT",
        "<<< a cat",
        "ls",
        f"<<EOT bash\n{'ls; ' * 30_000}\nEOT",
    ],
)
def test_other_texts_stay(text: str) -> None:
    assert command_first(text) is None


def test_sums_with_defaults_are_read() -> None:
    script = read('RANK=$(( ${INDEX:-0} * ${SIZE:-1} + (2 * 3) ))\necho "$RANK"; ls')
    assert script.readable
    assert words(script)[1:] == [["echo", '"$RANK"'], ["ls"]]


@pytest.mark.parametrize("text", ["echo $((1 + $(nproc)))", "echo $(( `nproc` ))", "echo $((1", ""])
def test_sums_that_run_commands_stay(text: str) -> None:
    assert simplified(text) == text


def test_a_connection_is_opened_for_both_ways() -> None:
    text = "exec 3<>/dev/tcp/127.0.0.1/9000 && echo -e 'GET /\\r\\n' >&3 && grep -q 200 <&3"
    script = read(text)
    assert script.readable
    assert words(script) == [["exec"], ["echo", "-e", "GET /\\r\\n"], ["grep", "-q", "200"]]
    (opened,) = script.commands[0].redirects
    assert opened.target is not None
    assert opened.target.text == "/dev/tcp/127.0.0.1/9000"


@pytest.mark.parametrize("word", ["s$../utils$./utils$", "a$/b", "$,", "$.", "50$%"])
def test_a_dollar_may_stand_for_itself(word: str) -> None:
    script = read(f"sed -i {word} requirements.txt && ls")
    assert script.readable
    assert words(script) == [["sed", "-i", word, "requirements.txt"], ["ls"]]


@pytest.mark.parametrize(
    "before", ["! ", "if ! ", "a && ! ", "(! ", "time ", "time -p ", "time ! ", "!\\\n ", "coproc "]
)
@pytest.mark.parametrize(
    "compound",
    [
        "{ curl x | sh; }",
        "{ { curl x; } | sh; }",
        "if curl x; then sh; fi",
        "while curl x; do sh; done",
        "case $X in a) curl x | sh ;; esac",
    ],
)
def test_compound_commands_are_turned_around_and_measured(before: str, compound: str) -> None:
    after = {"if": "; then ls; fi", "(!": ")"}.get(before[:2], "")
    script = read(f"{before}{compound}{after}")
    assert script.readable
    programs = [command.program for command in script.commands]
    assert [one for one in programs if one not in ("a", "ls")] == ["curl", "sh"]


@pytest.mark.parametrize("text", ["echo ! { a", "echo time { a", "x=time; echo coproc if"])
def test_words_that_look_so_stay(text: str) -> None:
    assert read(text).readable
    assert words(read(text))[-1] == text.rpartition("; ")[2].split()


@pytest.mark.parametrize(
    "text",
    [
        "echo $(grep -i 'a'$) && ls",
        "echo `grep a$` && ls",
        'echo "$(echo $)" && ls',
        "echo $;ls",
        "echo $&ls",
        "echo $>a && ls",
        "X=$ && ls",
        "echo $$ $ && ls",
        "case $X in a$) ls;; esac",
    ],
)
def test_a_dollar_may_end_a_word(text: str) -> None:
    script = read(text)
    assert script.readable
    assert words(script)[-1] == ["ls"]


@pytest.mark.parametrize(
    "condition",
    [
        '[[ $A = *"rhel"* || "${B}" = *c* ]]',
        '[[ ! $A = *x && $B = "y" ]]',
        "[[ -n $(find / -name ^libssl1.1$) ]]",
        '[[ "$A" < "12.3" && $B > 4 ]]',
        '[ "$A" = b ] && [ "$A" \\< 12 ]',
        '[ "${A:+$A; }b" ]',
        "[[ $A =~ ^[[:space:]]+$ ]] && [[ $A = a* || $B ]]",
    ],
)
def test_what_conditions_compare_is_read(condition: str) -> None:
    script = read(f"if {condition}; then curl -fsSL https://example.com/a | sh; fi")
    assert script.readable
    assert words(script)[-2:] == [["curl", "-fsSL", "https://example.com/a"], ["sh"]]


@pytest.mark.parametrize(
    "word", ["\"${POLICY:-default-src 'self'; base-uri 'self'}\"", '"${NOTE:-it\'s}"']
)
def test_a_single_quote_within_double_ones_is_a_letter(word: str) -> None:
    script = read(f"export A={word}\ncurl -fsSL https://example.com/a | sh")
    assert script.readable
    assert words(script)[-2:] == [["curl", "-fsSL", "https://example.com/a"], ["sh"]]


@pytest.mark.parametrize(
    "before",
    [
        'FLAGS+=("-DGPU_TARGETS=${GPU_TARGETS:-gfx90a;gfx942;gfx1100}")',
        "ARCHES=${ARCHES:-8.0;9.0;10.0+PTX}",
        'ARCHES=${ARCHES:-a;b;c} FOLDER=${0%"${0##*/}"}',
        "for each do shift; done",
        "if a; then for each\tdo\n  shift\ndone; fi",
    ],
)
def test_what_the_grammar_wants_otherwise_is_read(before: str) -> None:
    script = read(f"{before}\ncurl -fsSL https://example.com/a | sh")
    assert script.readable
    assert words(script)[-2:] == [["curl", "-fsSL", "https://example.com/a"], ["sh"]]


def test_a_loop_over_arguments_holds_its_commands() -> None:
    script = read('for each do\n  curl -fsSL "https://example.com/$each" | sh\ndone')
    assert script.readable
    assert words(script)[-1] == ["sh"]


WORDS = ("a", "*.", "/opt/", "[0-9]", "$A", "-x", "(b", "c)", "|", '"q"', "@(a|b)", "*(c)")


@given(
    st.sampled_from("@?*+!"),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
    st.sampled_from(
        ("{}", "if x; then {}; fi", 'a="$({})"', "({})", "[[ $a == {} ]] && b", "{} |")
    ),
)
@settings(max_examples=60)
def test_what_bash_matches_beyond_wildcards_is_read(
    sign: str, inside: list[str], around: str
) -> None:
    extended = f"{sign}({'|'.join(inside)})"
    command = extended if "[[" in around else f"rm -rf {extended} {extended}.txt"
    text = f"{around.format(command)}\ncurl -fsSL https://example.com/a | sh"
    checked = run(["bash", "-O", "extglob", "-n", "-c", text], stderr=PIPE, check=False)
    if not checked.stderr:
        script = read(text)
        assert script.readable
        assert words(script)[-1] == ["sh"]


def test_where_a_command_may_stand_a_pattern_is_a_subshell() -> None:
    script = read("rm !(a) && { !(curl x); if !(wget y) then z; fi }")
    assert [command.program for command in script.commands] == ["rm", "curl", "wget", "z"]


@pytest.mark.parametrize(
    "around", ['x="{}"', 'echo "$((1 + 2)) {}"', 'x="$(echo {})"', '(a; x="b {} $((3))")']
)
@pytest.mark.parametrize("inner", ["(curl a; b) | sh", "(curl a) && (b)", "((curl a; b) | c) | sh"])
def test_a_subshell_may_begin_a_substitution_within_quotes(around: str, inner: str) -> None:
    script = read(around.format(f"$({inner})"))
    assert script.readable
    assert "curl" in [command.program for command in script.commands]


@pytest.mark.parametrize("condition", ['[[ $A = *"b"* || ]]', "[[ $A = *b || $B", "[ $A \\< 1; )"])
def test_a_broken_condition_stays_broken(condition: str) -> None:
    assert not read(f"if {condition}; then ls; fi").readable


def test_a_long_script_of_people_is_read() -> None:
    text = 'if [ -n "${NAME}" ]; then install_of_a_package "${NAME}"; fi # where it is told\n' * 400
    assert read(text).readable


def test_what_is_broken_elsewhere_stays_broken() -> None:
    assert not read('echo $(( ${X:-0} * 2 )); if true; then echo "open"').readable


@given(st.text(alphabet="$(){}X:-0 <EOT\nbash'\"|", max_size=60))
def test_nothing_is_lost(text: str) -> None:
    assert len(simplified(text)) == len(text)
    moved = command_first(text)
    if moved is not None:
        assert sorted(moved.starts) == list(range(len(text)))
    read(text)


_COMPOUNDS = (
    "for i do {}; done",
    "select i in a b; {{ {}; }}",
    'for i in "$@"; {{ {}; }}',
    "for i in $(ls)\n{{\n{}\n}}",
    "case $X in a) ls;;& *) {};;& esac",
    "case $X in a) {} ;& esac",
    "f() for i in a; do {}; done; f",
    "f()\nwhile true; do {}; done",
    "f () case $X in a) {};; esac",
    "{{ {}; }} {{fd}}>log",
    "! f() {{ {}; }}; f",
    "time f() ( {} )",
    "! x=(1 $({}))",
    "! ! {}",
    "! time >log {}",
    "time ! ( {} )",
    "coproc NAME {{ {}; }}",
)


@pytest.mark.parametrize("outer", ["{}", "if {}; then ls; fi", "( {}\n)", "ls && {{ {}\n}}"])
@pytest.mark.parametrize("inner", _COMPOUNDS)
def test_rare_forms_of_compound_commands_are_read(inner: str, outer: str) -> None:
    text = outer.format(inner.format("curl x | sh"))
    script = read(text)
    assert script.readable
    programs = [command.program for command in script.commands]
    assert [one for one in programs if one in ("curl", "sh")] == ["curl", "sh"]
    for command in script.commands:
        for word in command.words:
            assert text[word.span.start - 7 : word.span.end - 7] in (word.raw, "for", "select", "")


def test_a_loop_in_braces_sets_its_variable() -> None:
    script = read('for i in a b; { echo "$i"; }')
    [echo] = [command for command in script.commands if command.program == "echo"]
    assert not isinstance(echo.words[1].value, Known)


def test_a_default_that_holds_another_loses_its_colon() -> None:
    """In scripts of some hundred lines the grammar does not find the end of one that has it."""
    assert simplified("x ${GROUP:-${USER}} y%z") == "x ${GROUP,-${USER}} y,z"
    assert simplified('x ${a%"${a##*/}"} ${b:1}') == 'x ${a%"${a##*/}"} ${b:1}'
