"""The host command `skein`: one group, each command in the folder of its subject."""

import click

from tools.bench.commands import bench, size
from tools.hardware import BoardError
from tools.hardware.commands import boards, config, deploy, doctor, flash, repl
from tools.hardware.key_commands import keys
from tools.model.commands import model
from tools.mpy.explain import explain
from tools.setup import SetupError
from tools.simulator.commands import sim
from tools.virtual.commands import demo, soak, trials


class _Group(click.Group):
    """Turns what the machine lacks into one sentence and exit code 1."""

    def invoke(self, ctx: click.Context):
        try:
            return super().invoke(ctx)
        except (SetupError, BoardError) as error:
            raise click.ClickException(f"{error}.") from None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="skein")
def main() -> None:
    """Skein: a coordination layer for ESP32 radio boards, seen from the host."""


main.add_command(demo)
main.add_command(soak)
main.add_command(trials)
main.add_command(sim)
main.add_command(model)
main.add_command(bench)
main.add_command(size)
main.add_command(boards)
main.add_command(flash)
main.add_command(deploy)
main.add_command(doctor)
main.add_command(config)
main.add_command(keys)
main.add_command(repl)
main.add_command(explain)

if __name__ == "__main__":
    main()
