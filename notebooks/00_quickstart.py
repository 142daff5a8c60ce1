# %% [markdown]
# # 00 Quickstart: a gradient, a Jacobian, a fit
#
# You write plain NumPy. dualrev tells you how the result changes when an input changes: exactly, without a formula by
# hand. Four words say what to do: **PREDICT** before you run a cell, **SEE** a picture, **DO** a small exercise,
# **BREAK** something on purpose.

# %%
import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("00")
lesson

# %% [markdown]
# ## A function and its slope
#
# This is the example of a well-known survey: $f(x_1, x_2) = \ln x_1 + x_1 x_2 - \sin x_2$.


# %%
def f(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


print(f(2.0, 5.0))

# %% [markdown]
# **PREDICT.** At $x_1 = 2$, $x_2 = 5$: by how much does $f$ grow if $x_1$ grows by a tiny $h$? Do it in your head:
# $1/x_1 + x_2$, times $h$. Write the number in place of the three dots.

# %%
slope_in_x1 = ...
lesson.predict("slope in x1", slope_in_x1)

# %% [markdown]
# **SEE.** `dr.grad(f)` is a new function: the derivative of `f` in its first argument. `argnums` asks for others.

# %%
dr.grad(f)(2.0, 5.0)

# %%
dr.grad(f, argnums=(0, 1))(2.0, 5.0)

# %% [markdown]
# Where does the number come from? `dr.trace` runs `f` once and keeps every operation. The column *tangent* moves from
# the inputs to the result: that is **forward mode**. The column *adjoint* moves from the result back to the inputs:
# that is **reverse mode**. Both find the same derivative.

# %%
program = dr.trace(f, 2.0, 5.0)
program.table()

# %%
program.graph()

# %% [markdown]
# **DO.** Change the model. Write a function `g` of one number whose slope at 1 is 10: any function you like, as long
# as NumPy can compute it. (Start with `5 * x**2` if nothing comes to mind.)


# %%
def g(x):
    return ...


lesson.check("a function with slope 10", g)

# %% [markdown]
# ## Many outputs
#
# A decaying signal at 200 times, with three parameters. Its Jacobian has a row for every time and a column for every
# parameter.

# %%
t = np.linspace(0.0, 4.0, 200)


def decay(p):
    return p[0] * np.exp(-p[1] * t) + p[2]


start = np.array([1.0, 1.0, 0.0])
dr.jacobian(decay)(start).shape

# %% [markdown]
# **PREDICT.** Forward mode fills this Jacobian a column at a time, reverse mode a row at a time. Which one is cheaper
# here, `"forward"` or `"reverse"`?

# %%
cheaper = ...
lesson.predict("the cheaper mode", cheaper)

# %%
dr.choose_mode(decay, start)

# %% [markdown]
# **SEE.** What both cost, counted in multiplications and additions.

# %%
dr.compare(decay, start, measured=False)

# %% [markdown]
# ## A fit
#
# SciPy does the fitting, dualrev hands it the exact Jacobian. The second number of each pair is the standard error.

# %%
rng = np.random.default_rng(0)
y = 3 * np.exp(-1.3 * t) + 0.5 + 0.05 * rng.normal(size=t.size)
fit = dr.fit(lambda t, a, rate, c: a * np.exp(-rate * t) + c, t, y, a=1.0, rate=1.0, c=0.0)
fit

# %%
fit.plot()

# %% [markdown]
# **DO.** The data were made with a rate of 1.3. How many standard errors is the fitted rate away from that?
# `fit.params["rate"]` and `fit.stderr["rate"]` have what you need; the answer is a positive number.

# %%
how_many_errors = ...
lesson.check("errors away", how_many_errors)

# %% [markdown]
# **BREAK.** A derivative that is lost without a word is the worst bug there is, so dualrev refuses. `float(x)` would
# throw the derivative away:

# %%
try:
    dr.grad(lambda x: float(x) ** 2)(3.0)
except dr.DualrevError as refused:
    print(refused)

# %% [markdown]
# Take `float` away and it works: `dr.grad(lambda x: x ** 2)(3.0)`.
#
# **In one line:** write plain NumPy, call `dr.grad`, `dr.jacobian` or `dr.fit`, and look inside with `dr.trace`.

# %%
dr.teach.done()
