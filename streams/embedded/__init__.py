"""The embedded runtime: the heart in one process, around a durable log on disk."""
