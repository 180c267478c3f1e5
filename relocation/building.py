"""Puts the embedded platform together from the settings: folder, parts, runtime, history, HTTP and console."""

from contextlib import ExitStack

from fastapi import FastAPI
from pydantic import SecretStr

from alerts.console.problem_page import problem_page
from alerts.console.router import console_router
from alerts.console.units import known_units
from alerts.http.app import build_app
from alerts.http.history_routes import history_router
from alerts.http.options import LOOPBACK_HOSTS, HttpOptions
from relocation.clock import now_ms
from relocation.duty import console_options
from relocation.historian import Historian, open_historian
from relocation.parts import gazetteer, hashes_of, heart_of, intake_of, policy_of, rules_of, tokeniser_of
from relocation.progress import Told
from relocation.settings import Settings
from streams.embedded.engine import Parts
from streams.embedded.folder import DataFolder
from streams.embedded.platform import EmbeddedPlatform


def open_platform(stack: ExitStack, settings: Settings, tell: Told) -> EmbeddedPlatform:
    """The platform over the data folder, started; ``stack`` ends it and lets go of the folder.

    Raises Failure, FolderHeld, FolderDamaged, KeyMismatch, Unavailable.
    """
    folder = DataFolder(settings.data)
    stack.enter_context(folder.held())
    keyed = settings.model_copy(update={"token_key": SecretStr(folder.token_key(settings.key).hex())})
    parts = parts_of(keyed, tell)
    folder.prepare()
    platform = EmbeddedPlatform(folder, parts, key_check=tokeniser_of(keyed).check_value, hashes=hashes_of(keyed))
    stack.callback(platform.close)
    platform.start()
    return platform


def parts_of(settings: Settings, tell: Told) -> Parts:
    """What the runtime is made of."""
    places, policy = gazetteer(), policy_of(settings)
    return Parts(
        intake=intake_of(settings),
        make_heart=lambda: heart_of(settings),
        region_of=lambda code: places.place(code).region,
        term_of=policy.term_ms,
        targeted_after_of=policy.targeted_after_ms,
        repeat_ms=rules_of(settings).repeat_ms,
        now=now_ms,
        progress=tell,
    )


def open_history(stack: ExitStack, settings: Settings, platform: EmbeddedPlatform) -> Historian:
    """The history, being fed in the background; ``stack`` ends it before the platform."""
    folder = DataFolder(settings.data)
    historian = open_historian(settings, folder.log, folder.history, now=now_ms, complete_until=platform.complete_until)
    stack.callback(historian.close)
    historian.start(platform.metrics.registry)
    platform.carry_destruction(historian.destroyed_up_to)
    return historian


def app_over(platform: EmbeddedPlatform, settings: Settings, history: Historian) -> FastAPI:
    """The HTTP face with history and console."""
    options = console_options(settings)
    address = settings.http_address
    hosts = ("*",) if settings.unprotected and not address.is_loopback else LOOPBACK_HOSTS
    return build_app(
        platform,
        HttpOptions(
            allowed_hosts=hosts,
            unprotected=settings.unprotected,
            viewer=options.viewer,
            routers=[history_router(history), console_router(platform, options)],
            registry=platform.metrics.registry,
            problem_page=problem_page(options),
            units=known_units(options.places),
        ),
    )
