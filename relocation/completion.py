"""``relocation completion``: the shell's completion script."""

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of SHELL.

    \b
    bash:  relocation completion bash >> ~/.bashrc
    zsh:   relocation completion zsh >> ~/.zshrc
    fish:  relocation completion fish > ~/.config/fish/completions/relocation.fish
    """
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError("use bash, zsh or fish")
    click.echo(found(ctx.find_root().command, {}, "relocation", "_RELOCATION_COMPLETE").source())
