# %% [markdown]
# # 16 One rule for each operation
#
# All that dualrev knows about calculus stands in rules, one for each operation: "the slope of sin is cos". Both modes
# use the same rule. This lesson adds a rule, breaks one, and looks at the places where there is no slope.

# %%
import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("16")

# %% [markdown]
# ## ReLU in one line
#
# ReLU is $\max(x, 0)$: nothing below zero, the identity above. NumPy has it as `np.maximum`, but pretend that it does
# not.
#
# **PREDICT.** What is the slope of ReLU at -2, 0.5 and 3? Three numbers.

# %%
slopes_of_relu = ...
lesson.predict("slopes of relu", slopes_of_relu)

# %% [markdown]
# A rule of an elementwise operation is a function of its result `y` and its argument `x`. Both modes, any number of
# directions and all higher derivatives follow from it.

# %%
relu = dr.custom.elementwise(lambda x: np.maximum(x, 0), lambda y, x: (x > 0).astype(x.dtype))

x = np.array([-2.0, 0.5, 3.0])
dr.grad(lambda x: np.sum(relu(x)))(x)

# %% [markdown]
# **SEE.** `dr.check_rule` puts a rule through everything that dualrev's own rules go through.

# %%
dr.check_rule(relu, np.array([-2.0, 0.5, 3.0]))

# %% [markdown]
# **DO.** Write the rule of softplus, $y = \ln(1 + e^x)$. Its slope is $1 / (1 + e^{-x})$; with `y` at hand there is
# another way to say it: $1 - e^{-y}$. Take either.


# %%
def slope_of_softplus(y, x):
    return ...


lesson.check("slope of softplus", slope_of_softplus)

# %% [markdown]
# ## tanh, two ways
#
# The physics tutorial defines tanh as an operation of its own, with its rule $1 - y^2$, and compares it with
# $(e^{2x} - 1)/(e^{2x} + 1)$, made of operations that are known already.

# %%
own_tanh = dr.custom.elementwise(lambda x: np.tanh(x), lambda y, x: 1 - y**2)


def by_exponentials(x):
    e = np.exp(2 * x)
    return (e - 1) / (e + 1)


[(float(f(1.0)), dr.grad(f)(1.0)) for f in (own_tanh, by_exponentials, np.tanh)]

# %%
dr.trace(by_exponentials, 1.0).graph()

# %% [markdown]
# The same value and slope. What differs is the length of the program, and what happens far out:

# %%
with np.errstate(over="ignore", invalid="ignore"):
    print(own_tanh(np.float64(400.0)), by_exponentials(np.float64(400.0)))

# %% [markdown]
# ## A wrong rule
#
# **BREAK.** Somebody thinks that the slope of $x^3$ is $3x$.

# %%
cube = dr.custom.elementwise(lambda x: x**3, lambda y, x: 3 * x)


def loss(x):
    h = np.sin(x)
    return np.sum(cube(h) * x)


print(dr.check(loss, np.array([0.5, 1.5])).diagnosis[0])

# %% [markdown]
# **SEE.** The check does not only say that something is wrong, it says which operation on which line.
#
# **DO.** Five rules, of which some are wrong. Which? Put the wrong names into the list, in alphabetical order. You may
# use paper, or `dr.check_rule(rules[name], np.array([0.3, 0.7]))`.

# %%
rules = {
    "exp2": dr.custom.elementwise(lambda x: np.exp(2 * x), lambda y, x: y),
    "log": dr.custom.elementwise(lambda x: np.log(x), lambda y, x: 1 / x),
    "reciprocal": dr.custom.elementwise(lambda x: 1 / x, lambda y, x: y**2),
    "sqrt": dr.custom.elementwise(lambda x: np.sqrt(x), lambda y, x: 0.5 / y),
    "tan": dr.custom.elementwise(lambda x: np.tan(x), lambda y, x: 1 - y**2),
}

# %%
wrong_rules = ...
lesson.check("wrong rules", wrong_rules)

# %%
for name, rule in rules.items():
    print(f"{name:10} {rule(0.5):.4f}")

# %% [markdown]
# ## No slope at all: kinks
#
# $|x|$ has no slope at 0. Libraries must return something there, and they do not agree.
#
# **PREDICT.** What does dualrev return for the slope of $|x|$ at 0?

# %%
slope_of_abs_at_0 = ...
lesson.predict("slope of abs at 0", slope_of_abs_at_0)

# %%
dr.kinks(lambda x: np.sum(np.abs(x)), np.array([0.0, 1.0]))

# %% [markdown]
# ## Where does the NaN come from?
#
# `np.where` computes both branches, and then takes one. The slope of the square root at 0 is infinite, and 0 times
# infinity is not a number.


# %%
def rooted(x):
    return np.sum(np.where(x > 0, np.sqrt(x), 0))


with np.errstate(divide="ignore", invalid="ignore"):
    print(dr.why_nan(rooted, np.array([0.0, 4.0])))

# %% [markdown]
# **DO.** Mend `rooted` as the report says, so that the gradient at 0 is 0 and at 4 is 0.25.


# %%
def mended(x):
    return ...


lesson.check("the mended function", mended)

# %% [markdown]
# **In one line:** a rule is the slope of one operation; write it once, check it with `dr.check_rule`, and both modes
# have it.

# %%
dr.teach.done()
