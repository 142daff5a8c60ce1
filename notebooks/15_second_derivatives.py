# %% [markdown]
# # 15 Second derivatives, and further
#
# A derivative is a function, so it has a derivative. Modes can be nested in every order. This lesson looks at what
# that costs, what it is good for, and the bug that it invites.

# %%
import matplotlib.pyplot as plt
import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("15")

# %% [markdown]
# ## tanh, orders 0 to 4
#
# **PREDICT.** The slope of tanh is $1 - \tanh^2$. So what is the second derivative of tanh at 0?

# %%
second_of_tanh = ...
lesson.predict("second derivative of tanh at 0", second_of_tanh)

# %% [markdown]
# **SEE.** All five, without a formula.

# %%
x = np.linspace(-4.0, 4.0, 200)
plt.figure(figsize=(5.4, 3.4))
for order in range(5):
    plt.plot(x, dr.derivative(np.tanh, order)(x), label=f"order {order}")
plt.legend(), plt.xlabel("x")
plt.show()

# %%
[round(float(dr.derivative(np.tanh, order)(0.5)), 6) for order in range(5)]

# %% [markdown]
# ## Second derivatives of a function of two
#
# $f = b\,(a+b)(a-b)$ at (1, 2).
#
# **DO.** On paper $f = a^2 b - b^3$. What are $\partial^2 f / \partial a^2$ and $\partial^2 f / \partial b^2$?


# %%
def f(p):
    a, b = p
    return b * (a + b) * (a - b)


d2_da2, d2_db2 = ..., ...
lesson.check("second derivatives of f", [d2_da2, d2_db2])

# %%
dr.hessian(f)(np.array([1.0, 2.0]))

# %% [markdown]
# ## Which mode over which?
#
# A Hessian is the Jacobian of a gradient. The gradient (one output) wants reverse mode; its Jacobian is square.
# Forward over reverse is the usual choice: n directions, each through a gradient. All four orders give the same
# numbers:

# %%
point = np.array([1.0, 2.0])
for outer in ("forward", "reverse"):
    for inner in ("forward", "reverse"):
        second = dr.jacobian(dr.jacobian(f, mode=inner), mode=outer)(point)
        print(f"{outer} over {inner}: {second.tolist()}")

# %% [markdown]
# ## A Hessian times a vector, without the Hessian
#
# For n inputs the Hessian has $n^2$ numbers. Often one needs only $H v$, and that costs a few runs of f, whatever n.


# %%
def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


x0, v = np.linspace(-1.0, 1.0, 1000), np.ones(1000)
dr.hvp(rosenbrock, x0, v)[:3]

# %% [markdown]
# **DO.** How many numbers would the whole Hessian have, for 1000 inputs?

# %%
numbers_in_hessian = ...
lesson.check("numbers in the Hessian", numbers_in_hessian)

# %% [markdown]
# ## Expression swell
#
# Differentiate formulas as text, and they grow. Differentiate the program, and it grows, too, but little. The logistic
# map: $l_1 = x$, $l_{n+1} = 4\,l_n (1 - l_n)$.


# %%
def logistic(x, n):
    for _ in range(n - 1):
        x = 4 * x * (1 - x)
    return x


for n in (2, 3, 4):
    f_n = lambda x: logistic(x, n)
    own = len(dr.trace(f_n, 0.3).operations)
    print(f"n = {n}: f has {own} operations, its gradient {len(dr.trace(dr.grad(f_n), 0.3).operations)}")

# %% [markdown]
# **SEE.** The derivative is a program like any other. It can be traced and drawn.

# %%
dr.trace(dr.grad(lambda x: logistic(x, 2)), 0.3).graph()

# %% [markdown]
# And orders: how the number of operations grows when one differentiates again and again.

# %%
dr.teach.swell(lambda x: logistic(x, 3), 0.3, orders=4)

# %% [markdown]
# ## What it is good for: a pendulum
#
# Mechanics is made of second derivatives. From the Lagrangian $L(q, \dot q)$, energy of motion minus energy of height,
# the acceleration follows:
#
# $$ \ddot q = \frac{\partial_q L - \partial_q \partial_{\dot q} L \, \dot q}{\partial_{\dot q}^2 L} $$
#
# **DO.** Write L of a pendulum of mass 1, length 1, with gravity 9.81: $\frac12 \dot q^2 + 9.81 \cos q$.


# %%
def lagrangian(q, speed):
    return ...


lesson.check("the Lagrangian", lagrangian)


# %%
def acceleration(q, speed):
    force = dr.grad(lagrangian)(q, speed)
    mixed = dr.grad(dr.grad(lagrangian, argnums=1))(q, speed)
    mass = dr.grad(dr.grad(lagrangian, argnums=1), argnums=1)(q, speed)
    return (force - mixed * speed) / mass


if lagrangian(0.0, 0.0) is not ...:
    print("by the Lagrangian: ", acceleration(0.5, 0.0))
    print("by the textbook:   ", -9.81 * np.sin(0.5))

# %% [markdown]
# ## Perturbation confusion
#
# **BREAK.** A derivative inside a derivative: $\frac{d}{dx}\left( x \cdot \frac{d}{dy}(x + y) \right)$ at x = 1, y =
# 1. If both share one $\varepsilon$, the inner derivative also sees the x that moves.

# %%
dr.teach.broken(lambda x: x * dr.jvp(lambda y: x + y, (1.0,), (1.0,))[1], 1.0, bug="shared eps")

# %% [markdown]
# **DO.** What is the right answer? (The inner derivative does not depend on x.)

# %%
right_answer = ...
lesson.check("the nested derivative", right_answer)

# %%
dr.grad(lambda x: x * dr.grad(lambda y: x + y)(1.0))(1.0)

# %% [markdown]
# dualrev gives each derivative a number of its own, the newest first.
#
# **In one line:** derivatives of derivatives nest; take Hessian times vector where you can, and one epsilon for each
# level.

# %%
dr.teach.done()
