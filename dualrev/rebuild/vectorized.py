"""np.vectorize whose function may take and give traced values."""

from typing import Any

import numpy as np

from ..traced import holds_tracer, operand


class Vectorize(np.vectorize):
    """np.vectorize, which calls its function element by element where an argument is traced."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not holds_tracer((*args, *kwargs.values())):
            return super().__call__(*args, **kwargs)
        if self.signature is not None or self.excluded:
            made = np.vectorize(self.pyfunc, self.otypes, None, self.excluded, signature=self.signature)
            return made(*args, **kwargs)
        names, given = list(kwargs), [operand(x) for x in (*args, *kwargs.values())]
        full = [np.broadcast_to(x, np.broadcast_shapes(*map(np.shape, given))) for x in given]
        out = [self.pyfunc(*xs[: len(args)], **dict(zip(names, xs[len(args) :]))) for xs in rows(full)]
        if out and isinstance(out[0], tuple):
            return tuple([stacked(column, full[0].shape) for column in zip(*out)])
        return stacked(out, full[0].shape)


def rows(arrays: list[Any]) -> Any:
    """The elements at each place."""
    flat = [np.reshape(x, (-1,)) for x in arrays]
    return ([x[k] for x in flat] for k in range(flat[0].size))


def stacked(items: Any, shape: tuple[int, ...]) -> Any:
    return np.reshape(np.stack([operand(item) for item in items]), shape)
