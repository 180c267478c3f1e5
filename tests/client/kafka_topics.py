"""The topics that publishers know, on a broker where nobody made them yet."""

from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

PARTITIONS = 4
DEADLINE_S = 30


def made_for_publishers(bootstrap, prefix):
    """``intake.control``, ``intake.vehicle`` and ``receipts``."""
    appended = {"message.timestamp.type": "LogAppendTime"}
    topics = [
        NewTopic(f"{prefix}intake.control", PARTITIONS, config=appended),
        NewTopic(f"{prefix}intake.vehicle", PARTITIONS, config=appended),
        NewTopic(f"{prefix}receipts", PARTITIONS),
    ]
    admin = AdminClient({"bootstrap.servers": bootstrap})  # held: it gives up what it was asked when it goes
    for made in admin.create_topics(topics).values():
        made.result(DEADLINE_S)
