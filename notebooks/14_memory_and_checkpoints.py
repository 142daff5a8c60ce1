# %% [markdown]
# # 14 Memory, and how to trade it for time
#
# Reverse mode remembers every value until the way back has used it. A long simulation does not fit. The cure is to
# forget most of it, and to compute it again when it is needed.

# %%
import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("14")

# %% [markdown]
# ## A long chain
#
# One thousand numbers, stepped forward 64 times: a small weather.


# %%
def step(x):
    return x + 0.1 * np.sin(x)


def simulate(x, steps=64):
    for _ in range(steps):
        x = step(x)
    return np.sum(x)


x0 = np.linspace(0.0, 1.0, 1000)

# %% [markdown]
# **PREDICT.** The tape for 32 steps takes some space. How many times as much for 64 steps?

# %%
times_the_tape = ...
lesson.predict("tape of 64 against 32 steps", times_the_tape)

# %% [markdown]
# **SEE.** The last lines of the count: bytes alive in each mode. (One number takes 8 bytes, a state of a thousand 8
# kB.)

# %%
dr.trace(simulate, x0).cost()

# %%
for steps in (8, 16, 32, 64):
    cost = dr.trace(lambda x, n=steps: simulate(x, n), x0).cost()
    print(f"{steps:3} steps: forward {cost.peak_forward / 1000:5,.0f} kB, reverse {cost.peak_reverse / 1000:5,.0f} kB")

# %% [markdown]
# ## Forget, and compute again
#
# `dr.checkpoint(f)` is f, except that reverse mode keeps only its input. On the way back it runs f once more, and goes
# back through that.


# %%
def many_steps(x):
    for _ in range(8):
        x = step(x)
    return x


def checkpointed(x):
    for _ in range(8):
        x = dr.checkpoint(many_steps)(x)
    return np.sum(x)


same = np.array_equal(dr.grad(checkpointed)(x0), dr.grad(simulate)(x0))
print("the same gradient, to the last bit:", same)

# %% [markdown]
# **DO.** Eight blocks of eight steps. With checkpoints the tape holds the 8 states between the blocks, and during the
# way back the inside of **one** block, 8 steps more. How many states is that at the most? And how many without
# checkpoints?

# %%
states_with, states_without = ..., ...
lesson.check("states in memory", [states_with, states_without])

# %% [markdown]
# **DO.** And what does it cost? Each block is run once on the way forward and once more on the way back. How many
# steps of the simulation are run in all, when there are 64?

# %%
steps_run = ...
lesson.check("steps run in all", steps_run)

# %% [markdown]
# So twice the running, and a quarter of the memory. With $\sqrt{n}$ blocks memory grows like $\sqrt{n}$ in place of n.
#
# ## How it looks
#
# Count the calls of `step`, to see the recomputation happen:

# %%
calls = {"step": 0}


def counting_step(x):
    calls["step"] += 1
    return step(x)


def block(x):
    for _ in range(8):
        x = counting_step(x)
    return x


def counted(x):
    for _ in range(8):
        x = dr.checkpoint(block)(x)
    return np.sum(x)


dr.grad(counted)(x0)
calls["step"]

# %% [markdown]
# ## The best schedule
#
# With few slots for states one may do better than blocks: store, go on, come back, store elsewhere. The best schedule
# is known; it has to do with binomial coefficients (Griewank and Walther, "revolve").
#
# **PREDICT.** 64 steps, and 8 slots. How many steps must be run a second time or more, at least: about `60`, `120` or
# `500`?

# %%
recomputed = ...
lesson.predict("recomputed steps", recomputed)

# %%
plan = dr.teach.schedule(steps=64, slots=8)
plan

# %% [markdown]
# **SEE.** More slots, fewer steps again:

# %%
for slots in (2, 4, 8, 16, 32, 63):
    print(f"{slots:2} slots: {dr.teach.schedule(steps=64, slots=slots).recomputations:5,} steps run again")

# %% [markdown]
# **DO.** With s slots and every step run at most t times, $\binom{s + t}{s}$ steps can be reversed. For s = 8 and t =
# 2: how many steps?

# %%
reach = ...
lesson.check("steps within reach", reach)

# %% [markdown]
# ## Forward mode does not care
#
# Forward mode forgets at once. It passes through a checkpoint as if it were not there.

# %%
print(dr.jvp(checkpointed, (x0,), (np.ones(1000),))[1] == dr.jvp(simulate, (x0,), (np.ones(1000),))[1])

# %% [markdown]
# **BREAK.** A checkpoint computes its function again, so the function must do the same again. One that rolls dice does
# not: on the way back it meets other numbers than on the way forward.

# %%
dice = np.random.default_rng(0)


def noisy(x):
    return x * dice.normal()


slope = dr.grad(lambda x: dr.checkpoint(noisy)(x))(1.0)
value = noisy(1.0)
print("a slope that belongs to no value: ", slope != value)

# %% [markdown]
# Draw the random numbers first, and give them to the function as an argument.
#
# **In one line:** reverse mode pays in memory; a checkpoint pays some of it back in time.

# %%
dr.teach.done()
