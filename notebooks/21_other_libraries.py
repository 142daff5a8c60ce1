# %% [markdown]
# # 21 The same in other libraries
#
# What you learned is not about dualrev. The same function in autograd, JAX and PyTorch, where they are installed; what
# they call things; and where they disagree. None of them is needed for this lesson: what is missing is skipped.

# %%
import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("21")


# %% [markdown]
# ## One function
#
# $f = b\,(a + b)(a - b)$ at (1, 2).


# %%
def f(a, b):
    return b * (a + b) * (a - b)


# %% [markdown]
# **PREDICT.** You have met it before: the derivatives in a and b?

# %%
derivatives_of_f = ...
lesson.predict("derivatives of f", derivatives_of_f)

# %% [markdown]
# **SEE.** What each library says, and the lines that one writes to ask it.

# %%
print(dr.teach.beside(f, 1.0, 2.0))

# %% [markdown]
# ## A dictionary
#
# | here | autograd | JAX | PyTorch |
# |---|---|---|---|
# | `dr.grad(f)` | `grad(f)` | `jax.grad(f)` | `y.backward(); x.grad` |
# | `dr.jvp(f, x, v)` | `make_jvp(f)` | `jax.jvp(f, x, v)` | `torch.func.jvp` |
# | `dr.vjp(f, *x)` | `make_vjp(f)` | `jax.vjp(f, *x)` | `torch.autograd.grad` |
# | `dr.jacobian(f)` | `jacobian(f)` | `jax.jacfwd`, `jax.jacrev` | `torch.func.jacrev` |
# | `dr.stop_gradient(x)` | | `jax.lax.stop_gradient` | `x.detach()` |
# | plain `numpy` | `autograd.numpy` | `jax.numpy` | `torch` |
#
# JAX asks you to choose between `jacfwd` and `jacrev`; now you know how.
#
# **DO.** For a function of 5 inputs and 1000 outputs: which of JAX's two would you take, `"jacfwd"` or `"jacrev"`?

# %%
for_5_to_1000 = ...
lesson.check("for 5 inputs and 1000 outputs", for_5_to_1000)

# %% [markdown]
# ## tanh, two ways
#
# As an operation of its own, and made of exponentials. In every library both give the same slope.


# %%
def tanh_by_exponentials(x):
    e = np.exp(2 * x)
    return (e - 1) / (e + 1)


dr.grad(np.tanh)(1.0), dr.grad(tanh_by_exponentials)(1.0)

# %%
dr.teach.beside(tanh_by_exponentials, 1.0)

# %% [markdown]
# ## Where they disagree
#
# At a kink there is no derivative. Every library returns something all the same, by its own convention.

# %%
dr.kinks(lambda x: np.sum(np.abs(x)), np.array([0.0]))

# %% [markdown]
# **DO.** The slope of $|x|$ at 0 in dualrev, JAX, PyTorch and autograd: four numbers, from the table above.

# %%
slopes_at_the_kink = ...
lesson.check("abs at 0 in four libraries", slopes_at_the_kink)

# %% [markdown]
# All four are right, in a sense: any number between -1 and 1 is a slope of a line that touches $|x|$ at 0 from below
# (a *subgradient*).
#
# **DO.** Which of these five numbers are subgradients of $|x|$ at 0: -2, -1, 0, 0.5, 1.5? Write a list.

# %%
subgradients = ...
lesson.check("subgradients of abs", subgradients)

# %% [markdown]
# ## Accumulating
#
# In PyTorch `backward()` *adds* to `.grad`; one sets it to zero before each pass. In JAX, autograd and dualrev a
# gradient is the value of a function, and nothing is left behind:

# %%
gradient = dr.grad(f, argnums=(0, 1))
gradient(1.0, 2.0), gradient(1.0, 2.0)

# %% [markdown]
# What happens if one forgets, in an engine that adds:

# %%
dr.teach.broken(f, 1.0, 2.0, bug="stale")

# %% [markdown]
# **DO.** A PyTorch user calls `backward()` three times on the same graph, and never sets `.grad` to zero. The right
# slope is
# 4. What does `a.grad` say?

# %%
after_three = ...
lesson.check("after three backwards", after_three)

# %% [markdown]
# ## Writing into arrays
#
# JAX forbids `y[i] = v`, PyTorch counts versions, autograd refuses. dualrev lets you, with `dr.numpy`'s arrays:


# %%
def filled(x):
    y = dr.numpy.zeros(3)
    y[0] = x[0] ** 2
    y[1:] = x[1] * np.array([1.0, 2.0])
    return y


dr.jacobian(filled)(np.array([3.0, 5.0]))

# %% [markdown]
# **BREAK.** With NumPy's own `zeros` that cannot work: NumPy would store a plain number, and the derivative would be
# gone. So it raises.


# %%
def lost(x):
    y = np.zeros(3)
    y[0] = x[0] ** 2
    return y


try:
    dr.jacobian(lost)(np.array([3.0, 5.0]))
except (dr.DualrevError, TypeError, ValueError) as refused:
    print(str(refused)[:300])

# %% [markdown]
# ## What this course left out
#
# Graphics cards: dualrev computes with NumPy, on the processor. For large networks take JAX or PyTorch; the ideas are
# the ones you know.
#
# **In one line:** four libraries, two modes, one chain rule; they differ in names, in habits, and at kinks.

# %%
dr.teach.done()
