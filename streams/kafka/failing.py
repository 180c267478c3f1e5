"""What brokers and the client's library say went wrong, in words with what to do."""

from confluent_kafka import KafkaError

_AWAY = "no broker answers there: see that they run, that it is their address, and if they want RELOCATION_KAFKA_TLS"
_WHO = "the brokers do not let this client in: see RELOCATION_KAFKA_USER, its password and RELOCATION_KAFKA_MECHANISM"
_SLOW = "the brokers do not answer in time: see that they run and can be reached; trying again may help"
_RIGHTS = "this client may not do that: give its user the right to it"
_WORDS = {
    "_TRANSPORT": _AWAY,
    "_ALL_BROKERS_DOWN": _AWAY,
    "_DESTROY": _AWAY,
    "_RESOLVE": "the name of a broker is not known: see how RELOCATION_KAFKA is written, and the name server",
    "_SSL": "TLS fails: see that RELOCATION_KAFKA_CA vouches for the brokers, under the names by which they are called",
    "_AUTHENTICATION": _WHO,
    "SASL_AUTHENTICATION_FAILED": _WHO,
    "UNSUPPORTED_SASL_MECHANISM": _WHO,
    "_TIMED_OUT": _SLOW,
    "_TIMED_OUT_QUEUE": _SLOW,
    "_MSG_TIMED_OUT": _SLOW,
    "REQUEST_TIMED_OUT": _SLOW,
    "NOT_ENOUGH_REPLICAS": "too few brokers run to keep what is written safe: start the others",
    "TOPIC_AUTHORIZATION_FAILED": _RIGHTS,
    "GROUP_AUTHORIZATION_FAILED": _RIGHTS,
    "CLUSTER_AUTHORIZATION_FAILED": _RIGHTS,
    "UNKNOWN_TOPIC_OR_PART": "there is no such topic: run `relocation topics create`",
    "_UNKNOWN_PARTITION": "no broker leads such a partition: see that they run, and `relocation topics check`",
    "COORDINATOR_NOT_AVAILABLE": "the brokers have just begun: try again in a moment",
    "COORDINATOR_LOAD_IN_PROGRESS": "the brokers have just begun: try again in a moment",
    "LEADER_NOT_AVAILABLE": "the brokers have just begun: try again in a moment",
}
_TELLING = frozenset({"_SSL", "_AUTHENTICATION", "_RESOLVE", "SASL_AUTHENTICATION_FAILED"})


class Complaints:
    """What connections failed of: a client hears of it by the way, and then only says that nobody answers."""

    def __init__(self) -> None:
        self._heard: str | None = None

    def hear(self, error: KafkaError) -> None:
        """For a client's ``error_cb``; called while the client is polled."""
        if error.name() in _TELLING:
            self._heard = error.name()

    @property
    def is_final(self) -> bool:
        """Whether asking again does not help before somebody changes something."""
        return self._heard is not None and self._heard != "_RESOLVE"

    def in_words(self, failed: KafkaError | str) -> str:
        """Why something failed."""
        return in_words(self._heard or failed)


def in_words(error: KafkaError | str) -> str:
    """In words, and the name by which manuals know it."""
    name = error if isinstance(error, str) else error.name()
    words = _WORDS.get(name)
    if words is None:
        return name if isinstance(error, str) else f"{error.str()} ({name})"
    return f"{words} ({name})"
