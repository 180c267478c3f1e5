"""Real Kafka brokers and a real schema registry, for tests, measurements and development."""
