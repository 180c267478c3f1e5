"""What ``relocation.client`` is made of; needs nothing of the platform but its contracts."""
