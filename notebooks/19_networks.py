# %% [markdown]
# # 19 Networks: from a line to a little writer
#
# A logistic regression, a network of any depth, ten digits, and a recurrent network that writes. All in plain NumPy,
# all trained with exact gradients, and each small enough to look inside.

# %%
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

import dualrev as dr

lesson = dr.teach.lesson("19")

# %% [markdown]
# ## Two classes and a line
#
# Two moons of points, one of each class. A logistic regression draws a straight border between them.

# %%
rng = np.random.default_rng(1)
angle = rng.uniform(0, np.pi, 100)
upper = np.column_stack([np.cos(angle), np.sin(angle)])
lower = np.column_stack([1 - np.cos(angle), 0.4 - np.sin(angle)])
X = np.concatenate([upper, lower]) + 0.12 * rng.normal(size=(200, 2))
y = np.repeat([0.0, 1.0], 100)


def cross_entropy(z, y):
    """The negative log-likelihood of classes y (0 or 1) with logits z, without overflow."""
    return np.mean(np.logaddexp(0.0, z) - y * z)


line = dr.minimize(lambda p: cross_entropy(p["b"] + X @ p["w"], y), {"b": 0.0, "w": np.zeros(2)})
accuracy = np.mean((line.params["b"] + X @ line.params["w"] > 0) == y)
print(f"right: {100 * accuracy:.0f}%")

# %% [markdown]
# ## Any depth
#
# Layers in a list. `group` draws a box around each.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def relu(z):
    return np.maximum(z, 0.0)


def network(layers, X, activation):
    h = X
    for k, (W, b) in enumerate(layers[:-1]):
        with dr.group(f"layer {k + 1}"):
            h = activation(h @ W + b)
    W, b = layers[-1]
    return (h @ W + b)[:, 0]


def initial(depth, width=8, seed=0):
    rng = np.random.default_rng(seed)
    sizes = [2, *[width] * depth, 1]
    return [(rng.normal(size=(n, m)) * np.sqrt(2 / n), np.zeros(m)) for n, m in pairwise(sizes)]


def loss(layers, activation):
    return cross_entropy(network(layers, X, activation), y)


dr.trace(lambda layers: loss(layers, relu), initial(2)).graph()

# %% [markdown]
# ## Vanishing gradients
#
# The slope of the sigmoid is at most 1/4, that of ReLU is 0 or 1. The gradient of the first layer has been multiplied
# with one such slope for each layer above it.
#
# **PREDICT.** Through 8 layers of sigmoids, by what factor does a gradient shrink at least? (Slopes only: $(1/4)^8$ is
# one over what, to one digit: `60`, `6000` or `60000`?)

# %%
shrinks_by = ...
lesson.predict("shrinks by", shrinks_by)

# %% [markdown]
# **SEE.** The norm of the gradient, layer by layer, before any training.

# %%
dr.teach.by_layer(lambda layers: loss(layers, sigmoid), initial(8))

# %%
dr.teach.by_layer(lambda layers: loss(layers, relu), initial(8))

# %% [markdown]
# ## The study
#
# Train both, at depths 1, 2, 4 and 8, and write a report.


# %%
def train(depth, activation, steps=100):
    cost = lambda layers: loss(layers, activation)
    history = dr.descent(cost, initial(depth), rate=0.05, steps=steps, rule="adam")
    return history, float(np.mean((network(history.params, X, activation) > 0) == y))


def first_layer_norm(depth, activation):
    return float(np.linalg.norm(dr.grad(loss)(initial(depth), activation)[0][0]))


print("depth   gradient of layer 1     right after training")
print("        sigmoid    relu         sigmoid    relu")
report = {}
for depth in (1, 2, 4, 8):
    right = {name: train(depth, act)[1] for name, act in (("sigmoid", sigmoid), ("relu", relu))}
    norms = {name: first_layer_norm(depth, act) for name, act in (("sigmoid", sigmoid), ("relu", relu))}
    report[depth] = right, norms
    print(f"{depth:5}   {norms['sigmoid']:.0e}      {norms['relu']:.0e}        ", end="")
    print(f"{right['sigmoid']:4.2f}       {right['relu']:4.2f}")

# %% [markdown]
# **DO.** Your report has three numbers: how many times smaller is the first layer's gradient at depth 8 than at depth
# 1, with sigmoids? How many times with ReLU? And how many of the points does the ReLU network of depth 2 get right (0
# to 1)? `report[8][1]["sigmoid"]` is the first norm you need.

# %%
sigmoid_shrinks, relu_shrinks, relu_right = ..., ..., ...
print(lesson.check("report: sigmoid", sigmoid_shrinks))
print(lesson.check("report: relu", relu_shrinks))
print(lesson.check("report: accuracy", relu_right))

