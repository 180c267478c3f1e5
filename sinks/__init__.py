"""Where events end: ClickHouse, dead letters, webhooks."""
