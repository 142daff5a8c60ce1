# %% [markdown]
# # 12 Where the winner changes
#
# For how many inputs and outputs does reverse mode begin to win? The textbook says: when there are more inputs than
# outputs. This lesson draws the line, tries to move it, and looks at what reverse mode pays: memory.

# %%
import matplotlib.pyplot as plt
import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("12")

# %% [markdown]
# ## A family of functions
#
# `network(n, m)` is a function from n numbers to m numbers: a matrix, a tanh, another matrix.


# %%
def network(n, m, depth=1):
    rng = np.random.default_rng(0)
    first, last = rng.normal(size=(32, n)), rng.normal(size=(m, 32)) / 32

    def f(x):
        h = first @ x
        for _ in range(depth):
            h = np.tanh(h)
        return last @ h

    return f, np.linspace(-1.0, 1.0, n)


f, x = network(16, 4)
dr.compare(f, x, measured=False)

# %% [markdown]
# ## The map
#
# The cell below counts the flops of both modes over a grid of n and m and colours the map by the winner. It counts, it
# does not measure: the same map on every machine. (`dr.crossover()` measures; run it at home on a quiet computer.)

# %%
from matplotlib.colors import LinearSegmentedColormap

sizes = [1, 2, 4, 8, 16, 32]
FORWARD, REVERSE = "#c4500c", "#1f5fa8"
WINNERS = LinearSegmentedColormap.from_list("winners", [FORWARD, "white", REVERSE])


def counted_map(family):
    """log2 of forward flops over reverse flops, for n (rows) and m (columns)."""
    grid = np.zeros((len(sizes), len(sizes)))
    for i, n in enumerate(sizes):
        for j, m in enumerate(sizes):
            counted = dr.compare(*family(n, m), measured=False)
            grid[i, j] = np.log2(counted.cost("forward") / counted.cost("reverse"))
    return grid


def draw(grid, title):
    _, ax = plt.subplots(figsize=(4.6, 3.8), layout="constrained")
    image = ax.imshow(grid, origin="lower", cmap=WINNERS, vmin=-5, vmax=5)
    ax.set_xticks(range(len(sizes)), sizes)
    ax.set_yticks(range(len(sizes)), sizes)
    ax.set(xlabel="outputs m", ylabel="inputs n", title=title)
    for (i, j), ratio in np.ndenumerate(grid):
        winner = "=" if abs(ratio) < 0.1 else "r" if ratio > 0 else "f"
        ax.text(j, i, winner, ha="center", va="center", color="white" if abs(ratio) > 2.5 else "black")
    plt.colorbar(image, label="log2(forward flops / reverse flops)")
    plt.show()


# %% [markdown]
# **PREDICT.** For n = 8 inputs and m = 32 outputs: which mode wins?

# %%
winner_at_8_32 = ...
lesson.predict("winner for n=8, m=32", winner_at_8_32)

# %% [markdown]
# **SEE.** r: reverse wins, f: forward wins, =: about the same.

# %%
plain = counted_map(network)
draw(plain, "one tanh between two matrices")

# %% [markdown]
# ## Try to move the line
#
# Surely a function with a wide part at its start must be bad for forward mode, which drags all n directions through
# it? Here are families of that kind: 32 squares of every input at the start, or 32 squares of every output at the end.
#
# **PREDICT.** Does the line move off the diagonal? `"yes"` or `"no"`.

# %%
the_line_moves = ...
lesson.predict("a wide part moves the line", the_line_moves)


# %%
def wide(n, m, where):
    rng = np.random.default_rng(0)
    first, last = rng.normal(size=(8, n)), rng.normal(size=(m, 8)) / 8
    shifts = np.arange(32.0)[:, None]

    def f(x):
        start = np.sum(np.square(x + shifts), axis=0) if where == "start" else x
        end = last @ np.tanh(first @ start)
        return end if where == "start" else np.sum(np.square(end + shifts), axis=0)

    return f, np.linspace(-1.0, 1.0, n)


sizes = [1, 8, 32]
draw(counted_map(lambda n, m: wide(n, m, "start")), "wide at the start")
draw(counted_map(lambda n, m: wide(n, m, "end")), "wide at the end")

# %% [markdown]
# It did not. A product with a matrix takes as many multiplications as a product with its transpose; so **one**
# direction forward costs as much as **one** cotangent back, whatever f does in between, up to a few additions. What
# counts is how many of them there are. (Measured in seconds the line does move a little: reverse mode has more to keep
# track of.)
#
# **DO.** n = 12 inputs, m = 48 outputs, and one tangent costs as much as one cotangent. How many times as dear is
# reverse mode?

# %%
times_as_dear = ...
lesson.check("reverse over forward", times_as_dear)

# %% [markdown]
# ## What reverse mode pays
#
# Forward mode forgets a value as soon as it has been used. Reverse mode must remember, to multiply on the way back.
#
# **PREDICT.** If the network is twice as deep, how many times as much does the tape of reverse mode hold?

# %%
times_the_memory = ...
lesson.predict("memory of twice the depth", times_the_memory)

# %%
depths = [1, 2, 4, 8, 16, 32]
costs = [dr.trace(*network(16, 4, depth)).cost() for depth in depths]
kilobytes = {
    "one tangent forward": [cost.peak_forward / 1000 for cost in costs],
    "one cotangent back": [cost.peak_reverse / 1000 for cost in costs],
}

_, ax = plt.subplots(figsize=(4.6, 3.2), layout="constrained")
for (mode, kb), colour in zip(kilobytes.items(), (FORWARD, REVERSE)):
    ax.plot(depths, kb, "o-", label=mode, color=colour)
ax.set(xlabel="depth", ylabel="peak of stored kilobytes", title="what each mode remembers")
ax.legend()
plt.show()

# %% [markdown]
# **SEE.** One line is flat and one grows. Lesson 14 shows how to make the growing one flatter.
#
# ## The waist
#
# Where everything passes through few numbers, neither mode is best. A code of `waist` numbers between n inputs and m
# outputs:


# %%
def coder(n, m, waist):
    A, B = np.ones((waist, n)) / n, np.ones((m, waist))

    def f(x):
        code = A @ np.tanh(x)
        return np.sin(B @ code)

    return f, np.linspace(0.0, 1.0, n)


for waist in (1, 2, 10, 200):
    choice = dr.choose_mode(*coder(200, 300, waist))
    print(f"{waist:3} numbers in between: {choice.mode}")

# %% [markdown]
# **DO.** For n = 200, m = 300 and a waist of 2: how many directions and cotangents together does mixed mode carry?

# %%
carried_by_mixed = ...
lesson.check("carried by mixed mode", carried_by_mixed)

# %% [markdown]
# **BREAK.** Destroy the waist: let something go around it. First one number of `x`, then the sum of all of them, then
# all of them.

# %%
A, B = np.ones((2, 500)) / 500, np.ones((500, 2))
ways_around = {"nothing": lambda x: 0.0, "x[0]": lambda x: x[0], "the sum of x": np.sum, "all of x": lambda x: x}

for name, around in ways_around.items():
    choice = dr.choose_mode(lambda x: np.sin(B @ (A @ np.tanh(x))) + around(x), np.linspace(0.0, 1.0, 500))
    print(f"{name} goes around: {choice.mode}")

# %% [markdown]
# One number on another way is enough: mixed mode wants a place through which everything goes.
#
# **In one line:** count passes and what a pass costs; the line n = m is only where it starts, and reverse mode pays in
# memory.

# %%
dr.teach.done()
