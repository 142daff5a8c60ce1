"""Who shares memory with whom: what a tracer notes of the arrays that NumPy would make views of it.

`items` of a tracer holds, in the order of what costs least,

    None            nothing is known, nothing is cached
    a dict          x[i], cached by i; and under the key ROW_OF, for a row x = y[i], a weak reference to y
    a list          weak references to views of x
    a tracer        x is a view of it
    a Kin           all of that, and what the first write found out

A view keeps its base alive, as in NumPy. A base keeps alive only the rows x[i] in its cache, and these do not keep it;
they are cached only where it is no view itself, so that when it is gone no one else has its memory.
"""

from typing import Any
from weakref import ref

ROW_OF = None  # a key that no index in the cache can be


class Kin(dict):
    """The cache of numbers x[i], with the relatives of x.

    base: the tracer that x is a view of, or None.
    views: weak references to the views of x.
    index: where x is known to be base[i], the tuple (i,).
    places: which elements of the common memory x shows, numbered, in the shape of x; None: not yet asked for.
    apart: the value of x is an array of its own, as x or a relative has been written into.
    frozen: NumPy lets nobody write into x, which was a read-only view.
    in_order: x shows the whole memory, in the order of the places.
    copies: what is read from x is a copy, as it is from y.flat.
    objects: a weak reference to what np.asarray made of x.
    """

    __slots__ = ("apart", "base", "copies", "frozen", "in_order", "index", "objects", "places", "views")

    base: Any
    index: Any
    places: Any
    views: list[Any]
    apart: bool
    frozen: bool
    in_order: bool
    copies: bool
    objects: Any


def kin_of(x: Any) -> Kin:
    """The Kin of a tracer, made of whatever `items` was until now."""
    items = x.items
    if type(items) is Kin:
        return items
    kin = Kin(items if type(items) is dict else ())
    kin.base = items if hasattr(items, "sweep") else None
    kin.views = items if type(items) is list else []
    kin.index = kin.places = kin.objects = None
    kin.apart = kin.frozen = kin.in_order = kin.copies = False
    x.items = kin
    return kin


def base_of(x: Any) -> Any:
    """The tracer that x was made from as a view, or None."""
    items = x.items
    if items is None or type(items) is list:
        return None
    if not isinstance(items, dict):
        return items
    if type(items) is Kin and items.base is not None:
        return items.base
    row_of = items.get(ROW_OF)
    return row_of and row_of()


def is_alone(x: Any) -> bool:
    """Is x known to share memory with nobody?"""
    items = x.items
    if items is None:
        return True
    return type(items) is Kin and not items and items.base is None and not items.views and items.objects is None


def views_of(x: Any) -> list[Any]:
    """The views of x that are still alive."""
    items = x.items
    views = items if type(items) is list else items.views if type(items) is Kin else []
    rows = [item for key, item in items.items() if key is not ROW_OF] if isinstance(items, dict) else []
    return [made for made in (view() for view in views) if made is not None] + [row for row in rows if row.shape]


def view(x: Any, made: Any) -> Any:
    """made, an array that may be a view of x, noted as one: whoever writes into either of them will know the other."""
    items = x.items
    if items is None:
        x.items = [ref(made)]
    else:
        noted(items if type(items) is list else kin_of(x).views, made)
    made.items = x
    return made


def note_row(x: Any, row: Any, index: int) -> None:
    """row = x[index] is in the cache of x. If it is an array, then whoever writes into it finds x."""
    if row.shape:
        row.items = {ROW_OF: ref(x)}
        if index < 0 or base_of(x) is not None:  # x[-1] is x[n - 1]; and both are rows of the array that x is a view of
            del x.items[index]
            view(x, row)


def noted(views: list[Any], made: Any) -> None:
    """Add a view to the list. Those that are gone are dropped each time the list has doubled."""
    views.append(ref(made))
    n = len(views)
    if n >= 64 and not n & (n - 1):
        views[:] = [view for view in views if view() is not None]
