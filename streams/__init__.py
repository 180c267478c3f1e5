"""Topics, logs and the runtimes that carry messages through the heart."""
