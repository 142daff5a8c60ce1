# %% [markdown]
# # 07 Topological order, and other bugs
#
# Everybody who builds a small reverse mode makes the same mistakes. Here are six, built on purpose, each beside the
# right answer. Your job: look at wrong numbers and say which bug made them.

# %%
import dualrev as dr

lesson = dr.teach.lesson("07")

# %% [markdown]
# ## The graph
#
# It comes from a question that thousands asked about a famous tutorial: why does the engine sort the nodes first?


# %%
def g(a, b):
    c = a + b
    d = a * b
    e = c + d
    f = c * d
    return e + f


program = dr.trace(g, 2.0, 3.0)
program.graph()

# %% [markdown]
# **PREDICT.** `c` is used by `e` and by `f`. In the right order, how often does `c` pass its adjoint on to `a` and
# `b`?

# %%
times_c_passes_on = ...
lesson.predict("how often c passes on", times_c_passes_on)

# %% [markdown]
# ## Without an order
#
# The natural first program is recursive: a node gets an adjoint, and at once tells its operands. So `c` is told by
# `e`, passes that on, is told by `f`, and passes on again: everything that it has by then, the first part twice.
#
# **SEE.** The right numbers, and what the recursive engine says.

# %%
dr.teach.broken(g, 2.0, 3.0, bug="recursive")

# %% [markdown]
# Each right adjoint is a sum, and a node may speak only when its sum is complete. So a node must wait for **all** its
# users: the reverse of the order in which they were computed.
#
# **DO.** Write the order in which the nodes may speak, as a list of names. Start with the output, `v5`. There is more
# than one right answer.

# %%
my_order = ...
lesson.check("an order that works", my_order)

# %% [markdown]
# ## Overwritten
#
# `adjoint = ...` where it should be `adjoint += ...`.

# %%
dr.teach.broken(g, 2.0, 3.0, bug="overwrite")

# %% [markdown]
# ## Operands in a set
#
# "The operands of a node are a set" sounds like mathematics. But in `a * a` the set has one element.


# %%
def square(a):
    return a * a


dr.teach.broken(square, 3.0, bug="set")

# %% [markdown]
# **PREDICT.** $y = a \cdot a \cdot a$, written `(a * a) * a`, at a = 3. The right derivative is 27. What does the
# engine with sets say? (The inner product loses one operand, the outer has two different ones.)

# %%
cube_with_sets = ...
lesson.predict("cube with sets", cube_with_sets)

# %%
dr.teach.broken(lambda a: (a * a) * a, 3.0, bug="set")

# %% [markdown]
# ## Stale gradients
#
# Two backward passes, and nobody set the adjoints to zero in between. Frameworks keep them on purpose, and so people
# forget.

# %%
dr.teach.broken(g, 2.0, 3.0, bug="stale")

# %% [markdown]
# ## Updated too early
#
# A parameter is changed while the way back is still under way: what comes after uses a value that was never computed
# with.

# %%
dr.teach.broken(g, 2.0, 3.0, bug="early")

# %% [markdown]
# ## One epsilon for two
#
# Perturbation confusion, a bug of forward mode: a derivative inside a derivative, and both use the same $\varepsilon$.
# The classic: $\frac{d}{dx} \left( x \cdot \frac{d}{dy} (x + y) \right)$ at 1 is 1, since the inner derivative is 1.
# Naive dual numbers say 2.

# %%
dr.teach.broken(lambda x: x * dr.jvp(lambda y: x + y, (1.0,), (1.0,))[1], 1.0, bug="shared eps")

# %%
dr.grad(lambda x: x * dr.grad(lambda y: x + y)(1.0))(1.0)

# %% [markdown]
# ## Detective work
#
# **DO.** Three engines differentiated `h` below at (2, 3), and said this:
#
# | | a | b |
# |---|---|---|
# | right | 24 | 18 |
# | engine 1 | 48 | 36 |
# | engine 2 | 6 | 4 |
# | engine 3 | 36 | 26 |
#
# Which bug has each? Choose from `"recursive"`, `"overwrite"`, `"set"`, `"stale"`. You may ask `dr.teach.broken(h,
# 2.0, 3.0, bug=...)`.


# %%
def h(a, b):
    p = a * b
    q = p * a
    r = p + q
    return r + p * b


h(2.0, 3.0)

# %%
bug_of_1, bug_of_2, bug_of_3 = ..., ..., ...
lesson.check("which bug", [bug_of_1, bug_of_2, bug_of_3])

# %% [markdown]
# **BREAK.** Your turn to write one. This engine goes through the list in the order *computed*, not back. Every node
# speaks before it has heard anything.

# %%
table = program.table("reverse")
heard = {row.name: 0.0 for row in table.rows}
heard[table.rows[-1].name] = 1.0
print("before anybody has spoken:", heard)
print("so a, b, c and d send", heard["a"], heard["b"], heard["c"], heard["d"], "and the gradient stays 0")

# %% [markdown]
# **In one line:** speak when you have heard everybody, add what you hear, count each operand, start from zero.

# %%
dr.teach.done()
