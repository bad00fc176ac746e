"""The host command `skein`: one group, each command in the folder of its subject."""

import click

from tools.bench.commands import bench, size
from tools.setup import SetupError
from tools.simulator.commands import sim
from tools.virtual.commands import demo, soak


class _Group(click.Group):
    """Turns what the machine lacks into one sentence and exit code 1."""

    def invoke(self, ctx: click.Context):
        try:
            return super().invoke(ctx)
        except SetupError as error:
            raise click.ClickException(f"{error}.") from None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="skein")
def main() -> None:
    """Skein: a coordination layer for ESP32 radio boards, seen from the host."""


main.add_command(demo)
main.add_command(soak)
main.add_command(sim)
main.add_command(bench)
main.add_command(size)
