"""The pure heart: decisions as functions of state and message."""
