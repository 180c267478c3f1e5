"""What surrounds the platform: how it is run for others, and the real servers that it is tried against."""
