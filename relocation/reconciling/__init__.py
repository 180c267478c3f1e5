"""Proving on Kafka and ClickHouse that nothing is missing."""
