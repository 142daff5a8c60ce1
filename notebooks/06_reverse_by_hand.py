# %% [markdown]
# # 06 Reverse mode by hand
#
# You are the computer: go back through the graph, node by node, and write down each adjoint as it becomes known. After
# a dozen numbers you will never again wonder what "backpropagation" does.

# %%
import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("06")

# %% [markdown]
# ## The function
#
# $f = b\,(a + b)(a - b)$ at a = 1, b = 2.


# %%
def tutorial(a, b):
    c = a + b
    d = a - b
    e = c * d
    f = b * e
    return f


program = dr.trace(tutorial, 1.0, 2.0)
program.table("forward")

# %% [markdown]
# The **adjoint** of a value says: if this value alone moved a little, how fast would the output move? The output's own
# adjoint is 1.
#
# **PREDICT.** The output is `f = b * e`, with b = 2. What is the adjoint of `e`?

# %%
adjoint_of_e = ...
lesson.predict("adjoint of e", adjoint_of_e)

# %% [markdown]
# ## The rule
#
# When the adjoint of a node is known, send to each of its operands: **adjoint times local slope**. Whoever receives
# several of these **adds** them.
#
# **SEE.** The graph before the first step back. All adjoints are open but the last.

# %%
steps = program.steps("reverse", start="output")
steps[1].graph()

# %% [markdown]
# **DO.** Step 1: `f = b * e`. It sends something to `b` and something to `e`. b = 2, e = -3.

# %%
sent_to_b, sent_to_e = ..., ...
lesson.check("what f sends to b and e", [sent_to_b, sent_to_e])

# %%
steps[2].graph()

# %% [markdown]
# **DO.** Step 2: `e = c * d`, with c = 3 and d = -1. Its adjoint is known now. What does it send to `c` and to `d`?

# %%
sent_to_c, sent_to_d = ..., ...
lesson.check("what e sends to c and d", [sent_to_c, sent_to_d])

# %%
steps[3].graph()

# %% [markdown]
# **DO.** Step 3: `d = a - b`. Mind the sign.

# %%
d_sends_to_a, d_sends_to_b = ..., ...
lesson.check("what d sends to a and b", [d_sends_to_a, d_sends_to_b])

# %%
steps[4].graph()

# %% [markdown]
# **DO.** Step 4: `c = a + b`. And then add up: `a` received twice, `b` three times. What are the two derivatives?

# %%
adjoint_of_a, adjoint_of_b = ..., ...
lesson.check("adjoints of a and b", [adjoint_of_a, adjoint_of_b])

# %%
steps[5].graph()

# %% [markdown]
# ## All of it in one table
#
# The last column has every product that arrived, before they were added.

# %%
program.table("reverse")

# %% [markdown]
# ## Sensitivities
#
# The adjoints in the middle mean something, too. Poke `c`: move it alone by a little and see how far the output goes.

# %%
for name in "cde":
    print(name, round(float(program.poke(name, h=1e-5)), 6))

# %% [markdown]
# ## A worksheet
#
# **DO.** The same for $f(x_1, x_2) = \ln x_1 + x_1 x_2 - \sin x_2$ at (2, 5): table 3 of the survey. The derivative in
# $x_2$ is a sum of two; write it with `np.cos(5)`.


# %%
def baydin(x1, x2):
    v1 = np.log(x1)
    v2 = x1 * x2
    v3 = np.sin(x2)
    v4 = v1 + v2
    return v4 - v3


ex = dr.teach.exercise(baydin, 2.0, 5.0, blanks="adjoint")
ex

# %%
adj_v4, adj_v3, adj_v2, adj_v1, adj_x2, adj_x1 = ..., ..., ..., ..., ..., ...
print(ex.check(v4=adj_v4, v3=adj_v3, v2=adj_v2, v1=adj_v1, x2=adj_x2, x1=adj_x1))

# %% [markdown]
# **BREAK.** Overwrite in place of adding: whoever arrives last wins. Which variables get a wrong derivative? Only
# those that are used more than once.

# %%
dr.teach.broken(tutorial, 1.0, 2.0, bug="overwrite")

# %% [markdown]
# **In one line:** go back, send adjoint times slope, add up what arrives; one sweep gives all derivatives of one
# output.

# %%
dr.teach.done()
