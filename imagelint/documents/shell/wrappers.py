"""Programs that only start another one: `sudo`, `env`, `exec`, `timeout 5`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypedDict, Unpack

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imagelint.documents.shell.script import Word

ASSIGNMENT = pattern(r"([A-Za-z_]\w*)=", re.ASCII)
_SPLIT = pattern(r"[\s'\"\\$]")
_PLAIN_TAIL = pattern(r"[\w.+-]+", re.ASCII)


class _Wrapper(NamedTuple):
    """`valued` are options with a value of their own, `operands` the words before the program.

    `queries` are options with which it starts nothing, `splits` those whose value is a command line
    of its own, `assigns` whether `NAME=value` may stand before the program. `verbs` are the
    subcommands that make a wrapper of it, `needs` the options without one of which it is none.
    The program stands only behind one of `separators`, where there are any. Behind one of `modules`
    stands the name of a Python module instead, and `pairs` are options with two values.
    """

    valued: frozenset[str] = frozenset()
    operands: int = 0
    queries: frozenset[str] = frozenset()
    splits: frozenset[str] = frozenset()
    assigns: bool = False
    verbs: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    separators: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    pairs: frozenset[str] = frozenset()


class _Others(TypedDict, total=False):
    operands: int
    splits: frozenset[str]
    assigns: bool
    verbs: tuple[str, ...]
    needs: frozenset[str]
    separators: frozenset[str]
    modules: frozenset[str]
    pairs: frozenset[str]


def _w(valued: str = "", queries: str = "", **others: Unpack[_Others]) -> _Wrapper:
    """A row of the table, which stays readable this way."""
    return _Wrapper(frozenset(valued.split()), queries=frozenset(queries.split()), **others)


_CONDA = _w("-n --name -p --prefix -r --root-prefix --cwd -e --env", verbs=("run",))
_DASHES = frozenset({"--"})
_ARCHITECTURE = _w("-u --uname-2.6")
_WAITING = _w(separators=_DASHES)
_MODULE = frozenset({"-m", "--module"})
_MPI = _w(
    "-n -np --np -c -N --npernode -H -host --host -hostfile --hostfile -machinefile -x -wdir --wdir"
    " --map-by -map-by --bind-to -bind-to --rank-by -rf --rankfile --output-filename -ppn -f -env"
    " -genvlist --prefix",
    "-V --version -h --help",
    pairs=frozenset({"-mca", "--mca", "-gmca", "--gmca", "-genv"}),
)
# Each may be written with hyphens: huggingface/accelerate:src/accelerate/commands/launch.py.
_ACCELERATE = (
    "--config_file --num_processes --num_machines --machine_rank --main_process_ip"
    " --main_process_port --mixed_precision --gpu_ids --num_cpu_threads_per_process"
    " --dynamo_backend --dynamo_mode --rdzv_backend --rdzv_conf --max_restarts --monitor_interval"
    " --tee --log_dir --role --main_training_function --zero_stage --deepspeed_config_file"
    " --deepspeed_hostfile"
)
WRAPPERS: Mapping[str, _Wrapper] = {
    "sudo": _w(
        "-u --user -g --group -h --host -p --prompt -C -D --chdir -R --chroot -r -t -T -U",
        queries="-l --list -v --validate -V -e -k -K",
        assigns=True,
    ),
    "doas": _w("-u -C", queries="-L"),
    "env": _w(
        "-u --unset -C --chdir",
        "--help --version",
        splits=frozenset({"-S", "--split-string"}),
        assigns=True,
    ),
    "exec": _w("-a"),
    "nice": _w("-n --adjustment"),
    "ionice": _w("-c --class -n --classdata", queries="-p --pid -P -u"),
    "nohup": _w(),
    "setsid": _w(),
    "command": _w(queries="-v -V"),
    "builtin": _w(),
    "time": _w("-f --format -o --output"),
    "timeout": _w("-s --signal -k --kill-after", operands=1),
    "stdbuf": _w("-i --input -o --output -e --error"),
    "taskset": _w(operands=1, queries="-p --pid"),
    "numactl": _w(
        "-i --interleave -N --cpunodebind -C --physcpubind -m --membind -p --preferred",
        queries="-s --show -H --hardware",
    ),
    "chroot": _w(operands=1),
    "tini": _w("-p -e", queries="--version -h"),
    "tini-static": _w("-p -e", queries="--version -h"),
    "dumb-init": _w("-r --rewrite", queries="-V --version -h"),
    "catatonit": _w(queries="-V --version -h"),
    "gosu": _w(operands=1, queries="--version --help"),
    "su-exec": _w(operands=1),
    "setpriv": _w(
        "--reuid --regid --groups --inh-caps --ambient-caps --bounding-set --securebits --pdeathsig"
    ),
    "eatmydata": _w(),
    # https://slurm.schedmd.com/srun.html
    "srun": _w(
        "-A --account -c --cpus-per-task -C --constraint -D --chdir -e --error -G --gpus -i --input"
        " -J --job-name -m --distribution -n --ntasks -N --nodes -o --output -p --partition"
        " -q --qos -r --relative -t --time -w --nodelist -x --exclude --gres --mem --export"
        " --jobid --mpi --cpu-bind --ntasks-per-node --gpus-per-node --gpus-per-task",
        queries="-V --version -h --help",
    ),
    # https://www.freedesktop.org/software/systemd/man/latest/systemd-run.html
    "systemd-run": _w(
        "-p --property -u --unit -E --setenv -H --host -M --machine --slice --uid --gid --nice"
        " --description --service-type --working-directory --on-active --on-boot --on-calendar",
        queries="-h --help --version",
    ),
    "winpty": _w(),
    "unbuffer": _w(),
    "xvfb-run": _w("-n --server-num -s --server-args -e --error-file -f --auth-file -w --wait"),
    "catchsegv": _w(),
    "nsys": _w(
        "-b --backtrace -c --capture-range -d --duration -e --env-var -h --hotkey-capture"
        " -n --inherit-environment -o --output -p --event-sample -s --sample -t --trace -w"
        " --show-output -x --stop-on-exit -y --delay --capture-range-end --cpuctxsw"
        " --cuda-graph-trace --cuda-memory-usage --export --force-overwrite -f --kill"
        " --gpu-metrics-devices --nvtx-capture --python-backtrace --python-sampling --session-new"
        " --stats --trace-fork-before-exec --wait --gpuctxsw --cudabacktrace",
        "--help",
        verbs=("profile",),
    ),
    "nvidia_entrypoint.sh": _w(),
    "busybox": _w(queries="--list --list-full --install"),
    "conda": _CONDA,
    "mamba": _CONDA,
    "micromamba": _CONDA,
    "poetry": _w("-C --directory -P --project", verbs=("run",)),
    "pipenv": _w(verbs=("run",)),
    "pdm": _w("-p --project", verbs=("run",)),
    "pixi": _w("-e --environment -m --manifest-path --color", verbs=("run", "r")),
    "hatch": _w("-e --env -p --project", verbs=("run", "env run")),
    "rye": _w("--pyproject", "-l --list", verbs=("run",)),
    "uv": _w(
        "--with -w --with-editable --with-requirements --extra --group --only-group --no-group"
        " --no-extra --env-file -p --python --project --directory --package --index"
        " --default-index -i --index-url --extra-index-url -f --find-links --refresh-package"
        " --config-file --cache-dir --python-platform --index-strategy --keyring-provider -P"
        " --upgrade-package --upgrade-group --resolution --prerelease --prerelease-package"
        " --fork-strategy --exclude-newer --exclude-newer-package --no-sources-package"
        " --reinstall-package --link-mode -C --config-setting --config-settings-package"
        " --no-build-isolation-package --no-build-package --no-binary-package"
        " --no-editable-package --color --allow-insecure-host --python-preference",
        "-s --script",
        verbs=("run",),
        modules=_MODULE,
    ),
    "opentelemetry-instrument": _w(
        "--traces_exporter --metrics_exporter --logs_exporter --service_name --resource_attributes"
        " --exporter_otlp_endpoint --exporter_otlp_protocol --exporter_otlp_traces_endpoint"
        " --exporter_otlp_metrics_endpoint --propagators --id_generator",
        "--version",
    ),
    "ddtrace-run": _w(queries="-i --info -v --version"),
    "newrelic-admin": _w(verbs=("run-program",)),
    "scl": _w(verbs=("enable",), separators=_DASHES),
    "runuser": _w(
        "-u --user -g --group -G --supp-group",
        "-c --command --session-command -l --login -",
        needs=frozenset({"-u", "--user"}),
    ),
    "flock": _w("-w --wait --timeout -E --conflict-exit-code", "-c --command", operands=1),
    "setuidgid": _w(operands=1),
    "s6-setuidgid": _w(operands=1),
    "s6-envdir": _w(operands=1),
    "chpst": _w("-u -U -b -e -/ -n -l -L -m -d -o -p -f -c -r -t"),
    "fixuid": _w(),
    "ssh-agent": _w("-a -E -O -P -t", "-k"),
    "xargs": _w(
        "-a --arg-file -d --delimiter -E -I -L --max-lines -n --max-args -P --max-procs -s"
        " --max-chars --process-slot-var",
        "--help --version --show-limits",
    ),
    "unshare": _w("-S --setuid -G --setgid -R --root -w --wd --propagation"),
    "setarch": _ARCHITECTURE._replace(operands=1),
    "linux32": _ARCHITECTURE,
    "linux64": _ARCHITECTURE,
    "chrt": _w("-T -P -D", "-p --pid -m --max", operands=1),
    "prlimit": _w(queries="-p --pid"),
    "fakeroot": _w("-l --lib --faked -s -i -b"),
    "faketime": _w(operands=1),
    "strace": _w("-o -e -s -E -u -a -I -O -S -P -X -b", "-p -V -h"),
    "proxychains": _w("-f"),
    "proxychains4": _w("-f"),
    "wait-for-it": _WAITING,
    "wait-for-it.sh": _WAITING,
    "wait-for": _WAITING,
    "dockerize": _w(
        "-wait -timeout -template -stdout -stderr -wait-retry-interval -env -wait-http-header"
    ),
    "doppler": _w("-p --project -c --config -t --token --scope", "--command", verbs=("run",)),
    "infisical": _w("--env --path --token --projectId", "-c --command", verbs=("run",)),
    "op": _w("--env-file --account", verbs=("run",)),
    "dotenv": _w("-f --file", verbs=("run",)),
    "dotenvx": _w("-f --env-file -e --env -fk", verbs=("run",)),
    "direnv": _w(operands=1, verbs=("exec",)),
    "mise": _w(verbs=("exec", "x"), separators=_DASHES),
    "chamber": _w(verbs=("exec",), separators=_DASHES),
    "aws-vault": _w(verbs=("exec",), separators=_DASHES),
    "watchmedo": _w(verbs=("auto-restart",), separators=_DASHES),
    "torchrun": _w(
        "--nnodes --nproc-per-node --nproc_per_node --rdzv-backend --rdzv_backend --rdzv-endpoint"
        " --rdzv_endpoint --rdzv-id --rdzv_id --rdzv-conf --rdzv_conf --max-restarts --max_restarts"
        " --monitor-interval --monitor_interval --start-method --start_method --log-dir --log_dir"
        " -r --redirects -t --tee --local-ranks-filter --node-rank --node_rank --master-addr"
        " --master_addr --master-port --master_port --local-addr --local_addr --role",
        "-h --help",
        modules=_MODULE,
    ),
    "deepspeed": _w(
        "-H --hostfile -i --include -e --exclude --num_nodes --num_gpus --num_accelerators"
        " --min_elastic_nodes --max_elastic_nodes --master_port --node_rank --master_addr"
        " --launcher --launcher_args --ssh_port --venv_script --bind_core_list",
        "-h --help",
        modules=frozenset({"--module"}),
    ),
    "accelerate": _w(
        f"{_ACCELERATE} {_ACCELERATE.replace('_', '-')}",
        verbs=("launch",),
        modules=_MODULE,
    ),
    "mpirun": _MPI,
    "mpiexec": _MPI,
    "nix": _w(verbs=("develop", "shell"), separators=frozenset({"-c", "--command"})),
}
FETCH_BESIDES = frozenset({"uv"})
"""Those of them that may be told to fetch packages for the program: `documents/packages` reads."""
_OF_UVX = frozenset(
    {"--from", "-c", "--constraints", "-b", "--build-constraints", "--overrides"}
    | {"--torch-backend"}
)
# Those that fetch the program as a package: what they install is told by `documents/packages`.
FETCHING: Mapping[str, _Wrapper] = {
    "uvx": WRAPPERS["uv"]._replace(valued=WRAPPERS["uv"].valued | _OF_UVX, verbs=()),
    "uv": WRAPPERS["uv"]._replace(
        valued=WRAPPERS["uv"].valued | _OF_UVX, verbs=("run", "tool run")
    ),
    "pipx": _w("--spec --python --pip-args -i --index-url", verbs=("run",)),
}
_ALL: Mapping[str, _Wrapper] = {**WRAPPERS, **FETCHING}
# Those that `python -m` starts.
MODULES: Mapping[str, str] = {
    "torch.distributed.run": "torchrun",
    "torch.distributed.launch": "torchrun",
    "deepspeed.launcher.runner": "deepspeed",
}


class Unwrapped(NamedTuple):
    """`start` is the index of the program's word, `assigned` those of `NAME=value` before it.

    Behind `-m` of a launcher of Python processes the name of a module stands for the program.
    """

    wrappers: tuple[str, ...]
    start: int
    assigned: tuple[int, ...]


_BARE = Unwrapped((), 0, ())


def program_name(word: Word) -> str:
    """The base name of a program; of `$HOME/bin/pip` the part that is written out."""
    if not isinstance(word.value, tuple):
        tail = word.raw.strip("\"'").rpartition("/")[2]
        return tail if "/" in word.raw and _PLAIN_TAIL.fullmatch(tail) else ""
    return word.value.value.rpartition("/")[2]


def unwrap(words: Sequence[Word], *, fetched: bool = False) -> Unwrapped:
    """Where the real command starts. A wrapper with nothing behind it is itself the command.

    `fetched` looks through those as well which take the program from an index of packages.
    """
    table = _ALL if fetched else WRAPPERS
    if words and _wrapper_at(words, 0)[0] not in table:  # most commands
        return _BARE
    names: list[str] = []
    assigned: list[int] = []
    at = 0
    while at < len(words):
        name, own = _wrapper_at(words, at)
        wrapper = table.get(name)
        if wrapper is None:
            break
        behind = _behind(words, own, wrapper, assigned)
        if behind is None or behind >= len(words):
            break
        names.append(name)
        at = behind
    return Unwrapped(tuple(names), at, tuple(index for index in assigned if index < at))


def _wrapper_at(words: Sequence[Word], at: int) -> tuple[str, int]:
    """The name of what may be a wrapper, and the index of the first word of its own."""
    name = program_name(words[at])
    if name.startswith("python") and len(words) > at + 2 and words[at + 1].text == "-m":
        launcher = MODULES.get(words[at + 2].text)
        if launcher is not None:
            return launcher, at + 3
    return name, at + 1


def _behind(words: Sequence[Word], at: int, wrapper: _Wrapper, assigned: list[int]) -> int | None:
    """The index behind a wrapper's own words, None when it starts nothing that can be seen."""
    begin = _behind_verb(words, at, wrapper) if wrapper.verbs else at
    if begin is None:
        return None
    if wrapper.separators:
        return _behind_separator(words, begin, wrapper.separators)
    if wrapper.needs and not any(word.text in wrapper.needs for word in words[begin:]):
        return None
    return _behind_options(words, begin, wrapper, assigned)


