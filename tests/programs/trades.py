"""Short programs as people write them, each of a different trade: plain NumPy, none of them written for dualrev.

PROGRAMS: name -> (loss, point). Each loss takes one float array and gives one number.
"""

import numpy as np

from tests.programs.collecting import collector

rng = np.random.default_rng(2026)
PROGRAMS, program = collector()


# ---- estimation and filtering ----------------------------------------------------------------------------------------

SIGNAL = np.cumsum(rng.normal(size=20)) + rng.normal(size=20)


@program(0.3, 0.8)
def kalman_filter_likelihood(p):
    q, r = np.exp(p)
    mean, var, total = 0.0, 10.0, 0.0
    for z in SIGNAL:
        var = var + q
        s = var + r
        gain = var / s
        total = total + 0.5 * np.log(2 * np.pi * s) + 0.5 * (z - mean) ** 2 / s
        mean = mean + gain * (z - mean)
        var = (1 - gain) * var
    return total


@program(0.5, -0.3, 0.2)
def kalman_step_in_matrices(p):
    F = np.array([[1.0, 0.1], [0.0, 1.0]])
    H = np.array([[1.0, 0.0]])
    x, P = np.stack([p[0], p[1]]), np.eye(2) * np.exp(p[2])
    x, P = F @ x, F @ P @ F.T + 0.01 * np.eye(2)
    S = H @ P @ H.T + 0.5
    K = P @ H.T @ np.linalg.inv(S)
    x = x + (K @ (np.array([1.3]) - H @ x))
    P = (np.eye(2) - K @ H) @ P
    return x @ x + np.trace(P)


@program(0.9, 0.1, 0.3)
def autoregression_residuals(p):
    predicted = p[0] * SIGNAL[:-1] + p[1]
    errors = SIGNAL[1:] - predicted
    return np.sum(errors**2) / np.exp(p[2]) + len(errors) * p[2]


@program(0.1, 0.85)
def garch_variance(p):
    omega, (alpha, beta) = 0.05, p
    returns = np.diff(SIGNAL)
    h, total = np.var(returns), 0.0
    for r in returns:
        total = total + np.log(h) + r * r / h
        h = omega + alpha * r * r + beta * h
    return 0.5 * total


@program(0.4, 0.7)
def exponential_smoothing(p):
    level, slope, error = SIGNAL[0], 0.0, 0.0
    for y in SIGNAL[1:]:
        forecast = level + slope
        error = error + (y - forecast) ** 2
        new = p[0] * y + (1 - p[0]) * forecast
        slope = p[1] * (new - level) + (1 - p[1]) * slope
        level = new
    return error


# ---- statistics and learning -----------------------------------------------------------------------------------------

X = rng.normal(size=(30, 3))
Y = X @ np.array([1.0, -2.0, 0.5]) + 0.1 * rng.normal(size=30)
LABELS = rng.integers(0, 3, 30)


@program(0.5, -0.2, 0.1, 0.3)
def cholesky_log_likelihood(p):
    d = np.subtract.outer(X[:8, 0], X[:8, 0])
    K = np.exp(p[0]) * np.exp(-0.5 * d**2 * np.exp(p[1])) + np.exp(p[2]) * np.eye(8)
    L = np.linalg.cholesky(K)
    a = np.linalg.solve(L, Y[:8] - p[3])
    return 0.5 * a @ a + np.sum(np.log(np.diag(L))) + 4 * np.log(2 * np.pi)


@program(0.2, -0.4, 0.6)
def gaussian_process_evidence(p):
    sq = np.sum((X[:, None, :] - X[None, :, :]) ** 2, axis=-1)
    K = np.exp(2 * p[0]) * np.exp(-0.5 * sq / np.exp(2 * p[1])) + np.exp(p[2]) * np.eye(len(X))
    sign, logdet = np.linalg.slogdet(K)
    return 0.5 * Y @ np.linalg.solve(K, Y) + 0.5 * logdet


@program(rng.normal(size=9) * 0.1)
def softmax_regression(w):
    scores = X @ w.reshape(3, 3)
    scores = scores - scores.max(axis=1, keepdims=True)
    logp = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return -logp[np.arange(len(X)), LABELS].mean() + 0.01 * np.sum(w**2)


@program(0.3, -0.5, 0.2)
def logistic_regression(w):
    z = X @ w
    t = (Y > 0) * 1.0
    return np.mean(np.logaddexp(0, z) - t * z)


@program(0.3, -0.5, 0.2)
def poisson_regression(w):
    counts = np.arange(30) % 4
    eta = X @ w
    return np.sum(np.exp(eta) - counts * eta)


@program(0.3, -0.5, 0.2)
def ridge_by_normal_equations(w):
    lam = np.exp(w)
    beta = np.linalg.solve(X.T @ X + np.diag(lam), X.T @ Y)
    return np.sum((Y - X @ beta) ** 2)


@program(rng.normal(size=6))
def k_means_inertia(c):
    centres = c.reshape(2, 3)
    d = ((X[:, None] - centres[None]) ** 2).sum(-1)
    return d.min(axis=1).sum()


