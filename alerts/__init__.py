"""The life of an alert: projection, API, console, notification."""
