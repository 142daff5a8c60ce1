# %% [markdown]
# # 11 Which mode?
#
# Forward mode fills a Jacobian **a column at a time**: one direction for each input. Reverse mode fills it **a row at
# a time**: one cotangent for each output. So count inputs and outputs, and look whether something is narrow in
# between.

# %%
import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("11")

# %% [markdown]
# ## A tall function
#
# A signal at 200 times, three parameters: the Jacobian is 200 x 3.

# %%
t = np.linspace(0.0, 1.0, 200)


def decay(p):
    return p[0] * np.exp(-p[1] * t) + p[2]


p0 = np.array([1.0, 2.0, 0.5])

# %% [markdown]
# **PREDICT.** How many directions does forward mode carry for the whole Jacobian, and how many cotangents reverse
# mode?

# %%
directions, cotangents = ..., ...
lesson.predict("directions and cotangents of decay", [directions, cotangents])

# %% [markdown]
# **SEE.** Everything about `decay` in one table. Nothing is timed here, everything is counted, so that you get the
# same numbers as your neighbour. (`dr.compare(decay, p0)` measures, too.)

# %%
dr.compare(decay, p0, measured=False)

# %% [markdown]
# The last line has a word that textbooks do not have: the **break-even**, the number of outputs at which both modes
# would cost the same *for this f*. The textbook says "as many outputs as inputs". Remember the two numbers; lesson 12
# draws them.

# %% [markdown]
# ## A wide function
#
# A loss of 1000 parameters is one number: the Jacobian is 1 x 1000.


# %%
def loss(w):
    return np.sum(np.tanh(w) ** 2)


w0 = np.linspace(-1.0, 1.0, 1000)
dr.choose_mode(loss, w0)

# %% [markdown]
# **DO.** Take the sizes of `loss`: with how many sweeps of one direction each would forward mode get the gradient?
# With how many sweeps of one cotangent each would reverse mode?

# %%
forward_sweeps, reverse_sweeps = ..., ...
lesson.check("sweeps of the loss", [forward_sweeps, reverse_sweeps])

# %% [markdown]
# ## The Jacobian as it fills
#
# **SEE.** A small function of three inputs and four outputs, its Jacobian by hand: `dr.jvp` gives a column, `dr.vjp` a
# row.


# %%
def small(x):
    return np.stack([x[0] * x[1], x[1] * x[2], np.sin(x[0]), x[2] ** 2])


x0 = np.array([1.0, 2.0, 3.0])
for k, direction in enumerate(np.eye(3)):
    print("column", k, dr.jvp(small, (x0,), (direction,))[1].round(3))

# %%
y, pullback = dr.vjp(small, x0)
for k, cotangent in enumerate(np.eye(4)):
    print("row", k, pullback(cotangent)[0].round(3))

# %%
dr.jacobian(small)(x0).round(3)

# %% [markdown]
# ## Narrow in between
#
# 500 inputs, 500 outputs, and in the middle a code of two numbers.

# %%
A, B = np.ones((2, 500)) / 500, np.ones((500, 2))


def bottleneck(x):
    code = A @ np.tanh(x)
    return np.sin(B @ code)


# %% [markdown]
# **PREDICT.** Forward mode would carry 500 directions, reverse mode 500 cotangents. Can it be done with fewer? Guess
# how many of each are enough if you may meet in the middle.

# %%
enough = ...
lesson.predict("enough at the waist", enough)

# %%
choice = dr.choose_mode(bottleneck, np.linspace(0.0, 1.0, 500))
choice

# %%
choice.mode, choice.waist.size, choice.sweeps

# %% [markdown]
# The narrow place is called the **waist**. *Mixed mode* goes back from the waist to the inputs, forward from the waist
# to the outputs, and multiplies the two pieces.
#
# ## Six functions
#
# **DO.** For each, say `"forward"`, `"reverse"` or `"mixed"`. Do it from the sizes, before you ask dualrev.

# %%
matrix = np.ones((300, 4))
six = {
    "a curve in space": (lambda s: np.stack([np.cos(s), np.sin(s), s]), 0.3),
    "an energy of 400 atoms": (lambda x: np.sum(x**2) + np.sum(np.cos(x)), np.zeros(400)),
    "300 residuals, 4 parameters": (lambda p: np.exp(matrix @ p), np.zeros(4)),
    "the mean of 50 squares": (lambda x: np.mean(x**2), np.ones(50)),
    "400 pixels, code of 3, 400 pixels": (
        lambda x: np.tanh(np.ones((400, 3)) @ np.sin(np.ones((3, 400)) @ x / 400)),
        np.zeros(400),
    ),
    "time to 30 stations": (lambda x: np.sqrt(x**2 + np.arange(1.0, 31.0)), 0.5),
}
list(six)

# %%
my_modes = [..., ..., ..., ..., ..., ...]
lesson.check("six modes", my_modes)

# %% [markdown]
# Now let dualrev choose, with its reasons.

# %%
for name, (function, x) in six.items():
    print(f"{name}\n    {dr.choose_mode(function, x)}")

# %% [markdown]
# Eight more, for the quick. Put `"forward"`, `"reverse"` or `"mixed"` in place of None, as far as you are sure.

# %%
quiz = dr.teach.quiz("modes")
quiz

# %%
print(quiz.check(None, None, None, None, None, None, None, None))

# %% [markdown]
# **BREAK.** Ask for the wrong mode on purpose. The answer is the same to the last digits; only the work is not.

# %%
right = dr.jacobian(loss, mode="reverse")(w0)
wrong = dr.jacobian(loss, mode="forward")(w0)
counted = dr.compare(loss, w0, measured=False)
print("largest difference:", np.abs(right - wrong).max())
print(counted)

# %% [markdown]
# **DO.** How many times as many flops does forward mode count as reverse mode for `loss`? Give the ratio to 5%: both
# numbers stand in the table.

# %%
times_dearer = ...
lesson.check("forward over reverse", times_dearer)

# %% [markdown]
# Counted and measured differ: on a small function most of the time is spent in Python between the operations, in
# either mode, so a measured ratio is nearer to 1 than the counted one. On large arrays they come together.
#
# **In one line:** few inputs, forward; few outputs, reverse; a waist, both; and `dr.choose_mode` says why.

# %%
dr.teach.done()
