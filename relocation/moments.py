"""Moments as people write them on a command line."""

import click

from schemas.times import parse_time

_DAY_CHARACTERS = len("2026-03-01")


def moment(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """UTC ms of a time in RFC 3339, or of a day, which is its first moment in UTC. Raises BadParameter."""
    if value is None:
        return None
    try:
        return parse_time(f"{value}T00:00:00Z" if len(value) == _DAY_CHARACTERS else value)
    except ValueError:
        hint = "write a time such as 2026-03-01T20:15:00Z, or a day such as 2026-03-01"
        raise click.BadParameter(hint, ctx, param) from None
