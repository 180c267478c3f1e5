"""Puts the faces on Kafka together from the settings: a gateway, or a console."""

from contextlib import ExitStack
from dataclasses import replace

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from alerts.console.problem_page import problem_page
from alerts.console.router import console_router
from alerts.console.units import known_units
from alerts.http.app import build_console, build_gateway
from alerts.http.history_routes import history_router, no_history_router
from alerts.http.options import LOOPBACK_HOSTS, HttpOptions, Limits
from processors.geography import Distances
from relocation.clock import now_ms
from relocation.clusters import cluster_of
from relocation.duty import console_options
from relocation.historian import store_on_server, writing_of
from relocation.parts import gazetteer, hashes_of, intake_of, rules_of
from relocation.past import PATIENCE_S, ServerPast
from relocation.settings import Settings
from relocation.sinking.answers import ServedHistory
from sinks.history import StoredHistory
from streams.kafka.console import Console
from streams.kafka.gateway_metrics import GatewayMetrics
from streams.kafka.opening_console import ConsoleOnly, open_console
from streams.kafka.opening_gateway import FaceParts, open_gateway

PUBLISH_THREADS = 64
"""They judge in turns; what most of them do is wait for brokers and for REGISTER."""


def gateway_app(stack: ExitStack, settings: Settings) -> FastAPI:
    """A gateway that works; ``stack`` ends it. Raises Failure and Unavailable."""
    metrics = GatewayMetrics()
    gateway = open_gateway(stack, cluster_of(settings), _parts(settings), metrics)
    options = http_options(settings, metrics.registry)
    return build_gateway(gateway, replace(options, limits=Limits(publish_threads=PUBLISH_THREADS)))


def console_app(stack: ExitStack, settings: Settings) -> FastAPI:
    """A console that works; ``stack`` ends it. Raises Failure and Unavailable."""
    past, history = _past(stack, settings)
    console = _console(stack, settings, past)
    looking = console_options(settings)
    pages = console_router(console, looking)
    asked = no_history_router() if history is None else history_router(history)
    options = replace(
        http_options(settings, CollectorRegistry()),
        routers=[asked, pages],
        viewer=looking.viewer,
        problem_page=problem_page(looking),
        units=known_units(looking.places),
    )
    return build_console(console, options)


def watching_console(stack: ExitStack, settings: Settings) -> Console:
    """A console to ask, without pages or history; ``stack`` ends it. Raises Failure and Unavailable."""
    return _console(stack, settings, None)


def _console(stack: ExitStack, settings: Settings, past: ServerPast | None) -> Console:
    places = gazetteer()
    only = ConsoleOnly(rules_of(settings), Distances(places), lambda code: places.place(code).region, past)
    return open_console(stack, cluster_of(settings), _parts(settings), only)


def http_options(settings: Settings, registry: CollectorRegistry) -> HttpOptions:
    """What the settings say of an HTTP face."""
    exposed = settings.unprotected and not settings.http_address.is_loopback
    hosts = ("*",) if exposed else LOOPBACK_HOSTS
    return HttpOptions(allowed_hosts=hosts, unprotected=settings.unprotected, registry=registry)


def _parts(settings: Settings) -> FaceParts:
    return FaceParts(intake_of(settings), now_ms, hashes_of(settings))


def _past(stack: ExitStack, settings: Settings) -> tuple[ServerPast | None, ServedHistory | None]:
    """The history on its server, for clicks, which do not wait for it, and for questions; None where there is none."""
    if settings.clickhouse is None:
        return None, None
    quick, patient = store_on_server(settings.clickhouse, patience_s=PATIENCE_S), store_on_server(settings.clickhouse)
    for store in (quick, patient):
        stack.callback(store.close)
    writing = writing_of(settings)
    past = ServerPast(quick, StoredHistory(quick, writing), now_ms)
    return past, ServedHistory(patient, StoredHistory(patient, writing))
