"""The command and the settings: the one place that puts the parts together."""
