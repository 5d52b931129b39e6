"""`pytron completion`: what shells need to complete its words."""

from __future__ import annotations

import os

import click
from click.shell_completion import CompletionItem, ShellComplete, add_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "fish", "powershell", "zsh"]))
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    """Print the completion script for a shell.

    \b
    bash: put  eval "$(pytron completion bash)"  into ~/.bashrc
    zsh:  put  eval "$(pytron completion zsh)"  into ~/.zshrc
    fish: pytron completion fish > ~/.config/fish/completions/pytron.fish
    PowerShell: put  pytron completion powershell | Out-String | Invoke-Expression  into $PROFILE
    """  # noqa: D301 - click wants the character itself
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None, shell
    root = context.find_root().command
    click.echo(found(root, {}, "pytron", "_PYTRON_COMPLETE").source())
    return 0


class PowerShell(ShellComplete):
    """PowerShell, which click does not know.

    Source: Register-ArgumentCompleter in the reference of PowerShell.
    """

    name = "powershell"
    # The words before the cursor are those that end before it; the one at the cursor comes apart.
    source_template = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($word, $tree, $position)
    $words = $tree.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $position } |
        ForEach-Object { $_.Extent.Text }
    $env:COMP_WORDS = $words -join "`n"
    $env:COMP_CWORD = $word
    $env:%(complete_var)s = "powershell_complete"
    try {
        %(prog_name)s | ForEach-Object {
            $kind, $value, $help = $_ -split "`t", 3
            if (-not $help) { $help = $value }
            [System.Management.Automation.CompletionResult]::new(
                $value, $value, "ParameterValue", $help)
        }
    } finally {
        Remove-Item "Env:COMP_WORDS", "Env:COMP_CWORD", "Env:%(complete_var)s"
    }
}
"""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor, and what stands at it."""
        words = os.environ["COMP_WORDS"].split("\n")[1:]
        return [word.strip("\"'") for word in words], os.environ.get("COMP_CWORD", "")

    def format_completion(self, item: CompletionItem) -> str:
        """One line: kind, word, help. Where files are meant it says nothing, and the shell does."""
        return f"{item.type}\t{item.value}\t{item.help or ''}" if item.type == "plain" else ""

    def complete(self) -> str:
        """All lines."""
        lines = super().complete().split("\n")
        return "\n".join(line for line in lines if line)


add_completion_class(PowerShell)
