"""What Kafka is told, so that tests of it are quick and honest."""

CLIENTS, CONTROLLERS = "BROKER", "CONTROLLER"
"""The names of the two listeners of every broker."""
SETTINGS = {
    "process.roles": "broker,controller",
    "listener.security.protocol.map": f"{CLIENTS}:PLAINTEXT,{CONTROLLERS}:PLAINTEXT",
    "inter.broker.listener.name": CLIENTS,
    "controller.listener.names": CONTROLLERS,
    # Nothing is made by accident, and no group waits for members that do not come.
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "500",
    # Small: a test makes few topics, and each partition costs files.
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.num.partitions": "1",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "log.cleaner.dedupe.buffer.size": "16777216",
    # Prompt: tests of compaction, retention and lost brokers do not wait for minutes.
    "log.cleaner.backoff.ms": "1000",
    "log.retention.check.interval.ms": "1000",
    "log.initial.task.delay.ms": "500",
    "broker.heartbeat.interval.ms": "1000",
    "broker.session.timeout.ms": "6000",
}


def replication(brokers: int) -> dict[str, str]:
    """As many copies as brokers, at most three; what three acknowledged survives the loss of one."""
    copies = str(min(3, brokers))
    in_sync = "2" if copies == "3" else "1"
    topics = ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")
    return (
        {f"{topic}.replication.factor": copies for topic in topics}
        | {"default.replication.factor": copies, "min.insync.replicas": in_sync}
        | {"transaction.state.log.min.isr": in_sync, "share.coordinator.state.topic.min.isr": in_sync}
    )


def listening(number: int, address: str, *, clients: int, controllers: int, advertised: str) -> dict[str, str]:
    """Who a broker is, on which ports of ``address`` it listens, and where it tells clients to go (``host:port``)."""
    return {
        "node.id": str(number),
        "listeners": f"{CLIENTS}://{address}:{clients},{CONTROLLERS}://{address}:{controllers}",
        "advertised.listeners": f"{CLIENTS}://{advertised}",
    }
