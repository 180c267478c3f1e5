"""The command ``relocation``. Each of its commands is imported when it is called."""

import importlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import click

from relocation.exits import DONE, EXIT_CODES, FAILED, INTERRUPTED, UNUSABLE, Failure
from relocation.missing import told


class _Listed(NamedTuple):
    where: str
    told: str


_COMMANDS = {
    "up": _Listed("relocation.up:up", "Serve all of it in one process: gateway, heart, history and console."),
    "worker": _Listed("relocation.working.command:worker", "Work on what lies in Kafka: one role, or all."),
    "sink": _Listed("relocation.sinking.command:sink", "Carry what the topics say into ClickHouse."),
    "reconcile": _Listed(
        "relocation.reconciling.command:reconcile",
        "Prove that the history has what the topics hold, or name what not.",
    ),
    "publish": _Listed("relocation.publish:publish", "Post event files to a running platform."),
    "dead-letters": _Listed(
        "relocation.letters.command:dead_letters", "See what was refused and why, and try again what is held of it."
    ),
    "export": _Listed("relocation.export:export", "Write what the log holds to a file."),
    "history": _Listed("relocation.history:history", "Ask the history, or rebuild it from the log."),
    "replay": _Listed("relocation.replay:replay", "Run files of events through the heart; nothing is kept."),
    "simulate": _Listed("relocation.simulation.command:simulate", "Make a believable, made-up stream of events."),
    "policy": _Listed("relocation.policy:policy", "Show the policy in force, or check one before it is used."),
    "gateway": _Listed("relocation.gateway:gateway", "Take what publishers send, and put it into Kafka."),
    "console": _Listed("relocation.console:console", "Show alerts from Kafka, and let coordinators act."),
    "notifier": _Listed("relocation.notifier:notifier", "Tell people elsewhere of alerts, from Kafka."),
    "channels": _Listed("relocation.channels:channels", "Check whom the notifier tells, and try it."),
    "topics": _Listed("relocation.topics:topics", "Make the topics of the distributed platform, and check them."),
    "migrate": _Listed("relocation.migrate:migrate", "Carry what an embedded platform knows to Kafka."),
    "completion": _Listed("relocation.completion:completion", "Print the completion script of your shell."),
}


class _LazyGroup(click.Group):
    """Knows its commands by name, and imports one when it is called: ``--help`` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click hands it over
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        listed = _COMMANDS.get(cmd_name)
        if listed is None:
            return None
        module, _, name = listed.where.partition(":")
        found = getattr(importlib.import_module(module), name)
        if not isinstance(found, click.Command):
            raise TypeError(f"{listed.where} is no command")
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, listed.told) for name, listed in _COMMANDS.items()])


@click.group(
    cls=_LazyGroup,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(package_name="relocation-alerts", prog_name="relocation")
def cli() -> None:
    """Tell anti-trafficking coordinators within seconds that somebody they follow turned up in another municipality.

    \b
    Start:    relocation up --data ./data --http 127.0.0.1:8080
    Publish:  relocation publish events.jsonl --to http://127.0.0.1:8080
    Look:     http://127.0.0.1:8080 in a browser, or: relocation export alerts alerts.jsonl

    Settings come from relocation.toml, then the environment (RELOCATION_DATA, RELOCATION_HTTP,
    RELOCATION_TOKEN_KEY or RELOCATION_TOKEN_KEY_FILE, RELOCATION_RULES, RELOCATION_POLICY,
    RELOCATION_SIGNALS), then flags; the later wins.
    """


def main(arguments: Iterable[str] | None = None) -> None:
    """Run the command and end the process with its exit code; never with a traceback (but see RELOCATION_DEBUG)."""
    given = None if arguments is None else list(arguments)
    try:
        ended = cli.main(args=given, prog_name="relocation", standalone_mode=False)
        sys.exit(ended if isinstance(ended, int) else DONE)
    except (click.Abort, KeyboardInterrupt):
        click.echo("relocation: interrupted", err=True)
        sys.exit(INTERRUPTED)
    except click.ClickException as failure:
        failure.show()
        sys.exit(failure.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(FAILED)
    except ModuleNotFoundError as missing:
        Failure(told(missing)).show()
        sys.exit(UNUSABLE)
    except Exception as error:
        if os.environ.get("RELOCATION_DEBUG"):
            raise
        _show_unexpected(error)
        sys.exit(FAILED)


def _show_unexpected(error: Exception) -> None:
    """Kind and place only: an error's words could carry what was read."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
    told = f"unexpected {type(error).__name__}{place}; this is a fault of the program, please report it"
    Failure(f"{told} (RELOCATION_DEBUG=1 shows the traceback)").show()


if __name__ == "__main__":
    main()
