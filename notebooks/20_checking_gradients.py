# %% [markdown]
# # 20 Is this gradient right?
#
# You wrote a gradient by hand, or somebody else did. A gradient that is wrong by a factor of two still walks downhill,
# only badly, so nobody notices. In this lesson you are the detective: six wrong gradients, and one tool that names the
# slip.

# %%
import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("20")

# %% [markdown]
# ## A check by differences, and what is wrong with it
#
# The usual check: compare with $(f(x + h) - f(x)) / h$. But which h?

# %%
for h in (1e-1, 1e-4, 1e-8, 1e-12, 1e-15):
    print(f"h = {h:.0e}: error {abs((np.sin(1 + h) - np.sin(1)) / h - np.cos(1)):.0e}")

# %% [markdown]
# **PREDICT.** The error falls and then rises again. Why does it rise for tiny h: because of `"truncation"` or of
# `"rounding"`?

# %%
why_it_rises = ...
lesson.predict("why it rises", why_it_rises)

# %% [markdown]
# **SEE.** dualrev asks several referees that do not depend on each other: both modes against each other, the complex
# step, and central differences over a ladder of steps, each with an error budget that follows from f.


# %%
def energy(x):
    return np.sum(np.sin(x) * x)


dr.check(energy, np.array([0.5, 1.5]))

# %% [markdown]
# ## Three verdicts
#
# `PASS`, `FAIL`, and `INCONCLUSIVE`: it could not tell, and says why. At a kink, for example, there is no derivative
# to compare with.

# %%
dr.check(lambda x: np.sum(np.abs(x)), np.array([0.0, 1.0]))

# %% [markdown]
# ## Somebody else's gradient
#
# $f(x) = x_0 x_1^2$. The gradient below has a slip.


# %%
def f(x):
    return x[0] * x[1] ** 2


def f_by_hand(x):
    return np.array([x[1] ** 2, x[0] * x[1]])


# %% [markdown]
# **DO.** Which component is wrong, 0 or 1? And by which factor must it be multiplied? Use pencil and paper.

# %%
wrong_component, missing_factor = ..., ...
lesson.check("component and factor", [wrong_component, missing_factor])

# %%
dr.audit(f, f_by_hand, np.array([2.0, 3.0]))

# %% [markdown]
# ## Six wrong gradients
#
# A damped spring: $E = a \sin(k) + b\,x^2$, with parameters a, k, b, and x fixed at 5. Here is the right gradient, and
# six that students handed in.

# %%
X = 5.0


def spring(p):
    a, k, b = p
    return a * np.sin(k) + b * X**2


handed_in = {
    "Ada": lambda p: np.array([np.sin(p[1]), np.cos(p[1]), X**2]),
    "Ben": lambda p: np.array([np.sin(p[1]), -p[0] * np.cos(p[1]), X**2]),
    "Cleo": lambda p: np.array([np.sin(p[1]), p[0] * np.cos(p[1]), 2 * X]),
    "Dan": lambda p: np.array([p[0] * np.cos(p[1]), np.sin(p[1]), X**2]),
    "Eva": lambda p: np.array([np.sin(p[1]), p[0] * np.cos(p[1]) * np.pi / 180, X**2]),
    "Finn": lambda p: 2 * np.array([np.sin(p[1]), p[0] * np.cos(p[1]), X**2]),
}
p0 = np.array([2.0, 0.5, 1.5])
dr.grad(spring)(p0)

# %% [markdown]
# **DO.** Match each with its slip. The slips, in another order: `"sign"`, `"factor 2"`, `"swapped"`, `"degrees"`,
# `"factor a"`, `"derivative of x squared"`.

# %%
slips = {"Ada": ..., "Ben": ..., "Cleo": ..., "Dan": ..., "Eva": ..., "Finn": ...}
lesson.check("six slips", slips)

# %% [markdown]
# **SEE.** What the audit says of each. It never sees the formulas, only numbers.

# %%
for name, gradient in handed_in.items():
    print(f"{name:5}", *dr.audit(spring, gradient, p0).diagnosis)

# %% [markdown]
# ## One point is not enough
#
# **BREAK.** Audit at a point where the slip does not show. At $x = (2, 4)$ two components of $x_0 x_1^2$ are equal,
# and a gradient with both swapped passes any check at that point alone.

# %%
swapped = lambda x: np.array([2 * x[0] * x[1], x[1] ** 2])
x0 = np.array([2.0, 4.0])
print("right at x0:  ", dr.grad(f)(x0))
print("swapped at x0:", swapped(x0))
print(dr.audit(f, swapped, x0).verdict)

# %% [markdown]
# dualrev looks at the point you gave and at two nearby.
#
# **DO.** Give a point with positive coordinates where even `f_by_hand` and the right gradient agree in component 0,
# and where both components of the *right* gradient are equal. (There are many: solve $x_1^2 = 2 x_0 x_1$.)

# %%
my_point = ...
lesson.check("a point that hides a swap", my_point)

# %% [markdown]
# ## In a test suite

# %%
dr.check_grads(energy, (np.array([0.5, 1.5]),))
print("no news is good news")

# %% [markdown]
# It raises if a derivative is wrong, and there is no step and no tolerance to choose.
#
# **In one line:** a check that can say "I cannot tell" and names the slip is worth more than a small number.

# %%
dr.teach.done()
