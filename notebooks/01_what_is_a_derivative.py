# %% [markdown]
# # 01 What is a derivative, and how do you get one?
#
# Three ways: on paper, by finite differences, and with a computer program that applies the rules. This lesson looks at
# what goes wrong with the second, because that is why the third was invented.

# %%
import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("01")

# %% [markdown]
# ## A slope
#
# $f(x) = x^3 - 10 x^2 + 5 x - 2$, at $x = 6$.
#
# **PREDICT.** On paper: $f'(x) = 3 x^2 - 20 x + 5$. What is it at 6?


# %%
def f(x):
    return x**3 - 10 * x**2 + 5 * x - 2


slope_at_6 = ...
lesson.predict("slope at 6", slope_at_6)

# %% [markdown]
# **SEE.** The tangent: the straight line that agrees with f at the point, in value and in slope.

# %%
dr.teach.tangent(f, 6.0)

# %%
dr.grad(f)(6.0)

# %% [markdown]
# Look closer, and every smooth curve becomes its tangent. Halve the distance to the point, and the gap between curve
# and line becomes four times smaller:

# %%
for distance in (1.0, 0.5, 0.25, 0.125):
    line = f(6.0) + dr.grad(f)(6.0) * distance
    print(f"{distance:5}: gap {f(6.0 + distance) - line:.4f}")

# %% [markdown]
# ## Finite differences
#
# Take a small step h and divide: $(f(x + h) - f(x)) / h$.

# %%
h = 1e-5
round((f(6.0 + h) - f(6.0)) / h, 5), dr.grad(f)(6.0)

# %% [markdown]
# Close, not equal. So take a smaller h? Try it on $\sin$ at 1, where the slope is $\cos 1$.
#
# **PREDICT.** Which h is best: `1e-2`, `1e-8` or `1e-14`?

# %%
best_of_three = ...
lesson.predict("best h of three", best_of_three)

# %%
for h in (1e-2, 1e-8, 1e-14):
    error = abs((np.sin(1 + h) - np.sin(1)) / h - np.cos(1))
    print(f"h = {h:.0e}: error {error:.1e}")

# %% [markdown]
# **SEE.** The whole curve. Both axes are logarithmic: a straight line is a power of h, and its slope is the power.

# %%
dr.teach.error_curve(np.sin, 1.0)

# %% [markdown]
# From the right: the error shrinks with h, because the curve becomes its tangent (*truncation*, slope 1, or slope 2 if
# one steps to both sides). From the left: $f(x + h)$ and $f(x)$ share their first digits, which cancel, and what is
# left is rounding, divided by a tiny h (slope -1).
#
# **DO.** Write the central difference, $(f(x + h) - f(x - h)) / 2h$.


# %%
def central(f, x, h):
    return ...


lesson.check("central difference", central)

# %% [markdown]
# **DO.** Find a good h for the *forward* difference of sin at 1, to within a factor of ten. Read it off the curve.

# %%
good_h = ...
lesson.check("a good h", good_h)

# %% [markdown]
# ## A trick: the complex step
#
# Step in the imaginary direction: $\text{Im} f(x + ih) / h$. Nothing is subtracted, so nothing cancels, and h may be
# as small as you like. It works where f is made of smooth functions that take complex numbers.

# %%
h = 1e-100
print(np.imag(np.sin(1 + 1j * h)) / h - np.cos(1))

# %% [markdown]
# ## Exact, without a step
#
# dualrev applies the rules of calculus to the numbers as they come along. There is no h.

# %%
print(dr.grad(np.sin)(1.0) - np.cos(1))

# %% [markdown]
# **BREAK.** Ask for the slope of something with differences where there is none: $|x|$ at 0. A step to the right and a
# step to the left give different answers, and the central difference gives a third one, without a word.

# %%
h = 1e-6
(abs(0 + h) - abs(0)) / h, (abs(0) - abs(0 - h)) / h, (abs(h) - abs(-h)) / (2 * h)

# %% [markdown]
# dualrev says that there is a kink:

# %%
dr.kinks(lambda x: np.sum(np.abs(x)), np.array([0.0]))

# %% [markdown]
# **DO.** Differences need one call of f for the point and one more for each input. How many calls does a forward
# difference need for the gradient of a function of 1000 inputs?

# %%
calls_for_1000 = ...
lesson.check("calls for 1000 inputs", calls_for_1000)

# %% [markdown]
# Reverse mode needs one sweep forward and one back, whatever the number of inputs. The rest of the course is about
# how.
#
# **In one line:** differences trade truncation against rounding and cost a call for each input; differentiation by
# rules has no step.

# %%
dr.teach.done()
