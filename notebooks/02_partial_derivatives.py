# %% [markdown]
# # 02 Partial derivatives and the chain rule
#
# The tools of the course, on paper: what a partial derivative is, how it differs from a total one, and the three rules
# that everything else is made of. You will fill in worksheets; they tell you where you slipped, never the answer.

# %%
import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("02")

# %% [markdown]
# ## One input moves, the others stand still
#
# $f(a, b) = a\,b + 1$. The partial derivative in $a$ asks: if only $a$ moves, how fast does $f$ move?


# %%
def f(p):
    return p["b"] * p["a"] + 1


# %% [markdown]
# **PREDICT.** At a = 1, b = 2: the partial derivatives in a and in b.

# %%
partial_in_a, partial_in_b = ..., ...
lesson.predict("partials of ab + 1", [partial_in_a, partial_in_b])

# %% [markdown]
# **SEE.** dualrev takes named inputs and gives named derivatives.

# %%
dr.grad(f)({"a": 1.0, "b": 2.0})

# %% [markdown]
# ## Three rules
#
# | | if | then |
# |---|---|---|
# | sum | $y = u + v$ | both slopes are 1 |
# | product | $y = u v$ | the slope in $u$ is $v$, the slope in $v$ is $u$ |
# | chain | $y = g(u)$, $u = h(x)$ | slopes along a path multiply |
#
# And one more, which people forget: **if x reaches y on several paths, the products of the paths add up.**
#
# A product sends each factor to the other branch: look at the edges.


# %%
def product(u, v):
    return u * v


dr.trace(product, 3.0, 7.0).graph(partials="symbolic")

# %% [markdown]
# ## Total against partial
#
# Let $z = x^2 y$, and let $y$ itself depend on $x$: $y = \sin x$. The *partial* derivative of z holds y still. The
# *total* derivative lets it move.


# %%
def z(x, y):
    return x**2 * y


x = 2.0
partial = dr.grad(z)(x, np.sin(x))
total = dr.grad(lambda x: z(x, np.sin(x)))(x)
partial, total

# %% [markdown]
# **DO.** The difference of the two is what comes along the second path, through y: the slope of z in y, times the
# slope of y in x. Write it as an expression in `x`.

# %%
through_y = ...
lesson.check("what comes through y", through_y)

# %%
dr.trace(lambda x: z(x, np.sin(x)), 2.0).paths("x")

# %% [markdown]
# ## A worksheet
#
# $f = (b^2 a + 1)^2$ at a = 1, b = 3. The table has blanks for you.


# %%
def squared(a, b):
    c = b * b
    d = c * a
    e = d + 1
    return e * e


ex = dr.teach.exercise(squared, 1.0, 3.0, blanks="adjoint")
ex

# %% [markdown]
# **DO.** Work from the bottom up: the last line has adjoint 1. `e` is used twice in `e * e`. What is the adjoint of
# `e`, then of `d`, `c`, and at last of `a` and `b`? You can fill in a few and check.

# %%
adj_e, adj_d, adj_c, adj_a, adj_b = ..., ..., ..., ..., ...
print(ex.check(e=adj_e, d=adj_d, c=adj_c, a=adj_a, b=adj_b))

# %% [markdown]
# ## Pencil and paper
#
# $E = (w_1 x_1 + w_2 x_2)(w_3 x_3)$.


# %%
def energy(w1, w2, w3, x1, x2, x3):
    s = w1 * x1 + w2 * x2
    t = w3 * x3
    return s * t


dr.trace(energy, 2.0, -1.0, 3.0, 0.5, 4.0, -2.0).graph()

# %% [markdown]
# **DO.** Give the derivatives in $w_1, w_2, w_3$ at w = (2, -1, 3), x = (0.5, 4, -2). The factor `s` goes to the
# branch of `t`, and the factor `t` to the branch of `s`.

# %%
dE_dw1, dE_dw2, dE_dw3 = ..., ..., ...
lesson.check("derivatives of E", [dE_dw1, dE_dw2, dE_dw3])

# %% [markdown]
# ## With a fraction
#
# $f = \frac{1}{a} \ln b + c\,\frac{1}{a}$ at a = 2, b = e, c = 3. Here `u` $= 1/a$ is used twice.


# %%
def fraction(a, b, c):
    u = 1 / a
    v = np.log(b)
    w = u * v
    t = c * u
    return w + t


ex = dr.teach.exercise(fraction, 2.0, np.e, 3.0, blanks=["a", "b", "c"])
ex

# %% [markdown]
# **DO.** The three derivatives. You may write `np.e` in an answer.

# %%
df_da, df_db, df_dc = ..., ..., ...
print(ex.check(a=df_da, b=df_db, c=df_dc))

# %% [markdown]
# **BREAK.** What if somebody lets the last use of `u` overwrite the first, in place of adding? Then what comes through
# `w` is lost, or what comes through `t`.

# %%
dr.teach.broken(fraction, 2.0, np.e, 3.0, bug="overwrite")

# %% [markdown]
# **In one line:** slopes multiply along a path and add up over paths; a partial derivative holds the others still.

# %%
dr.teach.done()
