# %% [markdown]
# # 04 The graph: what a program looks like to the chain rule
#
# Every program that computes a number is a graph: numbers go in at the **leaves**, **operations** make new numbers,
# and one of them is the **output**. An edge says "is used by". Derivatives live on the edges.

# %%
import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("04")


# %% [markdown]
# ## A first graph
#
# $f(x_1, x_2) = \ln x_1 + x_1 x_2 - \sin x_2$ at (2, 5).
#
# **PREDICT.** How many operations is that? Count `log`, `*`, `+`, `sin`, `-`. And how many leaves?


# %%
def f(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


operations, leaves = ..., ...
lesson.predict("operations and leaves of f", [operations, leaves])

# %% [markdown]
# **SEE.** Boxes have values and adjoints, edges have the local slopes, as numbers.

# %%
program = dr.trace(f, 2.0, 5.0)
program.graph()

# %% [markdown]
# With symbols in place of numbers you see where they come from: a product sends each factor to the other branch, a
# minus sends -1, a logarithm sends $1/x_1$.

# %%
program.graph(partials="symbolic")

# %% [markdown]
# The same as text, from the output down to the leaves. A leaf that is used twice is named twice.

# %%
print(program.graph())

# %% [markdown]
# ## Names
#
# Names come from your code: the variables that results are assigned to.


# %%
def named(a, b):
    total = a + b
    gap = a - b
    mix = total * gap
    return mix * b


dr.trace(named, 1.0, 2.0).graph()

# %% [markdown]
# **DO.** Draw the graph of $L = (a^3 - b^2)\,a - a b$ on paper. Then count: leaves, operations, and edges. (Take
# `a**3` and `b**2` as one operation each, with one edge in.)

# %%
leaves_of_L, operations_of_L, edges_of_L = ..., ..., ...
lesson.check("leaves, operations, edges of L", [leaves_of_L, operations_of_L, edges_of_L])


# %%
def L(a, b):
    return (a**3 - b**2) * a - a * b


dr.trace(L, 2.0, 3.0).graph()

# %% [markdown]
# **DO.** `a` is used three times in L. So its derivative is a sum of how many paths? Count the ways from `a` to the
# output.

# %%
paths_from_a = ...
lesson.check("paths from a", paths_from_a)

# %%
dr.trace(L, 2.0, 3.0).paths("a")

# %% [markdown]
# ## A larger one
#
# $L = (a+b+c)(-a+b+c)(a-b+c)(a+b-c)$, which is 16 times the square of the area of a triangle (Heron).


# %%
def heron(a, b, c):
    return (a + b + c) * (-a + b + c) * (a - b + c) * (a + b - c)


triangle = dr.trace(heron, 3.0, 4.0, 6.0)
triangle.graph()

# %% [markdown]
# **DO.** How many paths lead from `c` to the output? (In each of the four brackets it appears once.)

# %%
paths_from_c = ...
lesson.check("paths from c", paths_from_c)

# %% [markdown]
# ## Boxes in boxes
#
# Parts of a program have names, too. `dr.group` draws a box around what is computed inside; boxes may stand in boxes.


# %%
def layer(x, weight, name):
    with dr.group(name):
        with dr.group("linear"):
            z = weight * x
        return np.tanh(z)


def network(x, w1, w2):
    return layer(layer(x, w1, "layer 1"), w2, "layer 2")


dr.trace(network, 0.5, 2.0, -1.0).graph()

# %% [markdown]
# ## The order of the list
#
# The program is also a list, in the order computed. Everything an operation needs stands above it: a **topological
# order**. Going down the list you always have what you need; going back up, too. Lesson 07 shows what happens without.

# %%
program.table("reverse")

# %% [markdown]
# **BREAK.** What a graph does not show: an `if`. The graph has only the branch that was taken, and at another point it
# is another graph.


# %%
def branch(x):
    if x > 0:
        return np.sin(x)
    return x * x * x


for at in (1.0, -1.0):
    operations = [value.op for value in dr.trace(branch, at).operations]
    print(at, len(operations), "operations, slope", dr.grad(branch)(at))

# %% [markdown]
# **In one line:** leaves, operations, output; slopes on the edges; and the list in the order computed is all that a
# computer needs.

# %%
dr.teach.done()
