# %% [markdown]
# # 13 Better than both modes
#
# Forward mode multiplies from the inputs on, reverse mode from the outputs back. These are two orders among very many.
# On a graph one may **eliminate** the inner values in any order; each elimination costs multiplications, and the order
# decides how many. Finding the best order is hard in general. You can still beat both modes by hand.

# %%
import itertools

import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("13")

# %% [markdown]
# ## The rule of the game
#
# To eliminate an inner value, connect each of its *predecessors* with each of its *successors*, and multiply the two
# slopes on the way. A value with p edges coming in and s edges going out costs **p times s** multiplications.
#
# **PREDICT.** A value with 4 edges in and 3 edges out: how many multiplications to eliminate it?

# %%
price_of_4_in_3_out = ...
lesson.predict("price of 4 in, 3 out", price_of_4_in_3_out)

# %% [markdown]
# ## The hourglass
#
# Four inputs are multiplied to one number, four outputs are made of it.


# %%
def hourglass(a, b, c, d):
    p = a * b
    q = p * c
    s = q * d
    return np.sin(s), np.cos(s), np.exp(s), s * s


point = (1.0, 2.0, 3.0, 0.5)
program = dr.trace(hourglass, *point)
program.graph()

# %% [markdown]
# **SEE.** Inner values are `p`, `q`, `s`. `s` has 2 edges in and 4 out. (Of `s * s` both edges count as one, of slope
# 2 s.) What the two modes pay:

# %%
for order in program.elimination().rows[:2]:
    print(order.name, order.multiplications)

# %% [markdown]
# Forward mode eliminates from the front, reverse mode from the back, and neither is best.
#
# **DO.** What does it cost to eliminate `p` first? Its edges in: from `a` and `b`. Its edges out: only to `q`. Then
# what does `q` cost, when `p` is gone? And `s`, when both are gone? Three numbers, in the order p, q, s.

# %%
price_p, price_q, price_s = ..., ..., ...
lesson.check("prices in the order p, q, s", [price_p, price_q, price_s])

# %% [markdown]
# **DO.** Now find an order that needs at most 20. Write the names in the order in which you eliminate them. (Only six
# orders exist: think of which value is dear when it is eliminated early.)

# %%
my_order = ...
lesson.check("an order with at most 20", my_order)

# %%
if my_order is not ...:
    print(program.elimination(order=my_order))

# %% [markdown]
# **SEE.** All six, by brute force:


# %%
def price(order):
    """Multiplications of an order of p, q, s, by the rule of the game."""
    edges = {("a", "p"), ("b", "p"), ("p", "q"), ("c", "q"), ("q", "s"), ("d", "s")}
    edges |= {("s", out) for out in ("sin", "cos", "exp", "square")}
    total = 0
    for value in order:
        into = {start for start, end in edges if end == value}
        out = {end for start, end in edges if start == value}
        total += len(into) * len(out)
        edges = {edge for edge in edges if value not in edge} | {(i, o) for i in into for o in out}
    return total


for order in itertools.permutations("pqs"):
    print(*order, price(order))

# %%
program.elimination()

# %% [markdown]
# ## Markowitz
#
# A rule of thumb, from sparse linear algebra: always eliminate the value that is cheapest *now*. It is quick, and
# often good. In the table above there are two of it, which differ in how they break ties.
#
# **PREDICT.** Is Markowitz always the optimum? `"yes"` or `"no"`.

# %%
always_best = ...
lesson.predict("Markowitz always best", always_best)


# %% [markdown]
# **SEE.** Two inputs, two outputs, three values in between. Call it a knot.


# %%
def knot(x1, x2):
    v1 = x1 * x2
    v2 = np.sin(v1)
    v3 = v1 * v2
    return v2 * v3, v3 + v1


dr.trace(knot, 1.0, 2.0).graph()

# %%
dr.trace(knot, 1.0, 2.0).elimination()

# %% [markdown]
# ## Same Jacobian, whatever the order
#
# The order changes the work, never the result. Both modes of dualrev agree:

# %%
by_forward = dr.jacobian(knot, argnums=(0, 1), mode="forward")(1.0, 2.0)
by_reverse = dr.jacobian(knot, argnums=(0, 1), mode="reverse")(1.0, 2.0)
print("largest difference:", np.abs(np.array(by_forward) - np.array(by_reverse)).max())

# %% [markdown]
# **BREAK.** Leave one value out: the elimination is not finished, and there is no Jacobian yet. dualrev says which
# one.

# %%
try:
    program.elimination(order=["p", "q"])
except dr.DualrevError as refused:
    print(refused)

# %% [markdown]
# ## When does it matter?
#
# For a gradient (one output) reverse mode is nearly always within a small factor of the best. The middle orders pay
# off for Jacobians with several inputs and outputs, computed very often: chemistry, weather, robots. Compilers then
# search an order once and write the code.
#
# **DO.** A chain `x -> u -> v -> y` of single numbers: what does each order cost? Give the number of multiplications
# of forward mode.

# %%
price_of_a_chain = ...
lesson.check("price of a chain", price_of_a_chain)

# %%
dr.trace(lambda x: np.exp(np.cos(np.sin(x))), 1.0).elimination()

# %% [markdown]
# **In one line:** the modes are two orders of elimination; the price is p times s for each value, and the best order
# may begin in the middle.

# %%
dr.teach.done()
