"""The questions of lessons 06 to 08 and 10: reverse mode by hand, its bugs, an engine, and orders of one product."""

from typing import Any

from .question import Function, Judged, Number, Question, Word

USERS = {"v5": (), "e": ("v5",), "f": ("v5",), "c": ("e", "f"), "d": ("e", "f"), "a": ("c", "d"), "b": ("c", "d")}


def may_speak(order: Any) -> str | None:
    """Of lesson 07: does everybody wait for all its users?"""
    names = [str(name).strip() for name in order]
    if sorted(names) != sorted(USERS):
        return f"write each of the {len(USERS)} names once: {', '.join(sorted(USERS))}"
    early = [name for name in names if any(names.index(u) > names.index(name) for u in USERS[name])]
    return f"{early[0]} speaks before it has heard from everybody who uses it" if early else None


def best_price(sizes: list[int]) -> int:
    """The least number of multiplications for a product of the matrices between layers of these sizes."""
    count = len(sizes) - 1
    best = {(i, i): 0 for i in range(count)}
    for length in range(1, count):
        for i in range(count - length):
            j = i + length
            splits = range(i, j)
            best[i, j] = min(best[i, k] + best[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1] for k in splits)
    return best[0, count - 1]


def both_poor(sizes: Any) -> str | None:
    """Of lesson 10: five layers for which some order is five times cheaper than either mode."""
    n = [int(size) for size in sizes]
    if len(n) != 5 or min(n) < 1 or max(n) > 100:
        return "write five whole numbers from 1 to 100"
    forward = sum(n[0] * n[k] * n[k + 1] for k in range(1, 4))
    reverse = sum(n[4] * n[k] * n[k - 1] for k in range(1, 4))
    times = min(forward, reverse) / best_price(n)
    return None if times >= 5 else f"there the best order is {times:.2g} times cheaper; what if a layer were narrow?"


LESSONS: dict[str, tuple[str, dict[str, Question]]] = {
    "06": (
        "reverse mode by hand",
        {
            "adjoint of e": Number(lambda: 2),
            "what f sends to b and e": Number(
                lambda: [-3, 2],
                {"each factor goes to the other branch": [2, -3], "the sign of e": [3, 2]},
                "a product sends to each operand the other one, times its own adjoint, which is 1",
            ),
            "what e sends to c and d": Number(
                lambda: [-2, 6],
                {
                    "that is without the adjoint of e": [-1, 3],
                    "each factor goes to the other branch": [6, -2],
                    "that adds the adjoint in place of multiplying": [1, 5],
                },
                "the other factor, times the adjoint of e",
            ),
            "what d sends to a and b": Number(
                lambda: [6, -6],
                {
                    "a difference sends its adjoint on with two signs": [6, 6],
                    "those are the local slopes: times the adjoint of d": [1, -1],
                    "the other way round": [-6, 6],
                },
                "the local slopes of a - b, times the adjoint of d",
            ),
            "adjoints of a and b": Number(
                lambda: [4, -11],
                {
                    "add what arrives, do not overwrite": [-2, -2],
                    "b is used by the last product, too": [4, -8],
                    "what f sent to b has a sign": [4, -5],
                    "the sign of what d sends to b": [4, 1],
                },
                "a hears from c and d; b from c, d and f",
            ),
        },
    ),
    "07": (
        "topological order and other bugs",
        {
            "how often c passes on": Number(lambda: 1),
            "an order that works": Judged(may_speak),
            "cube with sets": Number(lambda: 18),
            "which bug": Word(
                lambda: ["stale", "overwrite", "recursive"],
                {"two of them are swapped": ["overwrite", "stale", "recursive"]},
                "stale doubles everything, overwriting loses terms, no order counts some twice",
            ),
        },
    ),
    "08": (
        "build an engine",
        {
            "slopes of multiply": Number(
                lambda: [5, 2],
                {
                    "the slope in each factor is the other factor": [2, 5],
                    "those are the slopes of the sum": [1, 1],
                },
                "for 2 times 5: what does the product gain if the first factor gains 1?",
            ),
            "slopes of subtract": Number(
                lambda: [1, -1], {"that is the sum": [1, 1], "the other way round": [-1, 1]}, "one of them is negative"
            ),
            "slope of power": Number(
                lambda: [12],
                {
                    "that is the value, not the slope": [8],
                    "the exponent comes down in front": [4],
                    "the exponent goes down by one": [24],
                },
                "n times a to the power of n - 1",
            ),
            "order of the way back": Word(lambda: "reversed"),
            "one message": Function(
                lambda so_far, upstream, slope: so_far + upstream * slope,
                [(0.0, 2.0, 3.0), (1.0, 5.0, -1.0)],
                {
                    "that overwrites what was heard before": lambda so_far, upstream, slope: upstream * slope,
                    "that forgets who speaks: times upstream": lambda so_far, upstream, slope: so_far + slope,
                    "that forgets the local slope": lambda so_far, upstream, slope: so_far + upstream,
                    "upstream and slope multiply": lambda so_far, upstream, slope: so_far + upstream + slope,
                },
                "what was heard before, and the product of the two others",
            ),
            "your engine on L": Function(
                lambda: [2.0, -2.0],
                [()],
                {
                    "w is used twice: one use was lost": lambda: [2.0, -4.0],
                    "w is used twice: only the last is left": lambda: [2.0, 2.0],
                },
                "look at the slopes and the message again",
            ),
            "your relu": Function(
                lambda x: [max(x, 0.0), float(x > 0)],
                [(2.0,), (-3.0,), (0.5,)],
                {
                    "that is the identity": lambda x: [x, 1.0],
                    "the slope is 0 or 1": lambda x: [max(x, 0.0), max(x, 0.0)],
                    "below 0 nothing passes: the slope is 0 there": lambda x: [max(x, 0.0), 1.0],
                },
                "above 0 the identity, below 0 nothing",
            ),
            "loss at w = 2": Number(lambda: 5),
        },
    ),
    "10": (
        "two orders of one product",
        {
            "multiplications from the left": Number(lambda: 20_000),
            "multiplications from the right": Number(
                lambda: 8_040_000,
                {
                    "that is from the left": 80_000,
                    "that is the first product; there is one more": 8_000_000,
                    "the second product has a single row": 16_000_000,
                    "a product of matrices twice as wide costs more than twice as much": 2_020_000,
                },
                "first (200 x 200)(200 x 200), then (1 x 200)(200 x 200)",
            ),
            "price of a product": Function(
                lambda p, q, r: p * q * r,
                [(2, 3, 5), (1, 100, 100)],
                {
                    "each of the p r entries is a sum of q products": lambda p, q, r: p * r,
                    "those are additions: multiplications are a few more": lambda p, q, r: p * (q - 1) * r,
                    "multiply, do not add": lambda p, q, r: p + q + r,
                },
                "p r entries, each a sum of q products",
            ),
            "cheap for a curve": Word(lambda: "forward"),
            "three bracketings": Number(
                lambda: [25_200_000, 25_200_000, 700_000],
                {
                    "the last one: (500 x 100)(100 x 2), (2 x 100)(100 x 500), and then (500 x 2)(2 x 500)": [
                        25_200_000,
                        25_200_000,
                        200_000,
                    ],
                },
                "each product of p x q and q x r costs p q r; add up three of them",
            ),
            "sizes for which both modes are poor": Judged(both_poor),
        },
    ),
}
