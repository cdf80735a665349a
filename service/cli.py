"""The command ``xueji``: finds the subcommands and turns errors into sentences."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import click

from service import commands
from service.errors import XuejiError


class Commands(click.Group):
    """The modules of service/commands; only the one asked for is imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{commands.__name__}.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """学籍业务流程编排。设置一律来自环境变量，见 docs/settings.md。"""


def main() -> None:
    """Entry point. An error of ours is a sentence and exit code 1, not a trace."""
    try:
        cli()
    except XuejiError as error:
        click.secho(f"错误：{error}", fg="red", err=True)
        sys.exit(1)