# %% [markdown]
# ## Ten digits
#
# Digits of 5 x 3 pixels, below with noise; ten classes. The loss is the cross-entropy of a softmax.

# %%
GLYPHS = """
111 010 111 111 101 111 111 111 111 111
101 110 001 001 101 100 100 001 101 101
101 010 111 111 111 111 111 010 111 111
101 010 100 001 001 001 101 010 101 001
111 111 111 111 001 111 111 010 111 111
"""
rows = [line.split() for line in GLYPHS.split("\n") if line]
digits = np.array([[[float(c) for c in row[k]] for row in rows] for k in range(10)]).reshape(10, 15)
labels = np.tile(np.arange(10), 20)
images = digits[labels] + 0.3 * rng.normal(size=(200, 15))

shown = [[np.pad(image.reshape(5, 3), 1) for image in ten] for ten in (digits, images[:10])]
plt.figure(figsize=(6, 1.8))
plt.imshow(np.block(shown), cmap="gray_r")
plt.axis("off")
plt.show()


# %% [markdown]
# **DO.** Fill in the softmax cross-entropy: `scores` has a row for each image. The loss of one image is the logarithm
# of the sum of the exponentials of its scores, minus the score of its label. (Take the mean over the images.)


# %%
def softmax_loss(scores, labels):
    chosen = scores[np.arange(len(labels)), labels]
    return ...


lesson.check("softmax cross-entropy", softmax_loss)


# %%
def digits_loss(p, loss_of=None):
    scores = relu(images @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]
    if loss_of is None:  # the same, so that this cell runs before you have filled yours in
        chosen = scores[np.arange(200), labels]
        return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - chosen)
    return loss_of(scores, labels)


start = {
    "W1": rng.normal(size=(15, 16)) / 4,
    "b1": np.zeros(16),
    "W2": rng.normal(size=(16, 10)) / 4,
    "b2": np.zeros(10),
}
trained = dr.descent(digits_loss, start, rate=0.08, steps=40, rule="adam")
p = trained.params
guesses = np.argmax(relu(digits @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"], axis=1)
print("the ten clean digits are read as", guesses.tolist())

# %% [markdown]
# A **convolution** slides a small pattern over an image; its derivative is a convolution again. How does the strongest
# answer of an edge filter change with each pixel of the filter?

# %%
from dualrev.scipy.signal import convolve2d

seven = digits[7].reshape(5, 3)
strongest = lambda kernel: np.max(convolve2d(seven, kernel, mode="valid"))
print(dr.grad(strongest)(np.array([[1.0, 0.5], [-1.0, -0.5]])))

# %% [markdown]
# ## A little writer
#
# A recurrent network reads a text letter by letter and learns to say which letter comes next. Its way back goes
# through the whole text.

# %%
TEXT = "to be or not to be, "
letters = sorted(set(TEXT))
codes = [letters.index(c) for c in 2 * TEXT]


def rnn_step(p, h, code):
    h = np.tanh(p["in"][:, code] + p["loop"] @ h + p["b"])
    return h, p["out"] @ h


def text_loss(p):
    h, total = np.zeros(16), 0.0
    for code, following in zip(codes, [*codes[1:], codes[0]]):
        h, scores = rnn_step(p, h, code)
        total = total + np.log(np.sum(np.exp(scores))) - scores[following]
    return total / len(codes)


n = len(letters)
writer = {"in": rng.normal(size=(16, n)), "loop": rng.normal(size=(16, 16)) / 4, "b": np.zeros(16)}
writer["out"] = rng.normal(size=(n, 16)) / 4
learned = dr.descent(text_loss, writer, rate=0.06, steps=60, rule="adam")
learned.plot()


# %%
def write(p, length=60):
    h, code, text = np.zeros(16), codes[0], TEXT[0]
    for _ in range(length):
        h, scores = rnn_step(p, h, code)
        code = int(np.argmax(scores))
        text += letters[code]
    return text


print("before:", write(writer))
print("after: ", write(learned.params))

# %% [markdown]
# **BREAK.** Begin with all weights equal, and they stay equal for ever: each neuron of a layer gets the same gradient.
# So the layer is one neuron wide, whatever its width.

# %%
equal = [(np.full_like(W, 0.5), b) for W, b in initial(1)]
slopes = dr.grad(loss)(equal, relu)[0][0]
print("the gradients of the eight neurons:", slopes[0].round(4))

# %% [markdown]
# **In one line:** a network is a long product of Jacobians; if its factors are below 1, the gradient of the first
# layer vanishes.

# %%
dr.teach.done()
