"""Programs that fill arrays, as people write them: each a function of (np, x), with x a vector of 6 numbers near 1.

np is NumPy or stands in for it, with zeros, empty, ones, full, eye and array that create. Every program is analytic, so
that the complex step is an independent referee.
"""


def heat_equation(np, x):
    u = np.zeros(8)
    u[1:-1] = x
    for _ in range(5):
        u[1:-1] += 0.2 * (u[2:] - 2 * u[1:-1] + u[:-2])
        u[0] = u[1]
        u[-1] = 0.5 * u[-2]
    return u


def heat_equation_by_two_arrays(np, x):
    u, new = np.zeros(8), np.zeros(8)
    u[1:-1] = x
    for _ in range(4):
        for i in range(1, 7):
            new[i] = u[i] + 0.1 * (u[i + 1] - 2 * u[i] + u[i - 1])
        u, new = new, u
    return u


def advection_upwind(np, x):
    u = np.array(x)
    for _ in range(3):
        old = u.copy()
        u[1:] -= 0.3 * old[1:] * (old[1:] - old[:-1])
    return u


def wave_equation(np, x):
    u = np.zeros((4, 6))
    u[0] = x
    u[1] = x + 0.1 * x**2
    for k in range(2, 4):
        u[k, 1:-1] = 2 * u[k - 1, 1:-1] - u[k - 2, 1:-1] + 0.25 * (u[k - 1, 2:] - 2 * u[k - 1, 1:-1] + u[k - 1, :-2])
    return u


def laplace_jacobi(np, x):
    u = np.zeros((5, 5))
    u[0, :] = x[:5]
    u[:, -1] = x[1:]
    for _ in range(3):
        u[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])
    return u


def gauss_seidel(np, x):
    A = np.eye(6) * 4.0
    A[0, 1:] = x[1:] / 6
    A[3, :3] = x[:3] ** 2 / 6
    b, y = np.ones(6), np.zeros(6)
    for _ in range(3):
        for i in range(6):
            y[i] = (b[i] - A[i, :i] @ y[:i] - A[i, i + 1 :] @ y[i + 1 :]) / A[i, i]
    return y


def successive_over_relaxation(np, x):
    y = np.zeros(6)
    for _ in range(4):
        for i in range(1, 5):
            y[i] = -0.2 * y[i] + 1.2 * (x[i] + y[i - 1] + y[i + 1]) / 3
    return y


def forward_substitution(np, x):
    L = np.eye(3)
    L[np.tril_indices(3)] = x
    y = np.empty(3)
    for i in range(3):
        y[i] = (1.0 + i - L[i, :i] @ y[:i]) / L[i, i]
    return y


def back_substitution(np, x):
    U = np.zeros((3, 3))
    U[np.triu_indices(3)] = x
    y = np.zeros(3)
    for i in range(2, -1, -1):
        y[i] = (i + 1.0 - np.sum(U[i, i + 1 :] * y[i + 1 :])) / U[i, i]
    return y


def thomas_algorithm(np, x):
    n = 6
    a, b, c, d = 0.3 * x, 2.0 + x, np.full(n, 0.5), x**2
    cp, dp, y = np.zeros(n), np.zeros(n), np.zeros(n)
    cp[0], dp[0] = c[0] / b[0], d[0] / b[0]
    for i in range(1, n):
        m = b[i] - a[i] * cp[i - 1]
        cp[i] = c[i] / m
        dp[i] = (d[i] - a[i] * dp[i - 1]) / m
    y[-1] = dp[-1]
    for i in range(n - 2, -1, -1):
        y[i] = dp[i] - cp[i] * y[i + 1]
    return y


def lu_in_place(np, x):
    A = np.eye(4) * 5.0
    A[0, 1:] = x[:3]
    A[1:, 0] = x[3:]
    A[2, 3] = x[0] * x[5]
    for k in range(4):
        A[k + 1 :, k] /= A[k, k]
        A[k + 1 :, k + 1 :] -= np.outer(A[k + 1 :, k], A[k, k + 1 :])
    return A


def lu_by_loops(np, x):
    A = np.eye(3) * 4.0
    A[0, 1], A[0, 2], A[1, 0], A[1, 2], A[2, 0], A[2, 1] = x
    for k in range(3):
        for i in range(k + 1, 3):
            A[i, k] /= A[k, k]
            for j in range(k + 1, 3):
                A[i, j] -= A[i, k] * A[k, j]
    return A


def cholesky_by_loops(np, x):
    A = np.eye(3) * 6.0
    A[0, 1] = A[1, 0] = x[0]
    A[0, 2] = A[2, 0] = x[1]
    A[1, 2] = A[2, 1] = x[2]
    L = np.zeros((3, 3))
    for i in range(3):
        for j in range(i + 1):
            s = A[i, j] - np.sum(L[i, :j] * L[j, :j])
            L[i, j] = np.sqrt(s) if i == j else s / L[j, j]
    return L


