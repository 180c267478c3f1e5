"""How commands end: the exit codes, and failures that say what to do."""

from typing import IO, Any

import click

DONE = 0
FAILED = 1
UNUSABLE = 2
UNREACHABLE = 3
HELD = 4
DAMAGED = 5
FENCED = 6
STUCK = 7
INTERRUPTED = 130

EXIT_CODES = f"""\b
Exit codes:
  {DONE}    done
  {FAILED}    not all of it could be done; what is missing is said
  {UNUSABLE}    unusable arguments or settings, another token key included
  {UNREACHABLE}    the address is in use, or the server cannot be reached
  {HELD}    another process holds the data folder; its pid is said
  {DAMAGED}    the data folder is damaged or holds something else
  {FENCED}    a worker that stood still for too long, or that its group left out; start it again
  {STUCK}    a worker that had work and made no progress; start it again
  {INTERRUPTED}  interrupted
"""


class Failure(click.ClickException):
    """A command ends here: ``why`` says what is wrong and what to do, ``exit_code`` which kind it is."""

    def __init__(self, why: str, exit_code: int = FAILED) -> None:
        super().__init__(why)
        self.exit_code = exit_code

    def show(self, file: IO[Any] | None = None) -> None:
        """One line a problem, on stderr."""
        for line in self.message.splitlines():
            click.echo(f"relocation: {line}", file=file, err=file is None)
