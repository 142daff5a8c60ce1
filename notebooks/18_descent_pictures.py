# %% [markdown]
# # 18 Descent, in pictures
#
# A gradient points uphill. Walk against it, and you go down; but how far in one step, and does it end at the bottom?
# Fifty walkers, a map, and a race of four rules.

# %%
import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("18")

# %% [markdown]
# ## One step
#
# $f(a, b) = b\,(a + b)(a - b)$, the function of the physics tutorial. At (1, 2) its value is -6 and its gradient (4,
# -11).
#
# **PREDICT.** One step of descent with rate 0.01: from (1, 2) to where? Two numbers.


# %%
def f(a, b):
    return b * (a + b) * (a - b)


after_one_step = ...
lesson.predict("after one step", after_one_step)

# %%
gradient = dr.grad(f, argnums=(0, 1))(1.0, 2.0)
new = (1.0 - 0.01 * gradient[0], 2.0 - 0.01 * gradient[1])
print(new, f(*new))

# %% [markdown]
# **SEE.** The map: contours of f, arrows of the gradient, and fifty walkers with 25 steps of rate 1e-3 each.

# %%
dr.teach.field(f, (-10, 10), (-10, 10), trajectories=50, steps=25, rate=1e-3, seed=0)

# %% [markdown]
# This f has no lowest point: along b it falls like $-b^3$. So some walkers run away, faster and faster. A descent does
# not know; it only ever sees the slope under its feet.
#
# ## A bowl
#
# $g(a, b) = a^2 + 10 b^2$ has a lowest point, but it is a long valley: steep across, flat along.


# %%
def g(a, b):
    return a**2 + 10 * b**2


dr.teach.field(g, (-10, 10), (-10, 10), trajectories=10, steps=25, rate=0.02, seed=1)

# %% [markdown]
# **DO.** The steep direction has curvature 20 (the second derivative of $10 b^2$). One step multiplies b by $1 - 20
# \cdot \text{rate}$. Above which rate does b run away?

# %%
runaway_rate = ...
lesson.check("rate above which b runs away", runaway_rate)

# %%
for rate in (0.02, 0.09, 0.11):
    b = 1.0
    for _ in range(20):
        b -= rate * dr.grad(g, argnums=1)(0.0, b)
    print(f"rate {rate}: after 20 steps b = {b:.2g}")

# %% [markdown]
# ## Half of them
#
# Twenty walkers start at different points of $q(x) = x^4$: the farther out, the steeper. So the rate that is too large
# depends on where one starts.


# %%
def q(x):
    return x**4


starts = np.linspace(0.5, 10.0, 20)


def run_away(rate, steps=15):
    """How many of the twenty are farther from 0 after some steps than they were."""
    x = starts.copy()
    for _ in range(steps):
        x = np.where(np.abs(x) < 1e6, x - rate * dr.derivative(q)(np.clip(x, -1e6, 1e6)), x)
    return int(np.sum(np.abs(x) > starts))


print([(rate, run_away(rate)) for rate in (0.001, 0.1)])

# %% [markdown]
# **DO.** Find a rate for which half of the walkers run away: 9, 10 or 11 of the 20. Try some.

# %%
rate_for_half = ...
lesson.check("a rate for half of them", rate_for_half)

# %% [markdown]
# ## A race
#
# Four rules for the step. *sgd*: rate times gradient. *momentum*: a ball that keeps rolling. *adagrad*: shorter steps
# where it was steep before. *adam*: both, with forgetting.
#
# **PREDICT.** In the long valley, with the same rate of 0.02 and 60 steps: which rule gets lowest, `"sgd"`,
# `"momentum"`, `"adagrad"` or `"adam"`?

# %%
winner = ...
lesson.predict("winner of the race", winner)

# %%
bowl = lambda p: g(p[0], p[1])
races = {
    rule: dr.descent(bowl, np.array([-8.0, 2.0]), rate=0.02, steps=60, rule=rule)
    for rule in ("sgd", "momentum", "adagrad", "adam")
}
for rule, history in races.items():
    print(f"{rule:9} {history.costs[-1]:10.3g}")

# %%
races["momentum"].plot()

# %% [markdown]
# **DO.** Write the step of momentum. `velocity` is what is left of earlier steps; the new velocity is 0.9 times the
# old one minus rate times slope; the new x is x plus the new velocity. Return both, x first.


# %%
def momentum(x, velocity, slope, rate):
    return ...


lesson.check("a step of momentum", momentum)

# %% [markdown]
# ## A derivative through the descent
#
# A descent is a program, so it has a derivative. How does the cost after five steps change with the **rate**? Its sign
# says whether the rate should be larger. People learn whole optimisers in this way.


# %%
def cost_after(rate, steps=5):
    p = np.array([-8.0, 2.0])
    for _ in range(steps):
        p = p - rate * dr.grad(bowl)(p)
    return bowl(p)


for rate in (0.01, 0.05, 0.09):
    print(f"rate {rate}: cost {cost_after(rate):8.2f}, slope in the rate {dr.grad(cost_after)(rate):10.1f}")

# %% [markdown]
# ## What one should use
#
# The race is a matter of rates: choose another rate, and another rule wins. For functions of up to some thousand
# numbers, without noise, SciPy's methods choose the step themselves, and learn the curvature from the gradients.

# %%
result = dr.minimize(bowl, np.array([-8.0, 2.0]))
print(f"{result.nit} iterations, to within {np.abs(result.x).max():.0e} of the lowest point")

# %% [markdown]
# **BREAK.** A gradient with the wrong sign is the best way to the top. Ten steps uphill:

# %%
a, b = 1.0, 1.0
for _ in range(10):
    da, db = dr.grad(g, argnums=(0, 1))(a, b)
    a, b = a + 0.05 * da, b + 0.05 * db
print(f"g = {g(a, b):.3g}")

# %% [markdown]
# **In one line:** the gradient knows the direction, not the distance; curvature decides how far one may go.

# %%
dr.teach.done()
