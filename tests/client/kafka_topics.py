"""The topics that publishers know, on a broker where nobody made them yet."""

from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

PARTITIONS = 4
DEADLINE_S = 30


def made_for_publishers(bootstrap):
    """``intake.control``, ``intake.vehicle`` and ``receipts``; others may be there, or make them at the same time."""
    appended = {"message.timestamp.type": "LogAppendTime"}
    topics = [
        NewTopic("intake.control", PARTITIONS, config=appended),
        NewTopic("intake.vehicle", PARTITIONS, config=appended),
        NewTopic("receipts", PARTITIONS),
    ]
    admin = AdminClient({"bootstrap.servers": bootstrap})  # held: it gives up what it was asked when it goes
    for made in admin.create_topics(topics).values():
        made.exception(DEADLINE_S)
