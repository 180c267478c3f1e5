"""The settings: one model for all commands (DESIGN section 8)."""

import os
import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from alerts.addresses import Address
from relocation.exits import UNUSABLE, Failure
from schemas.times import HOUR_MS
from streams.kafka.access import MECHANISMS, Access

CONFIG = "relocation.toml"
KEY_BYTES_MIN = 32
_PREFIX = "RELOCATION_"
_SECRETS = ("token_key", "clickhouse", "kafka", "kafka_password", "schema_registry", "mail_password")
"""Settings that are or may hold a secret (a URL with a password): each is also read from a file, ``…_FILE``."""
_SECRET_BYTES_MAX = 64 * 1024
_PREFIX_MAX = 60
_KAFKA_PREFIX = re.compile(rf"(?:[A-Za-z0-9][A-Za-z0-9.-]{{0,{_PREFIX_MAX - 1}}})?")
_PASSWORD = re.compile(r"[ -~]{1,1000}")
"""What any mail server takes: they do not agree on how other letters are written."""
_UNIT = re.compile(r"[a-z0-9-]{3,60}")
_URL = re.compile(r"https?://[^\s/]+.*")

_HINTS = {
    "data": "write a folder, for example RELOCATION_DATA=./data",
    "http": "write host:port, for example RELOCATION_HTTP=127.0.0.1:8080 (port 0 lets the system choose)",
    "metrics": "write host:port, for example RELOCATION_METRICS=127.0.0.1:9090",
    "token_key": f"write at least {KEY_BYTES_MIN} bytes as hex digits ({2 * KEY_BYTES_MIN} or more of 0-9 a-f), "
    "for example from `openssl rand -hex 32`",
    "rules": "write the path of a rules.toml, or leave it out for the rules that come with the program",
    "policy": "write the path of a policy.toml, or leave it out for the policy that comes with the program",
    "signals": "write the path of a signals.toml, or leave it out for the catalogue that comes with the program",
    "notify": "write the path of a notify.toml, or leave it out and nobody is notified",
    "mail_password": "write the password of the user that notify.toml names: one line, letters without accents",
    "kafka": "write bootstrap servers, for example RELOCATION_KAFKA=broker-1:9092,broker-2:9092",
    "kafka_prefix": f"write at most {_PREFIX_MAX} letters, digits, dots or hyphens, for example "
    "RELOCATION_KAFKA_PREFIX=cemi-test.",
    "kafka_tls": "write true or false",
    "kafka_ca": "write the path of a PEM file with the certificates of who vouches for the brokers",
    "kafka_certificate": "write the path of a PEM file with the certificate of this client",
    "kafka_certificate_key": "write the path of a PEM file with the key of that certificate, without a password",
    "kafka_user": "write the name under which the brokers know this client",
    "kafka_mechanism": f"write one of {', '.join(MECHANISMS)}",
    "schema_registry": "write a URL, for example RELOCATION_SCHEMA_REGISTRY=http://registry:8080/apis/ccompat/v7",
    "clickhouse": "write a URL, for example RELOCATION_CLICKHOUSE=http://localhost:8123",
    "escalate_hours": "write a number of hours greater than 0 and at most 720, for example RELOCATION_ESCALATE_HOURS=8",
    "unit": "write the id of a unit, for example RELOCATION_UNIT=den-haag, or leave it out for the whole country",
    "unprotected": "write true or false",
}


class UnusableSettings(Exception):
    """Which settings cannot be used, and what to write instead; one line each, no value is ever repeated."""