@program(0.2, 0.5, -1.0, 1.0, 0.1, -0.2)
def gaussian_mixture(p):
    weights = np.exp(p[:2]) / np.sum(np.exp(p[:2]))
    means, sds = p[2:4], np.exp(p[4:6])
    x = SIGNAL[:, None]
    dens = weights * np.exp(-0.5 * ((x - means) / sds) ** 2) / (sds * np.sqrt(2 * np.pi))
    return -np.log(dens.sum(axis=1)).sum()


@program(rng.normal(size=3 * 4 + 4 + 4 + 1) * 0.3)
def two_layer_network(w):
    W1, b1, W2, b2 = w[:12].reshape(3, 4), w[12:16], w[16:20], w[20]
    hidden = np.maximum(X[:5] @ W1 + b1, 0.0)
    return np.mean((hidden @ W2 + b2 - Y[:5]) ** 2)


@program(rng.normal(size=18) * 0.3)
def recurrent_network(w):
    W, U, v = w[:9].reshape(3, 3), w[9:12], w[12:15]
    h, total = np.zeros(3), 0.0
    for s in SIGNAL[:8]:
        h = np.tanh(W @ h + U * s + w[15:18])
        total += (v @ h - s) ** 2
    return total


@program(rng.normal(size=12) * 0.5)
def attention(w):
    Q, K, V = X[:5] @ w[:3, None], X[:5] @ w[3:6, None], X[:5] @ w[6:12].reshape(3, 2)
    a = np.exp(Q @ K.T)
    a = a / a.sum(axis=-1, keepdims=True)
    return np.sum((a @ V) ** 2)


@program(0.7, 1.3)
def maximum_mean_discrepancy(p):
    a, b = X[:10, :1] * p[0], X[10:20, :1] * p[1]
    kernel = lambda u, v: np.exp(-((u - v.T) ** 2)).mean()
    return kernel(a, a) + kernel(b, b) - 2 * kernel(a, b)


@program(0.5, -0.5, 0.2)
def huber_regression(w):
    r = np.abs(X @ w - Y)
    return np.sum(np.where(r < 0.5, 0.5 * r**2, 0.5 * (r - 0.25)))


@program(0.5, -0.5, 0.2)
def cox_partial_likelihood(w):
    risk = X @ w
    order = np.argsort(Y)[::-1]
    at_risk = np.log(np.cumsum(np.exp(risk[order])))
    return np.sum(at_risk - risk[order])


# ---- physics and engineering -----------------------------------------------------------------------------------------


@program(1.1, 0.4, 0.4, 0.1)
def lotka_volterra_by_rk4(p):
    a, b, c, d = p

    def rate(z):
        return np.stack([a * z[0] - b * z[0] * z[1], d * z[0] * z[1] - c * z[1]])

    z, h = np.array([10.0, 5.0]), 0.1
    for _ in range(20):
        k1 = rate(z)
        k2 = rate(z + h / 2 * k1)
        k3 = rate(z + h / 2 * k2)
        k4 = rate(z + h * k3)
        z = z + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return np.sum(z**2)


@program(0.9, 1.2)
def damped_pendulum(p):
    theta, omega = p[0], 0.0
    for _ in range(50):
        omega = omega - 0.05 * (np.sin(theta) + 0.1 * p[1] * omega)
        theta = theta + 0.05 * omega
    return theta**2 + omega**2


@program(rng.uniform(0.5, 1.5, 12))
def heat_equation(u):
    k = 0.2
    for _ in range(10):
        u = np.concatenate([u[:1], u[1:-1] + k * (u[2:] - 2 * u[1:-1] + u[:-2]), u[-1:]])
    return np.sum(u**2)


@program(rng.uniform(0.5, 1.5, 8))
def poisson_problem(f):
    n = len(f)
    A = 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
    u = np.linalg.solve(A, f)
    return 0.5 * u @ A @ u - f @ u + np.sum(u**4)


@program(rng.normal(size=9))
def lennard_jones(x):
    r = x.reshape(3, 3)
    i, j = np.triu_indices(3, 1)
    d2 = np.sum((r[i] - r[j]) ** 2, axis=-1)
    s6 = d2**-3
    return np.sum(4 * (s6**2 - s6))


@program(0.3, 0.8, -0.4)
def robot_arm(q):
    angles = np.cumsum(q)
    tip = np.stack([np.sum(np.cos(angles)), np.sum(np.sin(angles))])
    return np.linalg.norm(tip - np.array([1.0, 1.5])) + 0.1 * np.linalg.norm(q)


@program(0.2, -0.1, 0.3, 1.0, 0.5, 2.0)
def bundle_adjustment_point(p):
    w, X3 = p[:3], p[3:]
    angle = np.sqrt(w @ w)
    axis = w / angle
    rotated = X3 * np.cos(angle) + np.cross(axis, X3) * np.sin(angle) + axis * (axis @ X3) * (1 - np.cos(angle))
    image = rotated[:2] / (rotated[2] + 4.0)
    r2 = image @ image
    return np.sum((image * (1 + 0.1 * r2) - np.array([0.2, 0.1])) ** 2)


