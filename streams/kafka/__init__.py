"""The distributed runtime: roles as workers on Kafka, each a fold of logs."""
