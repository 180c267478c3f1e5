"""Contracts: the messages that cross the platform, their JSON and Avro forms."""
