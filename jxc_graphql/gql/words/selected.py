"""Selection sets of queries that the program asks itself, made of the paths of fields."""

from collections.abc import Iterable

Path = tuple[str, ...]


def selection(paths: Iterable[Path]) -> str:
    """What selects the fields at the ends of these paths; a field may have arguments behind its name."""
    below: dict[str, list[Path]] = {}
    for head, *rest in paths:
        below.setdefault(head, []).extend([tuple(rest)] if rest else [])
    return "{ " + " ".join(f"{name} {selection(some)}" if some else name for name, some in below.items()) + " }"
