"""``relocation gateway``: takes what publishers send, on Kafka."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from relocation.serving import face_options, serve_face
from relocation.settings import settings_of

if TYPE_CHECKING:
    from fastapi import FastAPI


@click.command()
@face_options
def gateway(**flags: object) -> None:
    """Take in what publishers send over HTTP, and put it into Kafka; start as many as you like.

    Serves POST /api/v1/events, /healthz, /readyz and /metrics. Prints one line `ready http://...` on stdout
    once it serves, which is when it has read who is followed; SIGTERM or Ctrl-C ends it with exit 0, and
    what it accepted is in the log.
    """
    settings = settings_of(**flags)
    with ExitStack() as stack:

        def opened() -> "FastAPI":
            from relocation.faces import gateway_app  # heavy: imported when the arguments are known to be usable

            return gateway_app(stack, settings)

        serve_face(stack, settings, opened)
