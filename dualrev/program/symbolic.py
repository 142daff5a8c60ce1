"""Local partials as formulas: each rule of the registry is run on named values, and what it does is written down."""

from typing import Any, NamedTuple

import numpy as np

from ..kinds import Elementwise, over
from ..ops import slopes
from ..registry import Call
from ..reverse.node import Node, Tape
from ..shapes import shape
from ..traced import value
from .notation import INFIX, array_text, short, written
from .program import Program, Value, spelled
from .sensitivity import Arrival, ends, partial_text

ATOM, POWER, PRODUCT, SUM = 4, 3, 2, 1  # how tightly a formula holds together
LONGEST = 40  # characters of a formula; what is longer is given as a number

# What the slopes that are ops of their own compute.
SLOPES = {
    slopes.sech2: ("1 - {0}**2", SUM),
    slopes.one_less_square: ("1 - {0}**2", SUM),
    slopes.one_and_square: ("1 + {0}**2", SUM),
    slopes.root_of_one_less_square: ("sqrt(1 - {0}**2)", ATOM),
    slopes.root_of_one_and_square: ("sqrt(1 + {0}**2)", ATOM),
    slopes.root_of_square_less_one: ("sqrt({0}**2 - 1)", ATOM),
    slopes.cosine_of: ("{0}/hypot({0}, {1})", PRODUCT),
    slopes.logistic: ("1/(1 + exp(-{0}))", PRODUCT),
}


class Formula(NamedTuple):
    """A formula, and how tightly it holds together. divides: it is 1 / (this)."""

    text: str
    hold: int = ATOM
    divides: bool = False

    def within(self, hold: int) -> str:
        """As an operand of something that holds so tightly."""
        return self.text if self.hold >= hold else f"({self.text})"

    def after(self, hold: int) -> str:
        """The same, after an operator: a sign has to be in parentheses there."""
        return f"({self.text})" if self.text[0] == "-" else self.within(hold)

    def __str__(self) -> str:
        return f"1/{self.within(POWER)}" if self.divides else self.text


class Unwritten(Exception):
    """A rule does what cannot be written in a line."""


def partial_formula(program: Program, v: Value, k: int) -> Formula | None:
    """The local partial of v in its argument k as a formula in the names of the program; None if it is none.

    >>> import dualrev as dr
    >>> program = dr.trace(lambda x, y: x**3 / y, 2.0, 5.0)
    >>> [str(partial_formula(program, program[2], 0)), str(partial_formula(program, program[3], 1))]
    ['3*x**2', '-v2/y']
    """
    rule = v.call.op.rule
    if not isinstance(rule, Elementwise):
        return None
    p = rule.partials[k]
    if not callable(p):
        return number_formula(p)
    names = [w.name for w in program.values]
    texts, _ = spelled(v.call, names, v.place)
    try:
        found = traced(p.q if isinstance(p, over) else p, v, texts)
    except Unwritten:
        return None
    found = found._replace(divides=isinstance(p, over))
    return found if len(str(found)) <= LONGEST else None


def traced(p: Any, v: Value, texts: list[str]) -> Formula:
    """The formula that p(out, *args) computes, its arguments being named values."""
    tape = Tape()
    named = [Formula(v.name)]
    out = tape.input(value(v.primal))
    args = []
    for x, parent, text in zip(v.call.args, v.parents, texts, strict=True):
        if parent >= 0:
            named.append(Formula(text))
        args.append(tape.input(value(x)) if parent >= 0 else value(x))
    try:
        with np.errstate(all="ignore"):
            found = p(out, *args)
    finally:
        lines = tape.close()
    known = {id(x): text for x, text in zip(v.call.args, texts, strict=True) if shape(x)}
    if type(found) is not Node or found.sweep is not tape:
        return constant_formula(value(found), known)
    for line in lines[len(named) :]:
        call = Call.read(line)
        operands = [named[i] if i >= 0 else constant_formula(x, known) for i, x in zip(call.parents, call.args)]
        named.append(formula_of(call, operands))
    return named[found.index]


def number_formula(x: Any) -> Formula:
    if shape(x) and np.size(x) and np.all(x == np.ravel(x)[0]):
        x = np.ravel(x)[0]
    if shape(x):
        raise Unwritten
    text = array_text(x)
    return Formula(text, PRODUCT if text.startswith("-") else ATOM)


