"""``relocation policy``: what a policy permits, checked before it is used."""

from pathlib import Path

import click

from relocation.parts import policy_of, policy_text_of
from relocation.settings import settings_of
from schemas.times import DAY_MS


@click.group()
def policy() -> None:
    """Show the policy in force, and check one before it is used."""


@policy.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--rules", type=click.Path(path_type=Path), help="rules.toml that the terms have to fit (RELOCATION_RULES)."
)
def check(file: Path | None, rules: Path | None) -> None:
    """Check FILE (else the policy in force), and list what it permits.

    Every fault is told with its line and what to write instead; then it ends with 2.
    """
    found = policy_of(settings_of(policy=file, rules=rules))
    for rule in found.rules:
        identifiers = ", ".join(sorted(rule.identifiers)) or "none"
        click.echo(f"{rule.type:13} {rule.ground:28} {rule.term_ms // DAY_MS:>5} days  identifiers: {identifiers}")
    click.echo(f"{len(found.rules)} rules, no faults")


@policy.command()
def show() -> None:
    """Print the text of the policy in force (RELOCATION_POLICY, else the packaged one): a start for one of your own."""
    click.echo(policy_text_of(settings_of()), nl=False)
