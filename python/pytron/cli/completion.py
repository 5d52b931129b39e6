"""`pytron completion`: what shells need to complete its words."""

from __future__ import annotations

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "fish", "zsh"]))
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    r"""Print the completion script for a shell.

    \b
    bash: put  eval "$(pytron completion bash)"  into ~/.bashrc
    zsh:  put  eval "$(pytron completion zsh)"  into ~/.zshrc
    fish: pytron completion fish > ~/.config/fish/completions/pytron.fish
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None, shell
    root = context.find_root().command
    click.echo(found(root, {}, "pytron", "_PYTRON_COMPLETE").source())
    return 0
