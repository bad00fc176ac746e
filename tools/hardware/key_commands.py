"""`skein keys`: make, hand out and compare the keys of a mesh."""

import click

from tools.hardware import keys as making
from tools.hardware.commands import ports_option
from tools.hardware.port import Port
from tools.hardware.several import on_each


@click.group()
def keys():
    """Let the boards of a mesh authenticate their frames by a key that they share.

    Without the key nobody in range makes a frame that they read.  Nothing is encrypted, and the
    key lies readable on each board: who holds one has it.
    """


@keys.command()
def new():
    """Print a new key."""
    click.echo(making.new())


@keys.command("set")
@click.option("--key", help="32 hexadecimal digits; a new one if not said.")
@ports_option
def set_key(key, ports):
    """Give the same key to boards and restart them; prints its fingerprint, and a new key."""
    chosen = key if key is not None else making.new()
    mark = making.fingerprint(chosen)

    def work(name, _on_progress):
        making.put(Port(name), chosen)
        return f"has key {mark}, and restarted."

    if key is None:
        click.echo(f"The key, for other boards: {chosen}")
    on_each(ports, work)


@keys.command()
@ports_option
def show(ports):
    """Tell the fingerprint of each board's key: boards of one mesh have the same."""

    def work(name, _on_progress):
        key = making.of(Port(name))
        return f"key {making.fingerprint(key)}" if key else "no key: anyone in range can take part"

    on_each(ports, work)


@keys.command()
@ports_option
def remove(ports):
    """Take the key from boards and restart them."""

    def work(name, _on_progress):
        making.put(Port(name), "")
        return "has no key any more, and restarted."

    on_each(ports, work)
