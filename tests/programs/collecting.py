"""How a file of programs is collected."""

import numpy as np


def collector():
    """(PROGRAMS, program): the decorator ``program(*point)`` puts a loss and its point in PROGRAMS, by name."""
    programs = {}

    def program(*point):
        def register(loss):
            x = np.array(point, float) if np.ndim(point[0]) == 0 else np.asarray(point[0], float)
            programs[loss.__name__] = (loss, x)
            return loss

        return register

    return programs, program
