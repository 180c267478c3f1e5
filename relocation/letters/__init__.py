"""``relocation dead-letters``: what was refused or given up and why, and trying again what is held of it."""