@program(1.0, 0.5, 2.0)
def beam_deflection(p):
    E, I, q = p
    x = np.linspace(0, 1, 11)
    w = q * x**2 * (6 - 4 * x + x**2) / (24 * E * I)
    return w.max() + np.trapezoid(w, x)


@program(0.6, 1.4)
def van_der_waals(p):
    T, V = p
    P = T / (V - 0.1) - 0.3 / V**2
    return P**2 + np.log(V - 0.1)


@program(rng.uniform(0.2, 0.8, 4))
def rlc_impedance(p):
    R, L, C, w = p
    return np.sqrt(R**2 + (w * L - 1 / (w * C)) ** 2) + np.arctan2(w * L - 1 / (w * C), R)


# ---- finance and networks --------------------------------------------------------------------------------------------


@program(100.0, 0.2, 0.03)
def black_scholes(p):
    from scipy.special import erf

    S, vol, r = p
    K, T = 105.0, 0.5
    d1 = (np.log(S / K) + (r + vol**2 / 2) * T) / (vol * np.sqrt(T))
    d2 = d1 - vol * np.sqrt(T)
    cdf = lambda z: 0.5 * (1 + erf(z / np.sqrt(2)))
    return S * cdf(d1) - K * np.exp(-r * T) * cdf(d2)


@program(0.25, 0.25, 0.25, 0.25)
def portfolio(w):
    returns = rng_returns
    w = np.exp(w) / np.sum(np.exp(w))
    pnl = returns @ w
    return pnl.std() - 0.5 * pnl.mean() + np.prod(1 + pnl)


rng_returns = 0.01 * np.random.default_rng(5).normal(size=(50, 4))


@program(0.04, 0.3)
def bond_price(p):
    t = np.arange(1, 11)
    discount = np.exp(-t * (p[0] + p[1] * 0.01 * t))
    return 100 * discount[-1] + np.dot(5.0 * np.ones(10), discount)


@program(rng.uniform(0.5, 1.5, 16))
def pagerank_power_iteration(a):
    A = a.reshape(4, 4)
    M = A / A.sum(axis=0)
    v = np.full(4, 0.25)
    for _ in range(20):
        v = 0.85 * M @ v + 0.15 / 4
    return np.sum(v**2) + v[0]


@program(rng.uniform(0.5, 1.5, 5))
def markov_chain(rates):
    P = np.tril(np.outer(rates, np.ones(5))) + 0.1
    P = P / P.sum(axis=1, keepdims=True)
    state = np.eye(5)[0]
    for _ in range(6):
        state = state @ P
    return -np.sum(state * np.log(state))


# ---- signals, images, numbers ----------------------------------------------------------------------------------------


@program(rng.normal(size=8))
def power_spectrum(x):
    n = len(x)
    k = np.arange(n)
    angle = 2 * np.pi * np.outer(k, k) / n
    re, im = np.cos(angle) @ x, np.sin(angle) @ x
    power = re**2 + im**2
    return np.sum(np.log1p(power))


@program(rng.normal(size=25))
def image_smoothness(x):
    img = x.reshape(5, 5)
    dx, dy = np.diff(img, axis=0), np.diff(img, axis=1)
    return np.sum(np.sqrt(dx**2 + 1e-3)) + np.sum(np.sqrt(dy**2 + 1e-3))


@program(rng.normal(size=9))
def convolution_by_windows(k):
    img = np.arange(36.0).reshape(6, 6) / 36
    windows = np.lib.stride_tricks.sliding_window_view(img, (3, 3))
    out = np.einsum("ijkl,kl->ij", windows, k.reshape(3, 3))
    return np.sum(np.tanh(out))


@program(rng.normal(size=6))
def spline_smoothing(c):
    t = np.linspace(0, 1, 15)
    basis = np.stack([np.maximum(0, 1 - np.abs(t * 5 - i)) for i in range(6)], axis=1)
    fit = basis @ c
    return np.sum((fit - np.sin(6 * t)) ** 2) + 0.1 * np.sum(np.diff(c, 2) ** 2)


@program(2.0, 3.0)
def newton_square_root(p):
    x = p[0]
    for _ in range(6):
        x = 0.5 * (x + p[1] / x)
    return x


@program(0.7, 0.2)
def continued_fraction(p):
    x = 1.0 + p[1]
    for k in range(12, 0, -1):
        x = k + p[0] / x
    return 1 / x


@program(rng.normal(size=4))
def polynomial_by_horner(c):
    total = 0.0
    for x in np.linspace(-1, 1, 7):
        y = 0.0
        for a in c:
            y = y * x + a
        total += np.exp(-(y**2))
    return total


@program(1.5, -0.5, 0.8)
def rosenbrock_of_a_list(x):
    return sum(100.0 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in zip(x[:-1], x[1:]))


@program(0.5, 1.5, 2.5)
def geometric_median(x):
    points = X[:, :3]
    return np.sum(np.linalg.norm(points - x, axis=1))


@program(rng.normal(size=(6)))
def sorted_wasserstein(x):
    return np.mean(np.abs(np.sort(x) - np.linspace(-1, 1, 6)) ** 1.5)
