# %% [markdown]
# # 05 The forward trace
#
# Table 2 of the survey by Baydin, Pearlmutter, Radul and Siskind (2018), and you fill it in. Two columns move down the
# page together: the value, and how fast it changes.

# %%
import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("05")

# %% [markdown]
# ## The question
#
# $f(x_1, x_2) = \ln x_1 + x_1 x_2 - \sin x_2$ at $x_1 = 2$, $x_2 = 5$. How fast does f change if $x_1$ moves and $x_2$
# stands still? So $\dot x_1 = 1$ and $\dot x_2 = 0$. This pair is the **direction**, also called the seed.


# %%
def f(x1, x2):
    v1 = np.log(x1)
    v2 = x1 * x2
    v3 = np.sin(x2)
    v4 = v1 + v2
    return v4 - v3


program = dr.trace(f, 2.0, 5.0)

# %% [markdown]
# **PREDICT.** Which of v1, v2, v3 will have the tangent 0, for this direction?

# %%
stands_still = ...
lesson.predict("which stands still", stands_still)

# %% [markdown]
# ## The worksheet
#
# The values are given. The tangents are yours: each follows from the ones above it.

# %%
ex = dr.teach.exercise(f, 2.0, 5.0, blanks="tangent", seed="x1")
ex

# %% [markdown]
# **DO.** The tangent of $\ln x_1$ is $\dot x_1 / x_1$. The tangent of a product $x_1 x_2$ is $\dot x_1 x_2 + x_1 \dot
# x_2$. Fill in v1 to v5, in any order; check as often as you like.

# %%
tan_v1, tan_v2, tan_v3, tan_v4, tan_v5 = ..., ..., ..., ..., ...
print(ex.check(v1=tan_v1, v2=tan_v2, v3=tan_v3, v4=tan_v4, v5=tan_v5))

# %% [markdown]
# **SEE.** The whole table. Values and tangents are made in one sweep: when a value is ready, so is its tangent, and
# nothing has to be remembered.

# %%
program.table("forward", seed="x1")

# %% [markdown]
# ## The other direction
#
# **DO.** For the derivative in $x_2$ the direction is $\dot x_1 = 0$, $\dot x_2 = 1$. What is the tangent of the
# result? Write it as an expression with `np.cos`.

# %%
slope_in_x2 = ...
lesson.check("tangent for x2", slope_in_x2)

# %%
program.table("forward", seed="x2")

# %% [markdown]
# Two inputs, two sweeps. What a direction between them gives is between the two answers, because derivatives are
# linear:

# %%
_, along_both = dr.jvp(f, (2.0, 5.0), (3.0, -1.0))
print(along_both, 3 * dr.grad(f)(2.0, 5.0) - dr.grad(f, argnums=1)(2.0, 5.0))

# %% [markdown]
# **DO.** In which direction of length 1 does f grow fastest? It is the gradient, divided by its length. Give both
# numbers; `dr.grad(f, argnums=(0, 1))(2.0, 5.0)` is the gradient.

# %%
fastest = ...
lesson.check("the fastest direction", fastest)

# %% [markdown]
# ## Step by step
#
# **SEE.** The same sweep as it happens, one operation at a time. In a notebook there is a slider.

# %%
steps = program.steps("forward")
steps

# %%
for step in list(steps)[:4]:
    print(step.text)

# %% [markdown]
# ## Many directions in one sweep
#
# A computer can carry several tangents with each value, as an array. Here are both columns of the Jacobian in one
# sweep:

# %%
_, tangents = dr.jvp(f, (2.0, 5.0), (np.array([1.0, 0.0]), np.array([0.0, 1.0])))
tangents

# %% [markdown]
# **BREAK.** Forget the seed. With $\dot x_1 = \dot x_2 = 0$ nothing moves, and the answer is 0, quietly. It is the
# commonest slip with dual numbers: no warning can know what you meant.

# %%
print(dr.jvp(f, (2.0, 5.0), (0.0, 0.0))[1])

# %% [markdown]
# **DO.** One more: $y = x^2 \cdot \sin x$ at $x = 2$, with $\dot x = 1$. The tangent of y?

# %%
tangent_of_y = ...
lesson.check("tangent of y", tangent_of_y)

# %% [markdown]
# **In one line:** forward mode carries a tangent beside each value, from the inputs on; one sweep for each direction.

# %%
dr.teach.done()
