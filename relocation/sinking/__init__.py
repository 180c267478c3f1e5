"""The sink's process: Kafka joined to the history."""
