"""Random programs as NumPy source text: drawn, run, written out, and shrunk to the smallest that still misbehaves."""

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy

from dualrev import numpy as numpy_with_buffers
from tests.fuzz import steps

SHAPES = [(), (1,), (2,), (3,), (4,), (2, 2), (2, 3), (3, 3), (1, 3), (3, 1), (2, 1, 2), (2, 2, 2), (0,), (2, 0)]
INDICES = """0 -1 1 ... None ::-1 ::2 1: :-1 -2: ...,0 ...,-1 ...,::-1 :,0 :,-1 :,1: 1:,::-1 None,...,1: 0,0 -1,...,None
    [0,-1,0] [1,0] [0,0] :,[0,-1] [0,-1],[0,0] ..., ()""".split()  # fmt: skip
TABLES = {
    "analytic": (steps.parts(steps.ANALYTIC), 0.56),
    "real": (steps.parts(steps.REAL), 0.2),
    "statement": (steps.parts(steps.STATEMENTS), 0.12),
    "buffer": (steps.parts(steps.BUFFERS), 0.04),
    "control": (steps.parts(steps.CONTROL), 0.08),
}
LARGEST, FARTHEST = 48, 20.0  # elements of a value, and its largest number


@dataclass(frozen=True)
class Step:
    name: str
    code: str
    kind: str


@dataclass(frozen=True)
class Program:
    inputs: dict[str, numpy.ndarray]
    steps: tuple[Step, ...]
    outputs: tuple[str, ...]

    @property
    def source(self) -> str:
        body = "\n".join(step.code for step in self.steps) + f"\nreturn [{', '.join(self.outputs)}]"
        return f"def f({', '.join(self.inputs)}):\n    " + body.replace("\n", "\n    ")

    @property
    def analytic(self) -> bool:
        return all(step.kind in ("analytic", "statement", "control") for step in self.steps)

    @property
    def fills_buffers(self) -> bool:
        return any(step.kind == "buffer" for step in self.steps)

    def function(self, space: Any = numpy) -> Callable[..., list]:
        names = {"np": space}
        exec(self.source, names)
        return names["f"]

    def traced_function(self) -> Callable[..., list]:
        """The function to differentiate: with `dualrev.numpy` where it fills what np.zeros(n) makes."""
        return self.function(numpy_with_buffers if self.fills_buffers else numpy)

    def __str__(self) -> str:
        inputs = "".join(f"{name} = {literal(x)}\n" for name, x in self.inputs.items())
        return inputs + self.source


def literal(x: Any) -> str:
    dtype = f", dtype=np.{x.dtype}" if x.dtype not in (numpy.float64, bool) else ""
    return f"np.array({numpy.asarray(x).tolist()!r}{dtype})"


# ---- drawing ---------------------------------------------------------------------------------------------------------


def random_program(seed: int) -> Program:
    rng = numpy.random.default_rng(seed)
    dtype = numpy.float32 if seed % 8 == 0 else numpy.float64
    inputs = {name: point(rng, dtype) for name in ("x", "y")[: 1 + (rng.random() < 0.4)]}
    values: dict[str, Any] = {name: x.copy() for name, x in inputs.items()}
    made: list[Step] = []
    with numpy.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for k in range(int(rng.integers(2, 9))):
            for _ in range(12):
                step = random_step(rng, values, f"v{k}")
                if step and ran(step, values):
                    made.append(step)
                    break
    names = [step.name for step in made] or list(inputs)
    outputs = {names[-1], *(str(rng.choice(names)) for _ in range(2))}
    return Program(inputs, tuple(made), tuple(sorted(outputs)))


def point(rng: Any, dtype: Any) -> numpy.ndarray:
    shape = SHAPES[rng.integers(len(SHAPES))]
    return numpy.asarray(rng.uniform(0.15, 1.6, shape) * rng.choice([-1.0, 1.0], shape), dtype)


def random_step(rng: Any, values: dict[str, Any], name: str) -> Step | None:
    kind = str(rng.choice(list(TABLES), p=[share for _, share in TABLES.values()]))
    table = TABLES[kind][0]
    template = table[rng.integers(len(table))]
    a, b, c = (recent(rng, list(values)) for _ in range(3))
    shape = numpy.shape(values[a])
    together = [other for other in values if numpy.shape(values[other]) == shape]
    b = str(rng.choice(together)) if rng.random() < 0.3 else b
    once = {"a": a, "b": b, "c": c, "v": name}
    code = re.sub(r"\{(\w+)\}", lambda found: filled(found[1], rng, shape, once), template)
    return Step(name, code if "{v}" in template else f"{name} = {code}", kind)


