"""What was measured: a table, worst first; how often the pick was good; JSON."""

from dataclasses import asdict

from ..report import duration

WITHIN = 1.3  # times the fastest: a pick as good as that counts
GOAL = 95  # percent
GAIN = 10  # times faster than either pure mode: the goal of the examples of mixed mode
MODES = ("forward", "reverse", "mixed")

HEADER = (
    f"{'function':<38}{'forward':>10}{'reverse':>10}{'mixed':>10}  {'picked':<8}{'predicted':>10}{'measured':>10}"
    f"{'regret':>8}"
)


def table(found):
    """One line per function, the worst pick first."""
    return [HEADER, *map(line, sorted(found, key=lambda one: -one.regret))]


def described(which, found):
    """The lines for one set of functions."""
    if which == "examples":
        return [gain(one) for one in found]
    return [*table(found), summary(found)]


def line(one):
    times = "".join(f"{short(one.measured.get(mode)):>10}" for mode in MODES)
    predicted = short(one.predicted.get(one.picked))
    return (
        f"{one.name:<38}{times}  {one.picked:<8}{predicted:>10}{short(one.measured['auto']):>10}{one.regret:>8.2f}"
        f"{'' if one.regret <= WITHIN else '  ' + one.fastest}"
    )


def short(seconds):
    return "-" if seconds is None else duration(seconds)


def good(found):
    """How many picks are within WITHIN of the fastest."""
    return sum(one.regret <= WITHIN for one in found)


def summary(found):
    """The sentence of the goal, with the number as it is."""
    percent = 100 * good(found) / len(found)
    verdict = "met" if percent >= GOAL else "MISSED"
    return (
        f"picked within {WITHIN}x of the fastest on {good(found)} of {len(found)} functions ({percent:.0f}%), "
        f"goal {GOAL}%: {verdict}"
    )


def gain(one):
    """One example of mixed mode: how many times faster than the faster pure mode."""
    verdict = "met" if one.gain >= GAIN else "MISSED"
    times = ", ".join(f"{mode} {short(one.measured[mode])}" for mode in (*MODES, "auto") if mode in one.measured)
    return f"{one.name}: {times}: {one.gain:.1f}x, goal {GAIN}x: {verdict}"


def data(found):
    """The same as plain data."""
    return [{**asdict(one), "fastest": one.fastest, "regret": one.regret, "gain": one.gain} for one in found]