def _behind_verb(words: Sequence[Word], at: int, wrapper: _Wrapper) -> int | None:
    """The index behind the subcommand, which options may precede; None: it is another one."""
    while at < len(words) and words[at].text[:1] == "-":
        at += 2 if words[at].text in wrapper.valued else 1
    for verb in wrapper.verbs:
        parts = verb.split()
        if [word.text for word in words[at : at + len(parts)]] == parts:
            return at + len(parts)
    return None


def _behind_separator(words: Sequence[Word], at: int, separators: frozenset[str]) -> int | None:
    for index in range(at, len(words)):
        if words[index].text in separators:
            return index + 1
    return None


def _behind_options(
    words: Sequence[Word], at: int, wrapper: _Wrapper, assigned: list[int]
) -> int | None:
    operands = wrapper.operands
    while at < len(words):
        text = words[at].text
        if text in wrapper.queries or (text in wrapper.splits and not _is_one(words[at + 1 :])):
            return None
        if text == "--" or text in wrapper.modules:
            return at + 1 + operands
        if text[:1] == "-":
            at += _values(text, wrapper)
        elif wrapper.assigns and ASSIGNMENT.match(text):
            assigned.append(at)
        elif operands:
            operands -= 1
        else:
            return at
        at += 1
    return at


def _values(option: str, wrapper: _Wrapper) -> int:
    """How many words behind an option are its values."""
    return 2 if option in wrapper.pairs else int(option in wrapper.valued)


def _is_one(words: Sequence[Word]) -> bool:
    """Whether a command line within the first word is one word again, which the others follow."""
    known = bool(words) and isinstance(words[0].value, tuple)
    return known and not _SPLIT.search(words[0].text)
