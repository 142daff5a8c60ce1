# %% [markdown]
# # 08 Build an engine
#
# Forty lines of Python, in three stages: a value that remembers how it was made, the operations, and the way back.
# Then the same in the two styles that frameworks have, *define and run* and *define by run*.

# %%
import inspect

import dualrev as dr

lesson = dr.teach.lesson("08")

# %% [markdown]
# ## Stage 1: a value and a tape
#
# Every value that is computed puts itself on the tape, at the end. So the tape is in the order computed.

# %%
tape = []


class Value:
    """A number that remembers its operands, and the local slope in each."""

    def __init__(self, value, operands=(), slopes=()):
        self.value, self.operands, self.slopes = value, operands, slopes
        self.grad = 0.0
        tape.append(self)


x = Value(3.0)
x.value, x.grad, len(tape)

# %% [markdown]
# ## Stage 2: operations
#
# An operation computes its value and notes its slopes. The sum is given.
#
# **DO.** Fill in the slopes of the product, the difference and the power.


# %%
def add(a, b):
    return Value(a.value + b.value, (a, b), (1.0, 1.0))


def multiply(a, b):
    return Value(a.value * b.value, (a, b), (..., ...))


def subtract(a, b):
    return Value(a.value - b.value, (a, b), (..., ...))


def power(a, n):
    return Value(a.value**n, (a,), (...,))


two, five = Value(2.0), Value(5.0)
print(lesson.check("slopes of multiply", multiply(two, five).slopes))
print(lesson.check("slopes of subtract", subtract(two, five).slopes))
print(lesson.check("slope of power", power(two, 3).slopes))

# %% [markdown]
# ## Stage 3: the way back
#
# **PREDICT.** In which order must the tape be read on the way back: `"as computed"` or `"reversed"`?

# %%
order_back = ...
lesson.predict("order of the way back", order_back)

# %% [markdown]
# **DO.** One line: the adjoint of an operand after one more message. `so_far` is what it has heard, `upstream` the
# adjoint of the node that speaks, `slope` the local slope.


# %%
def received(so_far, upstream, slope):
    return ...


lesson.check("one message", received)


# %%
def backward(output):
    for node in tape:
        node.grad = 0.0
    output.grad = 1.0
    for node in reversed(tape):
        for operand, slope in zip(node.operands, node.slopes):
            operand.grad = received(operand.grad, node.grad, slope)


# %% [markdown]
# ## The test
#
# $L(w, x, y) = (w x - y)^2 + w^2$ at (1, 2, 3). It should be 2, and its derivative in w should be -2.


# %%
def my_engine():
    """The value of L and its derivative in w, by your engine."""
    tape.clear()
    w, x, y = Value(1.0), Value(2.0), Value(3.0)
    loss = add(power(subtract(multiply(w, x), y), 2), power(w, 2))
    backward(loss)
    return [loss.value, w.grad]


lesson.check("your engine on L", my_engine)

# %% [markdown]
# **SEE.** The same in dualrev, step by step, to compare.

# %%
dr.trace(lambda w, x, y: (w * x - y) ** 2 + w**2, 1.0, 2.0, 3.0).table("reverse")

# %% [markdown]
# ## A new operation
#
# **DO.** Add ReLU: $\max(x, 0)$. Give its value and its slope; nothing else changes.


# %%
def relu(a):
    return Value(..., (a,), (...,))


def relu_at(x):
    return [relu(Value(x)).value, relu(Value(x)).slopes[0]]


lesson.check("your relu", relu_at)

# %% [markdown]
# ## Define by run
#
# Your engine computes at once, and the tape is a by-product: **define by run**. If the program has an `if`, the tape
# has the branch that was taken. `dr.Tape` is the same, with all of NumPy.

# %%
by_run = dr.Tape()
w = by_run.variable(1.0, "w")
loss = (w * 2.0 - 3.0) ** 2 + w**2
by_run.backward(loss)
print(loss.value, w.grad)

# %%
by_run.table()

# %% [markdown]
# ## Define and run
#
# The other style builds the graph first, without computing anything, and runs it afterwards, as often as one likes:
# **define and run**. (Articles mix the two up. Theano and the first TensorFlow defined and ran; PyTorch and JAX define
# by running.)

# %%
with dr.Graph() as g:
    w = g.variable(1.0, "w")
    x = g.variable(2.0, "x")
    y = g.variable(3.0, "y")
    out = (w * x - y) ** 2 + w**2

print(g.run(out, compute_derivatives=True), w.grad)

# %% [markdown]
# **PREDICT.** The same graph with another input, w = 2: what is the loss? No new graph is built.

# %%
loss_at_2 = ...
lesson.predict("loss at w = 2", loss_at_2)

# %%
print(g.run(out, w=2.0), w.grad)

# %%
g.graph()

# %% [markdown]
# A graph can make a new graph: that of its derivative. It is lazy, too: `slope()` runs it.

# %%
slope = g.gradient(out, w)
print(slope(w=1.0), slope(w=2.0), "and the slope of the slope:", g.gradient(slope, w)())

# %% [markdown]
# **BREAK.** Python's `if` in the two styles. By run it simply works. Define and run must refuse: there is no number
# yet to decide with.

# %%
try:
    with dr.Graph() as undecided:
        v = undecided.variable(1.0, "v")
        result = v * 2 if v > 0 else v * 3
except dr.DualrevError as refused:
    print(refused)

# %% [markdown]
# ## Read the real one
#
# dualrev's way back is your `backward` with arrays, several cotangents and freed memory. Read it:

# %%
from dualrev.reverse.pullback import Sweep

print(inspect.getsource(Sweep.run))

# %% [markdown]
# **In one line:** a value remembers its operands and slopes; the way back reads the tape in reverse and adds.

# %%
dr.teach.done()
