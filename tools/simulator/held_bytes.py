"""How many bytes the tables of a node hold."""


def held_bytes(part: object, met: set[int]) -> int:
    """Bytes of all buffers and arrays that are reachable from `part`: what a node keeps."""
    if id(part) in met:
        return 0
    met.add(id(part))
    if isinstance(part, (bytearray, bytes)):
        return len(part)
    if hasattr(part, "itemsize"):
        return len(part) * part.itemsize
    if isinstance(part, list):
        return sum(held_bytes(item, met) for item in part)
    if type(part).__module__.startswith("skein."):
        return sum(held_bytes(value, met) for value in vars(part).values())
    return 0
