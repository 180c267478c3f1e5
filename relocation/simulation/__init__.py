"""A made-up country: where people really went, what sources would say of it, and what goes wrong on the way."""
