# %% [markdown]
# # 09 Paths: why a derivative is cheap
#
# A derivative is a **sum over all paths** from the input to the output, of the **product of the local slopes** along
# each path. There can be astronomically many paths. There are never many edges. This lesson is about the difference.

# %%
import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("09")

# %% [markdown]
# ## One diamond
#
# `x` goes two ways, through `sin` and through `cos`, and both meet in a sum.


# %%
def diamond(x):
    left = np.sin(x)
    right = np.cos(x)
    return left + right


one = dr.trace(diamond, 1.0)
one.graph()

# %%
one.paths("x")

# %% [markdown]
# **SEE.** Two paths, two products, one sum. Check it with a pocket calculator: $\cos 1 - \sin 1$.

# %%
print(np.cos(1.0) - np.sin(1.0), dr.grad(diamond)(1.0))

# %% [markdown]
# ## Three diamonds in a row
#
# **PREDICT.** The output of one diamond is the input of the next. How many paths lead from `x` through three diamonds?

# %%
paths_of_three = ...
lesson.predict("paths of 3 diamonds", paths_of_three)


# %%
def diamonds(x, count=3):
    for _ in range(count):
        x = np.sin(x) + np.cos(x)
    return x


three = dr.trace(diamonds, 1.0)
three.graph()

# %%
three.paths("x")

# %% [markdown]
# **DO.** How many paths are there in a row of 20 diamonds, and how many edges? (One diamond has 4 edges.)

# %%
paths_of_20, edges_of_20 = ..., ...
lesson.check("paths and edges of 20 diamonds", [paths_of_20, edges_of_20])

# %% [markdown]
# ## Factor the sum
#
# Nobody walks the paths one by one. Write the sum for two diamonds and factor it:
#
# $$ l_1 l_2 + l_1 r_2 + r_1 l_2 + r_1 r_2 = (l_1 + r_1)(l_2 + r_2) $$
#
# Four products on the left, one on the right. Factoring from the front is **forward mode**: at every node, "what has
# arrived here from the input". Factoring from the back is **reverse mode**: "what will leave from here to the output".
# Both touch every edge once.

# %%
l1, r1 = np.cos(1.0), -np.sin(1.0)
x2 = np.sin(1.0) + np.cos(1.0)
l2, r2 = np.cos(x2), -np.sin(x2)
print(l1 * l2 + l1 * r2 + r1 * l2 + r1 * r2, (l1 + r1) * (l2 + r2))

# %%
dr.grad(lambda x: diamonds(x, 2))(1.0)

# %% [markdown]
# **SEE.** The table of both modes. In the column *tangent* each number is built from the ones above it, in the column
# *adjoint* from the ones below it. Neither column is longer for having more paths.

# %%
dr.trace(diamonds, 1.0).table()

# %% [markdown]
# The same as a picture: the paths by themselves, and merged where they meet.

# %%
dr.teach.merging(diamonds, 1.0)

# %% [markdown]
# ## A hundred edges and more paths than grains of sand
#
# Square a number 50 times. Each square uses its input twice.


# %%
def squares(x):
    for _ in range(50):
        x = x * x
    return x


# %% [markdown]
# **PREDICT.** Two edges from each value to the next: 100 edges in all. How many paths? (Write it as a power,
# `2**...`.)

# %%
paths_of_squares = ...
lesson.predict("paths of 50 squares", paths_of_squares)

# %%
many = dr.trace(squares, 1.0).paths("x")
many.count, many.edges

# %% [markdown]
# At a million paths a second that would take 35 years. The gradient does not take long:

# %%
dr.grad(squares)(1.0)

# %% [markdown]
# **DO.** At $x = 1$ every local slope of the square is $2 x = 2$, split over two edges of slope 1 each. So each path
# has the product 1. What must the derivative be, then? Compare with the number above. (Hint: count.)

# %%
derivative_of_squares = ...
lesson.check("derivative of 50 squares", derivative_of_squares)

# %% [markdown]
# **BREAK.** Here is a derivative by paths, one call for each use of a value: the way many first programs do it. Count
# how often it is called.


# %%
def slope_by_paths(depth, x=1.0):
    """d/dx of `depth` squares, by walking each path from the output back to x."""
    slope_by_paths.calls += 1
    if depth == 0:
        return 1.0
    value = x ** (2 ** (depth - 1))
    return value * slope_by_paths(depth - 1, x) + value * slope_by_paths(depth - 1, x)


for depth in (2, 4, 8, 12):
    slope_by_paths.calls = 0
    slope = slope_by_paths(depth)
    print(f"{depth:2} squares: slope {slope:6.0f}, {slope_by_paths.calls:5} calls")

# %% [markdown]
# **DO.** Mend it in one line: the two calls in the last line give the same number, so call once. Write the last line
# again so that `depth` squares need `depth + 1` calls.


# %%
def slope_by_nodes(depth, x=1.0):
    slope_by_nodes.calls += 1
    if depth == 0:
        return 1.0
    value = x ** (2 ** (depth - 1))
    return ...


slope_by_nodes.calls = 0
slope_by_nodes(12)
lesson.check("one call for each node", [slope_by_nodes(12), slope_by_nodes.calls // 2])

# %% [markdown]
# **In one line:** a derivative is a sum over paths, and both modes add up at the nodes, so that each edge counts once.

# %%
dr.teach.done()
