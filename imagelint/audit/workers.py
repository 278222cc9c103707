"""Let the workers of a Dask cluster do parts of an audit.

https://distributed.dask.org/en/stable/client.html: the client's executor is one of
`concurrent.futures`. A task whose worker is lost is given to another one by the scheduler.
"""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, wait
from typing import TYPE_CHECKING, TypeVar

from imagelint.core.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

P = TypeVar("P")
D = TypeVar("D")
_CONNECT_SECONDS = 5
_LOOK_SECONDS = 1.0


def on_workers(
    address: str,
    parts: Callable[[int], Sequence[P]],
    do: Callable[[P], D],
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[D]:
    """What became of each part, as they end; `parts` makes so many as there are workers.

    `meanwhile` is called again and again until the last one ends.

    Raises:
        UsageError: Dask is not installed, nobody answers there, or no worker is left.
    """
    try:
        from distributed import Client
        from distributed.scheduler import KilledWorker
    except ModuleNotFoundError:
        help_ = "install it: pip install 'imagelint[dask]'"
        raise UsageError(Diagnostic("Dask is not installed", help=help_)) from None
    try:
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        detail = str(error).partition("\n")[0]
        help_ = "start `dask scheduler` there, and workers that have imagelint installed"
        raise UsageError(Diagnostic(f"no scheduler at {address}: {detail}", help=help_)) from None
    with client:
        count = len(client.nthreads())
        if not count:
            message = f"the scheduler at {address} has no workers"
            raise UsageError(Diagnostic(message, help=f"start some: `dask worker {address}`"))
        with client.get_executor(pure=False) as executor:
            try:
                waiting = {executor.submit(do, one) for one in parts(count)}
                while waiting:
                    meanwhile()
                    done, waiting = wait(waiting, _LOOK_SECONDS, FIRST_COMPLETED)
                    for future in done:
                        yield future.result()
                meanwhile()
            except KilledWorker as error:
                message = f"one worker after another ended: {error}"
                help_ = "see their logs; the audit goes on where it was when it is asked for again"
                raise UsageError(Diagnostic(message, help=help_)) from None
