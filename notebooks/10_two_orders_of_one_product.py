# %% [markdown]
# # 10 Two orders of one product
#
# If you take one thing home from this course, take this: a derivative is a **product of matrices**, and the two modes
# are two **orders of multiplying** it. Same matrices, same answer, another price.

# %%
import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("10")

# %% [markdown]
# ## Each layer has a Jacobian
#
# A function in three layers, from 100 numbers to 100 to 100 to a single one: $y = f_3(f_2(f_1(x)))$. By the chain rule
#
# $$ J = J_3 \, J_2 \, J_1, \qquad (1 \times 100)(100 \times 100)(100 \times 100). $$
#
# Multiplying a $p \times q$ matrix with a $q \times r$ matrix costs $p\,q\,r$ multiplications.
#
# **PREDICT.** Multiply from the left, $(J_3 J_2) J_1$. How many multiplications?

# %%
from_the_left = ...
lesson.predict("multiplications from the left", from_the_left)

# %% [markdown]
# **SEE.** The Jacobians as rectangles, to scale, and the price of each bracketing. From the right, beginning at the
# input, is forward mode. From the left, beginning at the output, is reverse mode.

# %%
rng = np.random.default_rng(0)
W1, W2, W3 = rng.normal(size=(100, 100)) / 10, rng.normal(size=(100, 100)) / 10, rng.normal(size=(1, 100)) / 10


def loss(x):
    return W3 @ (W2 @ (W1 @ x))


x = np.linspace(-1.0, 1.0, 100)
dr.teach.chain(loss, x)

# %% [markdown]
# From the left there is never more than one row to carry. From the right one carries a hundred columns, until the last
# matrix makes one row of them.
#
# **DO.** Twice as wide: 200 in place of every 100. From the right, $J_3 (J_2 J_1)$: how many multiplications are that?

# %%
from_the_right = ...
lesson.check("multiplications from the right", from_the_right)

# %% [markdown]
# ## The price of a bracketing
#
# **DO.** Write the price of multiplying a $p \times q$ with a $q \times r$ matrix.


# %%
def price(p, q, r):
    return ...


lesson.check("price of a product", price)

# %% [markdown]
# ## Turn it around
#
# Now one input and many outputs, a curve: $1 \to 100 \to 100 \to 100$.

# %%
V1, V2, V3 = rng.normal(size=(100, 1)), rng.normal(size=(100, 100)) / 10, rng.normal(size=(100, 100)) / 10


def curve(s):
    return V3 @ (V2 @ (V1 @ s))


# %% [markdown]
# **PREDICT.** Which mode is cheap here?

# %%
cheap_for_a_curve = ...
lesson.predict("cheap for a curve", cheap_for_a_curve)

# %%
dr.teach.chain(curve, np.array([0.3]))

# %% [markdown]
# ## A narrow waist: 500 to 2 to 500
#
# Here is the case that shows that neither mode is always best. The Jacobians, from the output back:
#
# $$ J = \underbrace{J_4}_{500 \times 100} \; \underbrace{J_3}_{100 \times 2} \; \underbrace{J_2}_{2 \times 100} \;
# \underbrace{J_1}_{100 \times 500} $$
#
# **DO.** In which order? Write the price of three bracketings: forward $J_4 (J_3 (J_2 J_1))$, reverse $((J_4 J_3) J_2)
# J_1$, and middle $(J_4 J_3)(J_2 J_1)$. Use your `price`, or a pocket calculator.

# %%
price_forward, price_reverse, price_middle = ..., ..., ...
lesson.check("three bracketings", [price_forward, price_reverse, price_middle])

# %%
A1, A2 = rng.normal(size=(100, 500)) / 20, rng.normal(size=(2, 100)) / 10
A3, A4 = rng.normal(size=(100, 2)), rng.normal(size=(500, 100)) / 10


def narrow(x):
    return A4 @ (A3 @ (A2 @ (A1 @ x)))


dr.teach.chain(narrow, np.linspace(0.0, 1.0, 500))

# %% [markdown]
# **SEE.** dualrev notices. `mixed` is the middle bracketing: reverse from the waist to the inputs, forward from the
# waist to the outputs.

# %%
dr.choose_mode(narrow, np.linspace(0.0, 1.0, 500))

# %% [markdown]
# ## The best order
#
# Which bracketing of a product of matrices is cheapest is a classic of computer science, solved by dynamic
# programming. For sizes $n_0, n_1, \dots$ from the input on:


# %%
def best_price(sizes):
    """The least number of multiplications for a product of matrices between layers of these sizes."""
    count = len(sizes) - 1
    best = {(i, i): 0 for i in range(count)}
    for length in range(1, count):
        for i in range(count - length):
            j = i + length
            best[i, j] = min(best[i, k] + best[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1] for k in range(i, j))
    return best[0, count - 1]


best_price([100, 100, 100, 1]), best_price([500, 100, 2, 100, 500])

# %% [markdown]
# **DO.** Find sizes of five layers, each between 1 and 100, for which the best order is at least five times cheaper
# than the cheaper of the two modes. (Where does the waist have to be?)

# %%
my_sizes = ...
lesson.check("sizes for which both modes are poor", my_sizes)

# %% [markdown]
# ## One column, one row
#
# Nobody has to multiply matrices at all, if a product with one vector is enough: from the right, $J v$, or from the
# left, $w^T J$. Then every product is matrix times vector, and both are cheap.

# %%
v, w = np.ones(500), np.ones(500)
_, Jv = dr.jvp(narrow, (v,), (v,))
_, pullback = dr.vjp(narrow, v)
print("w.(J v) =", round(float(w @ Jv), 6), "  (J^T w).v =", round(float(pullback(w)[0] @ v), 6))

# %% [markdown]
# ## Contractions
#
# `einsum` is matrix multiplication for any number of indices; its derivative is an einsum again. Even where an operand
# appears twice, or an index repeats:

# %%
X = np.arange(4.0).reshape(2, 2)
print("d trace(X) =", dr.grad(lambda X: np.einsum("ii->", X))(X).tolist())
print("d sum(X X) =", dr.grad(lambda X: np.einsum("ij,jk->", X, X))(X).tolist())
print("by hand:    ", [[float(X[j].sum() + X[:, i].sum()) for j in range(2)] for i in range(2)])

# %% [markdown]
# **BREAK.** Take the wrong mode for `loss` on purpose: a hundred columns for a single row. Compare what is counted.

# %%
dr.compare(loss, x, measured=False)

# %% [markdown]
# **In one line:** forward multiplies from the input, reverse from the output; begin at the narrow end, wherever it is.

# %%
dr.teach.done()