def recent(rng: Any, names: list[str]) -> str:
    return names[-1] if rng.random() < 0.4 else str(rng.choice(names))


def filled(place: str, rng: Any, shape: tuple[int, ...], once: dict[str, str]) -> str:
    """What a place of a step holds; an operand, an index, a mask and a literal array are the same throughout a step."""
    if place in once:
        return once[place]
    n = max(len(shape), 1)
    axis = lambda: int(rng.integers(-n, n))
    some = {
        "axis": lambda: str(axis()),
        "axes": lambda: str(
            [None, axis(), tuple(int(k) for k in rng.permutation(n)[: rng.integers(n + 1)])][rng.integers(3)]
        ),
        "keep": lambda: str(rng.random() < 0.5),
        "i": lambda: str(rng.integers(-3, 4)),
        "n": lambda: str(rng.integers(1, 4)),
        "r": lambda: str(round(rng.uniform(0.2, 1.8), 3)),
        "order": lambda: str(tuple(int(k) for k in rng.permutation(n))),
        "last": lambda: str(shape[-1] if shape else 1),
        "first": lambda: str(shape[0] if shape else 1),
        "shape": lambda: reshaped(rng, shape),
    }
    if place in some:
        return some[place]()
    if place == "like":
        once[place] = literal(numpy.round(rng.uniform(0.2, 1.7, shape) * rng.choice([-1, 1], shape), 3))
    elif place == "mask":
        once[place] = literal(rng.random(shape) < 0.6)
    elif place == "index":
        once[place] = INDICES[rng.integers(len(INDICES))]
    return once[place]


def reshaped(rng: Any, shape: tuple[int, ...]) -> str:
    n = int(numpy.prod(shape))
    ways = [
        (n,),
        (1, n),
        (n, 1),
        *((k, n // k) for k in (2, 3, 4) if n % k == 0),
        *((k, 1, n // k) for k in (2, 3) if n % k == 0),
    ]
    return str(ways[rng.integers(len(ways))])


def ran(step: Step, values: dict[str, Any]) -> bool:
    """Run a step on the values at hand, which gain its result if it is one that is worth having."""
    kept = {name: v.copy() for name, v in values.items()}
    names = {"np": numpy, **values}
    try:
        exec(step.code, names)
        new = names[step.name]
        if new is None or not isinstance(new, numpy.generic | numpy.ndarray) or new.dtype.kind != "f":
            raise ValueError(f"{step.code} gives no array of floats")
        if new.size > LARGEST or not numpy.all(numpy.isfinite(new)) or numpy.max(numpy.abs(new), initial=0) > FARTHEST:
            raise ValueError(f"{step.code} is too large")
    except Exception:
        values.update(kept)
        return False
    values[step.name] = new
    return True


# ---- shrinking -------------------------------------------------------------------------------------------------------


def shrunk(program: Program, fails: Callable[[Program], bool]) -> Program:
    """A smaller program that still fails: outputs, steps and inputs are left out for as long as it does."""
    while True:
        for smaller in smaller_programs(program):
            if runs(smaller) and fails(smaller):
                program = smaller
                break
        else:
            return program


def smaller_programs(program: Program):
    if len(program.outputs) > 1:
        yield from (replace(program, outputs=(name,)) for name in program.outputs)
    for k in range(len(program.steps)):
        yield replace(program, steps=program.steps[:k] + program.steps[k + 1 :])
    for k, step in enumerate(program.steps):
        for name in [*program.inputs, *(earlier.name for earlier in program.steps[:k])]:
            if step.code != f"{step.name} = {name}":
                yield replace(program, steps=tuple(renamed(s, step.name, name) for s in program.steps if s is not step),
                              outputs=tuple(name if out == step.name else out for out in program.outputs))  # fmt: skip
    for name in program.inputs if len(program.inputs) > 1 else ():
        constant = Step(name, f"{name} = {literal(program.inputs[name])}", "analytic")
        inputs = {other: x for other, x in program.inputs.items() if other != name}
        yield replace(program, inputs=inputs, steps=(constant, *program.steps))


def renamed(step: Step, old: str, new: str) -> Step:
    return replace(step, code=re.sub(rf"\b{old}\b", new, step.code))


def runs(program: Program) -> bool:
    with numpy.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            outs = program.function()(*[x.copy() for x in program.inputs.values()])
        except Exception:
            return False
    return all(isinstance(v, numpy.generic | numpy.ndarray) and numpy.all(numpy.isfinite(v)) for v in outs)
