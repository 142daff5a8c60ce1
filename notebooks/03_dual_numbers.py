# %% [markdown]
# # 03 Dual numbers: forward mode in ten lines
#
# Carry two numbers instead of one: the value, and how fast it changes. Write them as $a + a' \varepsilon$, where
# $\varepsilon$ is so small that $\varepsilon^2 = 0$. That is all of forward mode.

# %%
import matplotlib.pyplot as plt
import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("03")

# %% [markdown]
# ## Multiply by hand
#
# $(2 + 1\varepsilon)(5 + 0\varepsilon) = 10 + 5\varepsilon + 0\,\varepsilon^2 = 10 + 5 \varepsilon$.
#
# **PREDICT.** $(3 + 1\varepsilon)^2$ is value plus tangent times $\varepsilon$. Which value and which tangent?

# %%
value_of_square, tangent_of_square = ..., ...
lesson.predict("square of 3 + eps", [value_of_square, tangent_of_square])

# %%
dr.Dual(3.0, 1.0) ** 2

# %% [markdown]
# **SEE.** `dr.Dual` works with all of NumPy.

# %%
dr.Dual(2.0, 1.0) * dr.Dual(5.0) + 1

# %%
np.sin(dr.Dual(0.0, 1.0))

# %% [markdown]
# The $\varepsilon$ part of $x$ says which way you look. With 1 for $x$ and 0 for everything else, the $\varepsilon$
# part of the result is the derivative in $x$.


# %%
def f(x):
    return x**3 - 10 * x**2 + 5 * x - 2


y = f(dr.Dual(6.0, 1.0))
print(y.primal, y.tangent)

# %% [markdown]
# As arrows: a step of one to the right, and how far the curve goes up meanwhile, as long as one follows the tangent.

# %%
xs = np.linspace(-1.0, 8.0, 200)
plt.figure(figsize=(5, 3.4))
plt.plot(xs, f(xs))
for at in (0.0, 3.0, 6.0):
    y = f(dr.Dual(at, 1.0))
    plt.annotate("", (at + 1, y.primal + y.tangent), (at, y.primal), arrowprops={"arrowstyle": "->", "color": "C1"})
    plt.text(at + 1.05, y.primal + y.tangent, f"{y.tangent:g}", color="C1")
plt.xlabel("x"), plt.ylabel("f(x), and its tangent for x' = 1")
plt.show()

# %% [markdown]
# ## Write your own
#
# A dual number as a pair `(value, tangent)`.
#
# **DO.** The sum is easy. Fill in the product: the value, and the tangent by the product rule.


# %%
def plus(a, b):
    return a[0] + b[0], a[1] + b[1]


def times(a, b):
    return ...


lesson.check("product of duals", times)

# %% [markdown]
# **DO.** And the sine. Do not forget the tangent that comes in (the chain rule).


# %%
def sine(a):
    return ...


lesson.check("sine of a dual", sine)

# %% [markdown]
# **DO.** Now $f(x_1, x_2) = x_1 x_2 + \sin x_1$ at (2, 5), with your three functions. Which pairs stand for x1 and x2,
# if you want the derivative in x1?

# %%
x1, x2 = ..., ...
lesson.check("seeds for x1", [x1, x2])

# %%
if times((1, 1), (1, 1)) is not ... and x1 is not ...:
    print(plus(times(x1, x2), sine(x1)))
    print(dr.grad(lambda x1, x2: x1 * x2 + np.sin(x1))(2.0, 5.0))

# %% [markdown]
# ## A direction is an input
#
# Any direction may be seeded. With $x_1' = 1$ and $x_2' = 1$ one gets the derivative along the diagonal.


# %%
def g(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


print(g(dr.Dual(2.0, 1.0), dr.Dual(5.0, 1.0)).tangent, sum(dr.grad(g, argnums=(0, 1))(2.0, 5.0)))

# %% [markdown]
# **PREDICT.** Forward mode gives one direction at a time. How many runs of dual numbers does the gradient of a
# function of 50 inputs take?

# %%
runs_for_50 = ...
lesson.predict("runs for 50 inputs", runs_for_50)

# %%
A = np.arange(2500.0).reshape(50, 50)
gradient = [np.sum(np.sin(A @ dr.Dual(np.ones(50), e))).tangent for e in np.eye(50)]
by_reverse = dr.grad(lambda x: np.sum(np.sin(A @ x)))(np.ones(50))
print(len(gradient), "runs, and the same as reverse mode:", np.allclose(gradient, by_reverse))

# %% [markdown]
# ## Two at once
#
# `dr.jvp` is the same with the runs hidden: the value and the tangent.

# %%
print(*dr.jvp(g, (2.0, 5.0), (1.0, 0.0)))

# %% [markdown]
# **BREAK.** A dual number whose tangent gets lost on the way. `math.sin` wants a plain number, and would throw the
# tangent away; dualrev does not let it.

# %%
import math

try:
    math.sin(dr.Dual(0.0, 1.0))
except (dr.DualrevError, TypeError) as refused:
    print(refused)

# %% [markdown]
# **In one line:** carry (value, tangent) through every operation; one run gives the derivative in one direction.

# %%
dr.teach.done()
