"""Dicts and lists that hold functions, as those from which a method is chosen by name: with rebuilt functions in them.

What is written into one is written into the original, too.
"""

from functools import wraps
from typing import Any

WRITING = {
    dict: "__setitem__ __delitem__ __ior__ clear pop popitem setdefault update",
    list: "__setitem__ __delitem__ __iadd__ __imul__ append clear extend insert pop remove reverse sort",
}


def writing(cls: type, name: str) -> Any:
    plain = getattr(cls, name)

    @wraps(plain)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        plain(self.original, *args, **kwargs)
        made = plain(self, *args, **kwargs)
        self.seen = contents(self.original)
        return made

    return method


class Dict(dict):
    in_place_of = dict
    original: dict[Any, Any]
    seen: list[Any]


class List(list):
    in_place_of = list
    original: list[Any]
    seen: list[Any]


for _cls, _names in WRITING.items():
    for _name in _names.split():
        setattr(Dict if _cls is dict else List, _name, writing(_cls, _name))


def values(original: Any) -> Any:
    return original.values() if isinstance(original, dict) else original


def contents(original: Any) -> list[Any]:
    return [*original, *original.values()] if isinstance(original, dict) else list(original)


def fill(table: Any, convert: Any) -> None:
    """Put what `table.original` holds now into table, converted."""
    original = table.original
    table.seen = contents(original)
    if isinstance(original, dict):
        dict.clear(table)
        dict.update(table, {key: convert(v) for key, v in original.items()})
    else:
        list.__setitem__(table, slice(None), map(convert, original))


def is_current(table: Any) -> bool:
    """Does the original still hold what it held?"""
    now = contents(table.original)
    return len(now) == len(table.seen) and all(a is b for a, b in zip(now, table.seen))
