"""``relocation console``: shows alerts, on Kafka."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from relocation.serving import face_options, serve_face
from relocation.settings import settings_of

if TYPE_CHECKING:
    from fastapi import FastAPI


@click.command()
@face_options
def console(**flags: object) -> None:
    """Show alerts and let coordinators act on them, from Kafka; start as many as you like.

    Serves the page, /api/v1/alerts, /api/v1/subjects, /api/v1/history, /healthz, /readyz and /metrics.
    Prints one line `ready http://...` on stdout once it serves, which is when it has read all alerts;
    SIGTERM or Ctrl-C ends it with exit 0. Without RELOCATION_CLICKHOUSE it says that there is no history.
    """
    settings = settings_of(**flags)
    with ExitStack() as stack:

        def opened() -> "FastAPI":
            from relocation.faces import console_app  # heavy: imported when the arguments are known to be usable

            return console_app(stack, settings)

        serve_face(stack, settings, opened)