class Settings(BaseSettings):
    """Every setting of every command. Unset is None where that means something (no Kafka: embedded)."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", env_ignore_empty=True, frozen=True)

    data: Path = Field(Path("data"), description="Folder of the embedded log and history.")
    http: str = Field("127.0.0.1:8080", description="Where HTTP is served.")
    kafka: SecretStr | None = Field(None, description="Bootstrap servers; unset: embedded.")
    kafka_prefix: str = Field("", description="Before the name of every topic and group, on a shared cluster.")
    kafka_tls: bool = Field(False, description="Speak TLS with the brokers.")
    kafka_ca: Path | None = Field(None, description="PEM of who vouches for the brokers; unset: the system's.")
    kafka_certificate: Path | None = Field(None, description="PEM of this client's certificate.")
    kafka_certificate_key: Path | None = Field(None, description="PEM of its key.")
    kafka_user: str | None = Field(None, description="Who this client is to the brokers (SASL).")
    kafka_password: SecretStr | None = Field(None, description="The password of that user.")
    kafka_mechanism: str = Field(MECHANISMS[-1], description="How it proves to be that user.")
    schema_registry: SecretStr | None = Field(None, description="URL of the schema registry.")
    clickhouse: SecretStr | None = Field(None, description="URL of ClickHouse; unset: embedded.")
    metrics: str | None = Field(None, description="Where metrics are served besides /metrics.")
    token_key: SecretStr | None = Field(None, description="Key of the tokens, hex.")
    rules: Path | None = Field(None, description="rules.toml instead of the packaged one.")
    policy: Path | None = Field(None, description="policy.toml instead of the packaged one.")
    signals: Path | None = Field(None, description="signals.toml instead of the packaged one.")
    notify: Path | None = Field(None, description="notify.toml: who is told of alerts by webhook and e-mail.")
    mail_password: SecretStr | None = Field(None, description="The password with which mail is sent.")
    escalate_hours: float = Field(8, gt=0, le=720, description="Hours after which an alert that nobody has escalates.")
    unit: str | None = Field(None, description="Unit of the console's local identity until a browser chooses one.")
    unprotected: bool = Field(False, description="Serve an address that others can reach, without sign-in.")

    @field_validator("http", "metrics")
    @classmethod
    def _is_address(cls, told: str | None) -> str | None:
        if told is not None:
            Address.of(told)
        return told

    @field_validator("token_key")
    @classmethod
    def _is_key(cls, told: SecretStr | None) -> SecretStr | None:
        if told is not None and not _is_hex_key(told.get_secret_value().strip()):
            raise ValueError("this is no key")
        return told

    @field_validator("mail_password")
    @classmethod
    def _is_password(cls, told: SecretStr | None) -> SecretStr | None:
        if told is not None and _PASSWORD.fullmatch(told.get_secret_value()) is None:
            raise ValueError("this is no password")
        return told

    @field_validator("unit")
    @classmethod
    def _is_unit(cls, told: str | None) -> str | None:
        if told is not None and _UNIT.fullmatch(told) is None:
            raise ValueError("this is no unit")
        return told

    @field_validator("kafka_prefix")
    @classmethod
    def _is_prefix(cls, told: str) -> str:
        if _KAFKA_PREFIX.fullmatch(told) is None:
            raise ValueError("this is no prefix")
        return told

    @field_validator("schema_registry")
    @classmethod
    def _is_url(cls, told: SecretStr | None) -> SecretStr | None:
        if told is not None and _URL.fullmatch(told.get_secret_value()) is None:
            raise ValueError("this is no URL")
        return told

    @field_validator("kafka_mechanism")
    @classmethod
    def _is_mechanism(cls, told: str) -> str:
        if told not in MECHANISMS:
            raise ValueError("this is no mechanism")
        return told

    @field_validator("rules", "policy", "signals", "notify", "kafka_ca", "kafka_certificate", "kafka_certificate_key")
    @classmethod
    def _is_file(cls, told: Path | None) -> Path | None:
        if told is not None and not told.is_file():
            raise ValueError("there is no such file")
        return told

    @property
    def key(self) -> bytes | None:
        """The token key that was set, or None."""
        return None if self.token_key is None else bytes.fromhex(self.token_key.get_secret_value().strip())

    @property
    def escalates_ms(self) -> int:
        """After how long an alert that nobody has escalates."""
        return round(self.escalate_hours * HOUR_MS)

    @property
    def http_address(self) -> Address:
        """Where HTTP is served."""
        return Address.of(self.http)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic hands it over
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, the environment, files that it names, ``relocation.toml``: the first that says it wins."""
        return init_settings, env_settings, _NamedFiles(settings_cls), _Toml(settings_cls)


