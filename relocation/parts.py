"""The parts of the platform as the settings choose them: places, rules, policy, signals, intake and heart."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

from processors.heart import Heart
from processors.intake import Intake
from processors.places import Gazetteer
from processors.policy import Policy
from processors.policy_file import default_policy_text, parse_policy
from processors.rules import Rules, default_rules_text, parse_rules
from processors.signals import Signals, default_signals_text, parse_signals
from processors.tokens import InvalidKey, Tokeniser
from relocation.exits import UNUSABLE, Failure
from relocation.settings import Settings

T = TypeVar("T")


@cache
def gazetteer() -> Gazetteer:
    """The places, read once."""
    return Gazetteer.load()


def rules_of(settings: Settings) -> Rules:
    """The rules in force. Raises Failure."""
    return _parsed(settings.rules, rules_text_of(settings), parse_rules)


def policy_of(settings: Settings) -> Policy:
    """The policy in force. Raises Failure."""
    window_ms = rules_of(settings).window_ms
    return _parsed(settings.policy, policy_text_of(settings), lambda text: parse_policy(text, window_ms=window_ms))


def signals_of(settings: Settings) -> Signals:
    """The catalogue of signals in force. Raises Failure."""
    return _parsed(settings.signals, signals_text_of(settings), parse_signals)


def rules_text_of(settings: Settings) -> str:
    """The text of the rules in force."""
    return _text_of(settings.rules, default_rules_text)


def policy_text_of(settings: Settings) -> str:
    """The text of the policy in force."""
    return _text_of(settings.policy, default_policy_text)


def signals_text_of(settings: Settings) -> str:
    """The text of the catalogue in force."""
    return _text_of(settings.signals, default_signals_text)


def hashes_of(settings: Settings) -> dict[str, str]:
    """By which it can be told which rules, policy and signals were in force: SHA-256 of their texts, 16 hex digits."""
    texts = {
        "rules": rules_text_of(settings),
        "policy": policy_text_of(settings),
        "signals": signals_text_of(settings),
    }
    return {name: hashlib.sha256(text.encode()).hexdigest()[:16] for name, text in texts.items()}


def tokeniser_of(settings: Settings) -> Tokeniser:
    """Makes tokens with the key that is set. Raises Failure when there is none."""
    if settings.key is None:
        raise Failure(
            "RELOCATION_TOKEN_KEY is not set: write at least 32 bytes as hex digits, "
            "for example from `openssl rand -hex 32`",
            UNUSABLE,
        )
    try:
        return Tokeniser(settings.key)
    except InvalidKey as invalid:
        raise Failure(f"RELOCATION_TOKEN_KEY cannot be used: {invalid}", UNUSABLE) from None


def intake_of(settings: Settings) -> Intake:
    """Intake with what is in force. Raises Failure."""
    return Intake(gazetteer(), tokeniser_of(settings), policy_of(settings), signals_of(settings))


def heart_of(settings: Settings) -> Heart:
    """A new heart with the rules in force. Raises Failure."""
    return Heart(rules_of(settings), gazetteer())


def _text_of(path: Path | None, default: Callable[[], str]) -> str:
    if path is None:
        return default()
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise Failure(f"{path} cannot be read: name a text file", UNUSABLE) from None


def _parsed(path: Path | None, text: str, parse: Callable[[str], T]) -> T:
    try:
        return parse(text)
    except ValueError as invalid:
        named = path or "a packaged file"
        told = "\n".join(f"{named}: {line}" for line in str(invalid).splitlines())
        raise Failure(told, UNUSABLE) from None
