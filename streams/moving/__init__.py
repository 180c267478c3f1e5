"""Carries what an embedded log holds to Kafka, so that the distributed platform goes on where it stopped."""
