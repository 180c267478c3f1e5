"""The HTTP face: gateway and read API of DESIGN section 8, on FastAPI."""
