# %% [markdown]
# # 17 Linear regression, from single numbers to standard errors
#
# One line through ten points, five times: with a graph of single numbers, by gradient descent, with arrays, with SciPy
# and an exact gradient, and with standard errors. Each step is shorter and better than the one before.

# %%
import matplotlib.pyplot as plt
import numpy as np
from scipy import optimize

import dualrev as dr

lesson = dr.teach.lesson("17")

# %% [markdown]
# ## The data
#
# Ten points of the line $y = 10 + 5 x$, with noise of standard deviation 3. We pretend not to know 10 and 5.

# %%
rng = np.random.default_rng(7)
x = rng.uniform(-10, 10, 10)
y = 10 + 5 * x + 3 * rng.normal(size=10)

plt.figure(figsize=(4.6, 3))
plt.plot(x, y, "o")
plt.xlabel("x"), plt.ylabel("y")
plt.show()

# %% [markdown]
# ## 1. Single numbers
#
# The cost is the mean of the squared errors. Written with single numbers, every `*`, `+` and `**` is a node of its
# own.


# %%
def cost_of_numbers(w, b, count=10):
    total = 0.0
    for xi, yi in zip(x[:count], y[:count]):
        error = w * float(xi) + b - float(yi)
        total = total + error**2
    return total / count


dr.trace(lambda w, b: cost_of_numbers(w, b, count=2), 0.0, 0.0).graph()

# %% [markdown]
# **PREDICT.** `w` is used once for each point. With all ten points its adjoint is a sum; of how many terms?

# %%
terms_of_w = ...
lesson.predict("terms of the adjoint of w", terms_of_w)

# %% [markdown]
# **SEE.** The first rows of the table: the column *sum over uses* of `w`.

# %%
numbers = dr.trace(cost_of_numbers, 0.0, 0.0)
print("operations:", len(numbers.operations))
numbers.table("reverse").head(8)

# %% [markdown]
# ## 2. Gradient descent
#
# Walk downhill: subtract a small multiple of the gradient, and do it again.
#
# **DO.** Fill in the step. `slope_w` and `slope_b` are the two derivatives of the cost, `rate` says how far to go.


# %%
def step(w, b, slope_w, slope_b, rate):
    return ...


lesson.check("one step of descent", step)

# %%
gradient = dr.value_and_grad(cost_of_numbers, argnums=(0, 1))


def descend(step, rate=0.01, steps=200):
    w, b, costs = 0.0, 0.0, []
    for _ in range(steps):
        cost, (slope_w, slope_b) = gradient(w, b)
        w, b = step(w, b, slope_w, slope_b, rate)
        costs.append(cost)
    return w, b, costs


def show(w, b, costs):
    _, (left, right) = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
    left.semilogy(costs)
    left.set(xlabel="step", ylabel="cost")
    right.plot(x, y, "o")
    right.plot([-10, 10], [b - 10 * w, b + 10 * w], label=f"y = {b:.2f} + {w:.2f} x")
    right.legend()
    plt.show()


if step(0.0, 0.0, 1.0, 1.0, 1.0) is not ...:
    show(*descend(step))

# %% [markdown]
# **BREAK.** A larger rate, and it runs away. The cost at each of the first six steps:

# %%
_, _, costs = descend(lambda w, b, sw, sb, rate: (w - rate * sw, b - rate * sb), rate=0.05, steps=6)
print(*(f"{cost:,.0f}" for cost in costs), sep="   ")

# %% [markdown]
# Why? Along the steepest direction the cost is a parabola of curvature $\lambda$, the largest eigenvalue of the
# Hessian. One step multiplies the distance from the minimum by $1 - \text{rate} \cdot \lambda$, and that must stay
# between -1 and 1.
#
# **DO.** Which rate is the largest that does not run away? `dr.hessian` has the second derivatives.


# %%
def cost(p):
    return np.mean((p[0] * x + p[1] - y) ** 2)


hessian = dr.hessian(cost)(np.zeros(2))
hessian.round(3)

# %%
largest_rate = ...
lesson.check("largest rate", largest_rate)

# %% [markdown]
# ## 3. Arrays
#
# `cost` above is the same with arrays: whatever the number of points, it is the same few operations.
#
# **PREDICT.** How many operations has `cost`?

# %%
operations_of_arrays = ...
lesson.predict("operations with arrays", operations_of_arrays)

# %%
dr.trace(cost, np.zeros(2)).table("reverse")

# %% [markdown]
# With 1000 points the first version has 5001 operations and the second has as many as here. Timed on one machine, its
# gradient took about 90 times as long. Time it yourself: `%timeit dr.grad(cost)(np.zeros(2))`.
#
# Descent in one call, with its history. It is for looking; SciPy is better at getting there.

# %%
history = dr.descent(cost, np.zeros(2), rate=0.01, steps=200)
history.plot()

# %%
show(*history.params, history.costs)

# %% [markdown]
# ## 4. SciPy, with the exact gradient
#
# SciPy's optimisers want a function that returns the value and the gradient: `dr.objective` makes it.

# %%
objective = dr.objective(cost, np.zeros(2))
exact = optimize.minimize(objective, objective.x0, jac=True)
differences = optimize.minimize(cost, np.zeros(2))
print("with the exact gradient: ", exact.nfev, "evaluations")
print("with finite differences: ", differences.nfev, "evaluations")
exact.x

# %% [markdown]
# **SEE.** With names, in one line, and with a certificate that this is a minimum:

# %%
dr.minimize(lambda p: np.mean((p["w"] * x + p["b"] - y) ** 2), {"w": 0.0, "b": 0.0})

# %% [markdown]
# ## 5. Standard errors
#
# Say what the model is, and dualrev says how well the data determine its parameters.

# %%
fit = dr.fit(lambda x, b, w: b + w * x, x, y, b=0.0, w=0.0)
fit

# %%
fit.plot()

# %% [markdown]
# **DO.** The textbook has a formula for the standard error of the slope: $s / \sqrt{\sum (x - \bar x)^2}$, where $s^2$
# is the sum of the squared residuals divided by the number of points minus two. Compute it with `fit.residuals`.

# %%
error_of_slope = ...
lesson.check("standard error of the slope", error_of_slope)

# %% [markdown]
# ## The Norris data
#
# NIST, the American institute of standards, publishes data with certified answers to 15 digits: here the calibration
# of an ozone monitor.

# %%
norris = dr.datasets.load_norris()
line = dr.fit(lambda x, b0, b1: b0 + b1 * x, norris.x, norris.y, b0=0.0, b1=0.0)
line

# %%
found = np.array(list(line.params.values()))
errors = np.array(list(line.stderr.values()))
print(
    "parameters agree to    ", int(-np.log10(np.abs(found / norris.parameters - 1).max())) >= 12, "at least 12 digits"
)
print(
    "their errors agree to  ", int(-np.log10(np.abs(errors / norris.deviations - 1).max())) >= 12, "at least 12 digits"
)

# %% [markdown]
# **In one line:** derivatives of single numbers explain it, arrays make it fast, SciPy with an exact gradient gets
# there, and the Jacobian at the end says how far to trust it.

# %%
dr.teach.done()
