"""`await` at the prompt: what was typed becomes the body of a task, which is waited for.

Imported when it is first needed.  Names that such a statement binds are local to it.
"""

import asyncio

from micropython import const

_NAME = "_awaited"
_LONGEST_S = const(60)  # the prompt must come back whatever is awaited


async def run(source: str, is_single: bool, namespace: dict) -> None:
    """Run statements with `await` in them; a single expression's value is printed.

    Raises what they raise, and TimeoutError when they take longer than a minute.
    """
    is_expression = _define("return (" + source.strip() + "\n)", namespace)
    if not is_expression:
        exec(compile(_task(source), "<stdin>", "exec"), namespace)
    try:
        value = await asyncio.wait_for(namespace[_NAME](), _LONGEST_S)
    finally:
        del namespace[_NAME]
    if is_single and is_expression and value is not None:
        print(repr(value))


def _define(body, namespace):
    try:
        exec(compile(_task(body), "<stdin>", "exec"), namespace)
    except SyntaxError:
        return False
    return True


def _task(body):
    return "async def " + _NAME + "():\n " + body.replace("\n", "\n ")
