"""What a form of the console sends: read here once, for every route that takes one."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, HTTPException, Request

FORM = "application/x-www-form-urlencoded"
FIELDS_MAX = 500


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form, each once. Raises HTTPException (415, 422) for what no form of ours sends."""
    return dict(await _pairs_of(request, 20))


async def form_about_many(request: Request) -> tuple[dict[str, str], list[str]]:
    """The fields of a form and what was picked in it (every ``pick``). Raises HTTPException as ``form_of``."""
    pairs = await _pairs_of(request, FIELDS_MAX)
    return {name: value for name, value in pairs if name != "pick"}, [value for name, value in pairs if name == "pick"]


async def _pairs_of(request: Request, fields_max: int) -> list[tuple[str, str]]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise HTTPException(415)
    try:
        return parse_qsl((await request.body()).decode("utf-8"), keep_blank_values=True, max_num_fields=fields_max)
    except ValueError:
        raise HTTPException(422) from None


Given = Annotated[dict[str, str], Depends(form_of)]
GivenAboutMany = Annotated[tuple[dict[str, str], list[str]], Depends(form_about_many)]
