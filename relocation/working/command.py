"""``relocation worker``: the command."""

import os
import signal
import socket
from pathlib import Path

import click

from alerts.addresses import Address
from relocation.agreeing import agree_or_fail
from relocation.exits import DONE, UNUSABLE, Failure
from relocation.logs import log_to_stderr
from relocation.settings import Settings, kafka_of, settings_of
from relocation.working.roles import ROLES
from relocation.working.supervisor import die_with_parent, supervise

SESSION_S = 15.0


@click.command()
@click.option("--role", type=click.Choice(ROLES), help="Play this role alone; without it a process is kept for each.")
@click.option("--instance", metavar="NAME", help="A name of its own, kept over restarts: it goes on at once then.")
@click.option("--stay", is_flag=True, help="Stay a member when stopped, for a restart within the session.")
@click.option(
    "--session", type=click.FloatRange(1, 300), default=SESSION_S, show_default=True, metavar="SECONDS",
    help="Others take over what it had when it is not heard of for so long.",
)  # fmt: skip
@click.option("--resume-halted", is_flag=True, help="Go on with partitions that were halted: too much was invalid.")
@click.option("--kafka", metavar="SERVERS", help="Bootstrap servers (RELOCATION_KAFKA).")
@click.option(
    "--metrics",
    metavar="HOST:PORT",
    help="Where to serve metrics (RELOCATION_METRICS); role by role on ports after it.",
)
@click.option("--rules", type=click.Path(path_type=Path), help="rules.toml to use (RELOCATION_RULES).")
@click.option("--policy", type=click.Path(path_type=Path), help="policy.toml to use (RELOCATION_POLICY).")
@click.option("--signals", type=click.Path(path_type=Path), help="signals.toml to use (RELOCATION_SIGNALS).")
@click.option("--supervised", is_flag=True, hidden=True)
def worker(  # noqa: PLR0913 - one an option
    *,
    role: str | None,
    instance: str | None,
    stay: bool,
    session: float,
    resume_halted: bool,
    supervised: bool,
    **flags: object,
) -> None:
    """Work on what lies in Kafka; start as many as you like, on any machine.

    \b
    intake      what publishers write to Kafka: form, place, legal gate, tokens
    register    which revision of an event wins, and to whom it gives sightings
    relocation  the window of every subject, and what is told of it
    desk        what coordinators ask of alerts

    Prints `ready` on stdout once what it was assigned is restored (a worker that is assigned nothing is ready
    too); SIGTERM or Ctrl-C ends it with exit 0, after the batch at hand, and others take over at once. Without
    --role it keeps a process for each role and starts anew what ends.
    """
    signal.signal(signal.SIGTERM, _end)
    if supervised:
        die_with_parent()
    settings = settings_of(**flags)
    kafka_of(settings)
    log_to_stderr()
    agree_or_fail(settings)
    if role is None:
        shared = _flags(instance, session, stay=stay, resume_halted=resume_halted, flags=flags)
        supervise({name: [*shared, *_metrics_of(settings, at)] for at, name in enumerate(ROLES)})
    named = instance or f"{socket.gethostname()}-{os.getpid()}"
    _play(settings, role, named, session, resume_halted=resume_halted, leaves=not stay)


def _flags(
    instance: str | None, session: float, *, stay: bool, resume_halted: bool, flags: dict[str, object]
) -> list[str]:
    given = [f"--session={session}"]
    if instance is not None:
        given.append(f"--instance={instance}")
    if stay:
        given.append("--stay")
    if resume_halted:
        given.append("--resume-halted")
    return [*given, *(f"--{name}={value}" for name, value in flags.items() if value is not None and name != "metrics")]


def _metrics_of(settings: Settings, at: int) -> list[str]:
    """Each role serves its measures on a port of its own: that of the settings, and those after it."""
    if settings.metrics is None:
        return []
    address = Address.of(settings.metrics)
    host = f"[{address.host}]" if ":" in address.host else address.host
    return [f"--metrics={host}:{address.port + at if address.port else 0}"]


def _end(signum: int, frame: object) -> None:
    """Told to stop before it works."""
    del signum, frame
    raise SystemExit(DONE)


def _play(  # noqa: PLR0913 - what was asked
    settings: Settings, role: str, instance: str, session_s: float, *, resume_halted: bool, leaves: bool
) -> None:
    from relocation.working.playing import Playing, play
    from streams.kafka.crashing import Crash, UnusableCrash

    try:
        crash = Crash.asked_for(role, os.environ)
    except UnusableCrash as unusable:
        raise Failure(str(unusable), UNUSABLE) from None
    play(settings, Playing(role, instance, session_s, crash, resume_halted, leaves))
