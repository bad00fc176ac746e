"""Tables as Markdown that can be read as plain text, too."""

from collections.abc import Iterable, Sequence

NOTHING = "–"


def markdown(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; cells are shown by str().  The first column is text, the others are figures."""
    lines = [[str(cell) for cell in line] for line in (headings, *rows)]
    widths = [max(3, *(len(line[at]) for line in lines)) for at in range(len(headings))]
    head, *body = [_row(line, widths) for line in lines]
    rule = "|".join(
        "-" * (width + 1) + ("-" if at == 0 else ":") for at, width in enumerate(widths)
    )
    return "\n".join([head, f"|{rule}|", *body])


def figure(value: float | None, digits: int = 1) -> str:
    """A number with so many decimal places and thousands parted; a dash where there is none."""
    return NOTHING if value is None else f"{value:,.{digits}f}"


def _row(cells, widths):
    first, *others = [
        cell.ljust(width) if at == 0 else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "| " + " | ".join([first, *others]) + " |"