def constant_formula(x: Any, known: dict[int, str]) -> Formula:
    return Formula(known[id(x)], hold_of(known[id(x)])) if id(x) in known else number_formula(x)


def hold_of(text: str) -> int:
    """How tightly something that the user wrote holds together: a name or a call does."""
    return ATOM if text.isidentifier() or text.endswith((")", "]")) else SUM


def formula_of(call: Call, operands: list[Formula]) -> Formula:
    """One operation of a rule, written as one does by hand: 2*x, x**2, 1 - y**2."""
    func = call.op.func
    if func in SLOPES:
        text, hold = SLOPES[func]
        return Formula(text.format(*[o.within(POWER + 1) for o in operands]), hold)
    if func is np.negative:
        return Formula(f"-{operands[0].within(PRODUCT)}", PRODUCT)
    if func is np.square:
        return Formula(f"{operands[0].within(ATOM)}**2", POWER)
    if func in INFIX and not call.params:
        return infix(func, *operands)
    if short(call) == "where" and call.parents[0] < 0 and np.all(call.args[0] == np.ravel(call.args[0])[0]):
        return operands[1 if np.all(call.args[0]) else 2]  # the side that counts here
    if func in (np.maximum, np.minimum) or len(operands) > 2:
        raise Unwritten
    return Formula(written(call, [o.text for o in operands]))


def infix(func: Any, a: Formula, b: Formula) -> Formula:
    if func is np.multiply:
        return product(a, b)
    if func is np.add and a.text == b.text:
        return product(Formula("2"), a)
    if func is np.add or func is np.subtract:
        if b.text == "0":
            return a
        sign = "+" if func is np.add else "-"
        return Formula(f"{a.text} {sign} {b.after(SUM if func is np.add else PRODUCT)}", SUM)
    if func is np.power:
        return a if b.text == "1" else Formula(f"{a.within(ATOM)}**{b.within(ATOM)}", POWER)
    return Formula(f"{a.within(PRODUCT)}{INFIX[func]}{b.after(POWER)}", PRODUCT)


def product(a: Formula, b: Formula) -> Formula:
    """a*b, the number first, without a factor 1, and x**2 for x*x."""
    if is_number(b.text) and not is_number(a.text):
        a, b = b, a
    if a.text == "1":
        return b
    if a.text in (b.text, f"-{b.text}"):
        return Formula(f"{a.text[: -len(b.text)]}{b.within(ATOM)}**2", POWER if a.text == b.text else PRODUCT)
    if a.text == "-1":
        return Formula(f"-{b.within(PRODUCT)}", PRODUCT)
    return Formula(f"{a.within(PRODUCT)}*{b.after(POWER)}", PRODUCT)


def is_number(text: str) -> bool:
    return text.lstrip("-")[:1].isdigit() and text.lstrip("-").replace(".", "").isdigit()


def symbolic_partial(program: Program, v: Value, k: int) -> str:
    """The partial as a formula, where there is one; else as the number or the shape of J that it is."""
    found = partial_formula(program, v, k)
    return partial_text(v, k) if found is None else str(found)


def symbolic_sum(program: Program, index: int, arrivals: list[Arrival]) -> str:
    """How an adjoint comes about: "adj x1 = adj v2 * x2 + adj v1 / x1"."""
    if not arrivals:
        return ""
    text = ends(arrivals, lambda a: symbolic_term(program, program[a.child], a.argument))
    return f"adj {program[index].name} = {text}".replace(" + -", " - ")


def symbolic_term(program: Program, child: Value, k: int) -> str:
    adj, found = f"adj {child.name}", partial_formula(program, child, k)
    if found is None:
        text = partial_text(child, k)
        found = None if text.startswith("J ") or text[:1] in "[(" else Formula(text)
    if found is None:
        return f"JT({child.name}) {adj}"
    if found.divides:
        return f"{adj} / {found.within(POWER)}"
    if found.text in ("1", "-1"):
        return found.text[:-1] + adj
    sign, rest = ("-", found._replace(text=found.text[1:])) if found.text[0] == "-" else ("", found)
    return f"{sign}{adj} * {rest.within(PRODUCT)}"
