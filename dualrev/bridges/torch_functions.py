"""`to_torch`: a function of NumPy as one of PyTorch, with both derivatives, of every order."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ..derived import check_function
from ..errors import InputError
from .asked import asked_for
from .flat import Pulled, Pushed, check_floats


def to_torch(f: Callable[..., Any]) -> Callable[..., Any]:
    """The function of PyTorch that calls f, plain NumPy code: with `backward`, `torch.autograd` and `torch.func`.

    f runs on the CPU, in double precision; J^T w and J v are those of dualrev, of any order. What comes out has the
    precision and the device of the first floating-point tensor that goes in: take ``torch.float64`` to keep all digits.

    Parameters
    ----------
    f : callable
        A function of floats, float arrays and dicts, lists, tuples of them, plain NumPy code. Integers and other
        constants are handed on as they are, tensors of integers as arrays.

    Returns
    -------
    callable
        Of the arguments of f, tensors in place of arrays, by position; it returns tensors.

    Raises
    ------
    ImportError
        If PyTorch is not installed.
    InputError
        If f returns numbers that are not real floats, or an argument is complex.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> import torch  # doctest: +SKIP
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)  # doctest: +SKIP
    >>> dr.to_torch(lambda x: np.sum(np.sin(x) ** 2))(x).backward()  # doctest: +SKIP
    >>> x.grad  # doctest: +SKIP
    tensor([ 0.9093, -0.7568])
    """
    check_function(f, "to_torch", at="dr.to_torch(f)")
    torch = asked_for("torch", "dr.to_torch")
    from torch.utils import _pytree as pytree

    def of_torch(*args: Any) -> Any:
        leaves, tree = pytree.tree_flatten(args)
        real = [isinstance(x, torch.Tensor) and x.is_floating_point() for x in leaves]
        if any(isinstance(x, torch.Tensor) and x.is_complex() for x in leaves):
            raise InputError("dr.to_torch: an argument is complex, and real tensors cross over: give both parts")
        fixed = [x.numpy(force=True) if isinstance(x, torch.Tensor) and not r else x for x, r in zip(leaves, real)]
        structure = None

        def flat(*floats: Any) -> list[Any]:
            nonlocal structure
            rest = iter(floats)
            given = [next(rest) if r else x for x, r in zip(fixed, real)]
            outs, structure = pytree.tree_flatten(f(*pytree.tree_unflatten(given, tree)))
            return outs

        found = on_host().apply(flat, *[x for x, r in zip(leaves, real) if r])
        return pytree.tree_unflatten(list(found), structure)

    of_torch.__name__, of_torch.__doc__ = getattr(f, "__name__", "f"), f.__doc__
    return of_torch


@cache
def on_host() -> Any:
    """The function of PyTorch's autograd that calls NumPy: ``apply(flat, *tensors)``, whose derivatives it is, too."""
    torch = asked_for("torch", "dr.to_torch")

    Function: Any = torch.autograd.Function

    class OnHost(Function):
        @staticmethod
        def forward(flat, *x):
            like = x[0] if x else torch.empty(0)
            ys = flat(*[t.double().numpy(force=True)[()] for t in x])
            check_floats(ys, "dr.to_torch")
            return tuple([torch.tensor(np.asarray(y), dtype=like.dtype, device=like.device) for y in ys])

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.flat, *x = inputs
            ctx.save_for_backward(*x)
            ctx.save_for_forward(*x)

        @staticmethod
        def backward(ctx, *cts):
            x = ctx.saved_tensors
            return None, *OnHost.apply(Pulled(ctx.flat, len(x)), *x, *cts)

        @staticmethod
        def jvp(ctx, _, *tangents):
            x = ctx.saved_tensors
            return OnHost.apply(Pushed(ctx.flat, len(x)), *x, *tangents)

        @staticmethod
        def vmap(info, axes, flat, *x):
            rows = [
                [t] * info.batch_size if axis is None else t.unbind(axis) for t, axis in zip(x, axes[1:], strict=True)
            ]
            found = [OnHost.apply(flat, *row) for row in zip(*rows, strict=True)]
            return tuple(map(torch.stack, zip(*found, strict=True))), (0,) * len(found[0])

    return OnHost