def gauss_elimination(np, x):
    M = np.zeros((3, 4))
    M[:, :3] = np.eye(3) * 4.0
    M[0, 1:3] = x[:2]
    M[2, 0] = x[2]
    M[:, 3] = x[3:]
    for k in range(3):
        M[k] /= M[k, k]
        for i in range(3):
            if i != k:
                M[i] -= M[i, k] * M[k]
    return M[:, 3]


def jacobi_rotation(np, x):
    A = np.zeros((3, 3))
    A[np.triu_indices(3)] = x
    A += np.triu(A, 1).T
    t = 0.3 * x[0]
    c, s = np.cos(t), np.sin(t)
    p, q = A[0].copy(), A[1].copy()
    A[0], A[1] = c * p - s * q, s * p + c * q
    p, q = A[:, 0].copy(), A[:, 1].copy()
    A[:, 0] = c * p - s * q
    A[:, 1] = s * p + c * q
    return A


def gram_schmidt(np, x):
    Q = np.eye(3)
    Q[0, 1:] = x[:2]
    Q[2, :2] = x[2:4]
    for j in range(3):
        for k in range(j):
            Q[:, j] -= np.sum(Q[:, k] * Q[:, j]) * Q[:, k]
        Q[:, j] /= np.sqrt(np.sum(Q[:, j] ** 2))
    return Q


def runge_kutta_4(np, x):
    f = lambda t, y: np.array([y[1], -x[0] * y[0] - x[1] * y[1] + x[2] * t])
    h, trajectory = 0.1, np.empty((6, 2))
    trajectory[0, 0], trajectory[0, 1] = x[3], x[4]
    for k in range(5):
        t, y = k * h, trajectory[k]
        k1 = f(t, y)
        k2 = f(t + h / 2, y + h / 2 * k1)
        k3 = f(t + h / 2, y + h / 2 * k2)
        k4 = f(t + h, y + h * k3)
        trajectory[k + 1] = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return trajectory


def right_hand_side_in_place(np, x):
    def rates(y, out):
        out[0] = x[0] * y[0] - x[1] * y[0] * y[1]
        out[1] = x[2] * y[0] * y[1] - x[3] * y[1]

    y, dy = np.array([x[4], x[5]]), np.zeros(2)
    for _ in range(5):
        rates(y, dy)
        y += 0.05 * dy
    return y


def leapfrog(np, x):
    q, p = x[:3].copy(), x[3:].copy()
    for _ in range(4):
        p -= 0.05 * np.sin(q)
        q += 0.1 * p
        p -= 0.05 * np.sin(q)
    return np.concatenate([q, p])


def n_bodies(np, x):
    place = x.reshape(3, 2)
    force = np.zeros((3, 2))
    for i in range(3):
        for j in range(i):
            d = place[i] - (j + 2) * place[j]
            pull = d / (1.0 + np.sum(d**2)) ** 1.5
            force[i] -= pull
            force[j] += pull
    return force


def cumulative_recursion(np, x):
    y = np.zeros(6)
    y[0] = x[0]
    for i in range(1, 6):
        y[i] = x[i] * y[i - 1] + np.sin(y[i - 1])
    return y


def fibonacci(np, x):
    y = np.empty(8)
    y[:2] = x[:2]
    for i in range(2, 8):
        y[i] = x[2] * y[i - 1] + x[3] * y[i - 2]
    return y


def autoregression(np, x):
    e, y = np.zeros(9), np.sin(np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9]))
    e[:2] = y[:2]
    for t in range(2, 9):
        e[t] = y[t] - x[0] * y[t - 1] - x[1] * y[t - 2] - x[2] * e[t - 1]
    return e


def garch_variance(np, x):
    r, s = np.cos(np.array([1.0, 2, 3, 4, 5, 6])), np.zeros(6)
    s[0] = x[0]
    for t in range(1, 6):
        s[t] = x[1] + x[2] * r[t - 1] ** 2 + x[3] * s[t - 1]
    return np.log(s) + r**2 / s


def exponential_smoothing(np, x):
    level = np.array(x)
    for t in range(1, 6):
        level[t] = 0.3 * x[t] + 0.7 * level[t - 1]
    return level


def kalman_filter(np, x):
    m, P, means = np.zeros(2), np.eye(2), np.zeros((4, 2))
    F = np.array([[1.0, x[0]], [0.0, x[1]]])
    for k in range(4):
        m, P = F @ m, F @ P @ F.T
        P[0, 0] += x[2]
        P[1, 1] += x[3]
        gain = P[:, 0] / (P[0, 0] + x[4])
        m += gain * (np.sin(k + 1.0) - m[0])
        P -= np.outer(gain, P[0])
        means[k] = m
    return means


def hidden_markov_forward(np, x):
    T = np.array([[0.7, 0.3], [0.4, 0.6]])
    T[0] *= x[:2]
    T[1] *= x[2:4]
    alpha = np.zeros((5, 2))
    alpha[0] = 0.5
    for t in range(1, 5):
        for j in range(2):
            alpha[t, j] = np.sum(alpha[t - 1] * T[:, j]) * (x[4] if t % 2 else x[5])
    return alpha