def load_settings(**flags: Any) -> Settings:
    """The settings in force; a flag that is None was not given. Raises UnusableSettings."""
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        raise UnusableSettings(
            "\n".join(_told(problem["loc"], problem["type"]) for problem in error.errors())
        ) from None


def settings_of(**flags: Any) -> Settings:
    """As ``load_settings``, for a command: what cannot be used ends it with exit code 2."""
    try:
        return load_settings(**flags)
    except UnusableSettings as unusable:
        raise Failure(str(unusable), UNUSABLE) from None


def kafka_of(settings: Settings) -> Access:
    """The brokers, and as whom. Raises Failure where there are none, or where what belongs together is not."""
    if settings.kafka is None:
        raise Failure("RELOCATION_KAFKA is not set: write bootstrap servers, as broker-1:9092,broker-2:9092", UNUSABLE)
    if (settings.kafka_user is None) != (settings.kafka_password is None):
        raise Failure("set RELOCATION_KAFKA_USER and RELOCATION_KAFKA_PASSWORD, or neither of them", UNUSABLE)
    if (settings.kafka_certificate is None) != (settings.kafka_certificate_key is None):
        told = "set RELOCATION_KAFKA_CERTIFICATE and RELOCATION_KAFKA_CERTIFICATE_KEY, or neither of them"
        raise Failure(told, UNUSABLE)
    if (settings.kafka_ca or settings.kafka_certificate) and not settings.kafka_tls:
        raise Failure("RELOCATION_KAFKA_TLS is not true, and certificates are set: set it, or unset them", UNUSABLE)
    return Access(
        settings.kafka.get_secret_value(),
        tls=settings.kafka_tls,
        ca=_path(settings.kafka_ca),
        certificate=_path(settings.kafka_certificate),
        certificate_key=_path(settings.kafka_certificate_key),
        user=settings.kafka_user,
        password="" if settings.kafka_password is None else settings.kafka_password.get_secret_value(),
        mechanism=settings.kafka_mechanism,
    )


def _path(told: Path | None) -> str | None:
    return None if told is None else str(told)


def _told(where: tuple[int | str, ...], kind: str) -> str:
    name = str(where[0]) if where else "?"
    if kind == "extra_forbidden":
        known = ", ".join(sorted(Settings.model_fields))
        return f"{CONFIG}: a setting is not known; the known ones are: {known}"
    other = "or …_FILE" if name in _SECRETS else f"--{name.replace('_', '-')}"
    return f"{_PREFIX}{name.upper()} ({other}) cannot be used: {_HINTS.get(name, 'see --help')}"


class _Given(PydanticBaseSettingsSource):
    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        return None, field_name, False


class _NamedFiles(_Given):
    """``RELOCATION_TOKEN_KEY_FILE=/run/secrets/key``: the secret is what the file holds."""

    def __call__(self) -> dict[str, Any]:
        named = {name: os.environ.get(f"{_PREFIX}{name.upper()}_FILE") for name in _SECRETS}
        return {name: _secret_in(name, path) for name, path in named.items() if path}


def _secret_in(name: str, path: str) -> str:
    try:
        with Path(path).open("rb") as opened:
            return opened.read(_SECRET_BYTES_MAX).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        variable = f"{_PREFIX}{name.upper()}_FILE"
        raise UnusableSettings(f"{variable} cannot be used: name a file that can be read and holds text") from None


class _Toml(_Given):
    """``relocation.toml`` of the working folder, or the file that ``RELOCATION_CONFIG`` names."""

    def __call__(self) -> dict[str, Any]:
        named = os.environ.get(_PREFIX + "CONFIG")
        path = Path(named or CONFIG)
        if not named and not path.exists():
            return {}
        try:
            return tomllib.loads(path.read_text("utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise UnusableSettings(f"{path} is no TOML: {error}") from None
        except (OSError, UnicodeDecodeError):
            raise UnusableSettings(f"{path} cannot be read: name a text file with RELOCATION_CONFIG") from None


def _is_hex_key(told: str) -> bool:
    try:
        return len(bytes.fromhex(told)) >= KEY_BYTES_MIN
    except ValueError:
        return False
