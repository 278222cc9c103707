"""The rule `start-program-missing`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.started import missing_start
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Stage, Severity.HIGH)
def start_program_missing(stage: Stage, ctx: Context) -> Findings:
    """The image starts a program that nothing has put into it.

    The build succeeds, and each container ends at once with "no such file or directory" or
    "executable file not found in $PATH". In an image from scratch and in distroless ones there is
    no shell either, which the shell form of CMD and ENTRYPOINT needs; and a program that was copied
    to `/server` is not found as `server`, for `/` is not in the PATH.

    Except:
        Images whose programs are not known, builds with steps that may make programs, and what may
        lie in a folder that is copied.

    Bad:
        FROM scratch
        COPY server /server
        USER 10001
        ENTRYPOINT ["server"]

    Good:
        FROM scratch
        COPY server /server
        USER 10001
        ENTRYPOINT ["/server"]
    """
    found = missing_start(ctx.document, stage) if stage.final else None
    if found is None:
        return
    near = _meant(found.program, found.near)
    if found.word is None:
        message = f"there is no `{found.program}` in the image, which runs the shell form"
        help_ = (
            f'write the words as an array in JSON form, `{found.start.instruction.keyword} ["…"]`'
        )
    else:
        message = f"nothing has put `{found.program}` into the image"
        help_ = f"start `{near}`" if near else "copy it into the image, or start what is there"
    yield ctx.finding(found.word or found.start, message, help=help_, subject=found.program)


def _meant(program: str, copied: tuple[str, ...]) -> str:
    for path in copied:
        if path.rpartition("/")[2] == program.rpartition("/")[2]:
            return path
    from imagelint.documents.queries.dockerfiles.references import nearest_name

    return nearest_name(program, copied)