def soft_shortest_path(np, x):
    cost = np.zeros((3, 3))
    cost[0] = np.cumsum(x[:3])
    cost[:, 0] = np.cumsum(x[3:])
    for i in range(1, 3):
        for j in range(1, 3):
            near = np.exp(-cost[i - 1, j]) + np.exp(-cost[i, j - 1]) + np.exp(-cost[i - 1, j - 1])
            cost[i, j] = x[i] * x[j + 3] - np.log(near)
    return cost


def binomial_tree(np, x):
    values = np.zeros(5)
    for j in range(5):
        values[j] = x[0] * np.exp((2 * j - 4) * 0.1 * x[1])
    for step in range(4, 0, -1):
        for j in range(step):
            values[j] = 0.99 * (x[2] * values[j + 1] + (2.0 - x[2]) * values[j]) / 2
    return values


def convolution_by_loops(np, x):
    kernel, y = np.array([0.25, 0.5, 0.25]), np.zeros(8)
    for i in range(6):
        for j in range(3):
            y[i + j] += x[i] * kernel[j] * x[j]
    return y


def convolution_of_an_image(np, x):
    image = np.zeros((5, 5))
    image[1:3, 1:4] = x.reshape(2, 3)
    out = np.zeros((3, 3))
    for i in range(3):
        for j in range(3):
            out[i, j] = np.sum(image[i : i + 3, j : j + 3] ** 2)
    return out


def histogram_smoothing(np, x):
    h = np.zeros(4)
    np.add.at(h, [0, 1, 1, 3, 3, 3], x)
    h[1:-1] = (h[:-2] + 2 * h[1:-1] + h[2:]) / 4
    h /= h.sum()
    return h


def assembly_of_a_stiffness_matrix(np, x):
    K = np.zeros((7, 7))
    for e in range(6):
        K[e : e + 2, e : e + 2] += x[e] * np.array([[1.0, -1.0], [-1.0, 1.0]])
    K[0, :] = 0.0
    K[0, 0] = 1.0
    K[-1, -1] += 1.0
    return np.linalg.solve(K, np.ones(7))


def assembly_by_indices(np, x):
    nodes = [[0, 1, 2], [2, 3, 0]]
    F = np.zeros(4)
    for e, at in enumerate(nodes):
        F[at] += x[3 * e : 3 * e + 3] ** 2
    return F


def finite_difference_residual(np, x):
    r, h = np.zeros(6), 1 / 7
    for i in range(6):
        left, right = x[i - 1] if i > 0 else 0.0, x[i + 1] if i < 5 else 1.0
        r[i] = (left - 2 * x[i] + right) / h**2 - np.exp(x[i])
    return r


def broyden_tridiagonal(np, x):
    r = np.empty(6)
    r[:] = (3 - 2 * x) * x + 1
    r[1:] -= x[:-1]
    r[:-1] -= 2 * x[1:]
    return r


def rosenbrock_residuals(np, x):
    r = np.zeros(10)
    r[::2] = 10 * (x[1:] - x[:-1] ** 2)
    r[1::2] = 1 - x[:-1]
    return r


def powell_singular(np, x):
    r = np.zeros(4)
    r[0], r[1] = x[0] + 10 * x[1], np.sqrt(5.0) * (x[2] - x[3])
    r[2], r[3] = (x[1] - 2 * x[2]) ** 2, np.sqrt(10.0) * (x[0] - x[3]) ** 2
    return r


def masked_update(np, x):
    y = x**2
    y[[True, False, True, False, True, False]] = x[:3]
    y[[5, 0]] *= x[1]
    return y


def reversed_in_place(np, x):
    y = np.array(x)
    y[::-1] = y * np.array([1.0, 2, 3, 4, 5, 6])
    y[:3], y[3:] = y[3:].copy(), y[:3].copy()
    return y


def rotation_by_outs(np, x):
    y, s = np.zeros(6), np.zeros(6)
    np.sin(x, out=s)
    np.multiply(s, x, out=y)
    np.add(y, 1.0, out=y)
    return y


def upper_envelope_of_views(np, x):
    A = np.zeros((3, 4))
    inner, first, last = A[:, 1:3], A[0], A[-1]
    inner[...] = x.reshape(3, 2)
    first += 1.0
    last[::2] = first[::2] * x[:2]
    A.T[3] = inner.sum(axis=1)
    A.ravel()[0] *= x[4]
    return A + first


def diagonal_shift(np, x):
    A = np.zeros((3, 3))
    A[:2] = x.reshape(2, 3)
    np.fill_diagonal(A, x[:3] ** 2)
    A.reshape(-1)[1:4] += x[3]
    return A


def horner_by_coefficients(np, x):
    c = np.zeros((6, 6))
    c[:, 0] = x
    for k in range(1, 6):  # divided differences
        for i in range(6 - k):
            c[i, k] = (c[i + 1, k - 1] - c[i, k - 1]) / k
    return c[0]


def neural_layers(np, x):
    a = np.zeros((3, 6))
    a[0] = x
    for k in range(2):
        np.tanh(a[k] * 0.5 + np.roll(a[k], 1), out=a[k + 1])
    return a


PROGRAMS = [f for f in list(globals().values()) if callable(f)]
