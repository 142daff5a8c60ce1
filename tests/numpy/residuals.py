"""Residual functions as people write them: they fill arrays. Each is a function of (np, x), with a point for x.

np is dualrev.numpy, or stands in for NumPy. The first 35 are the test problems of Moré, Garbow and Hillstrom (1981),
"Testing unconstrained optimization software", ACM Transactions on Mathematical Software 7, in the manner of MINPACK.
All are analytic near their points, so that the complex step is an independent referee.
"""

from math import pi

RESIDUALS = []


def at(*point):
    def register(f):
        RESIDUALS.append((f, point))
        return f

    return register


# ---- Moré, Garbow and Hillstrom --------------------------------------------------------------------------------------


@at(-1.2, 1.0)
def rosenbrock(np, x):
    fvec = np.zeros(2)
    fvec[0] = 10.0 * (x[1] - x[0] ** 2)
    fvec[1] = 1.0 - x[0]
    return fvec


@at(0.5, -2.0)
def freudenstein_and_roth(np, x):
    fvec = np.empty(2)
    fvec[0] = -13.0 + x[0] + ((5.0 - x[1]) * x[1] - 2.0) * x[1]
    fvec[1] = -29.0 + x[0] + ((1.0 + x[1]) * x[1] - 14.0) * x[1]
    return fvec


@at(0.3, 1.0)
def powell_badly_scaled(np, x):
    fvec = np.zeros(2)
    fvec[0] = 1e4 * x[0] * x[1] - 1.0
    fvec[1] = np.exp(-x[0]) + np.exp(-x[1]) - 1.0001
    return fvec


@at(1.0, 2.0)
def brown_badly_scaled(np, x):
    fvec = np.zeros(3)
    fvec[0] = x[0] - 1e6
    fvec[1] = x[1] - 2e-6
    fvec[2] = x[0] * x[1] - 2.0
    return fvec


@at(1.0, 0.8)
def beale(np, x):
    y = [1.5, 2.25, 2.625]
    fvec = np.zeros(3)
    for i in range(3):
        fvec[i] = y[i] - x[0] * (1.0 - x[1] ** (i + 1))
    return fvec


@at(0.3, 0.4)
def jennrich_and_sampson(np, x):
    fvec = np.zeros(10)
    for i in range(1, 11):
        fvec[i - 1] = 2.0 + 2.0 * i - (np.exp(i * x[0]) + np.exp(i * x[1]))
    return fvec


@at(1.0, 0.5, 0.7)
def helical_valley(np, x):
    theta = np.arctan(x[1] / x[0]) / (2.0 * pi)
    fvec = np.zeros(3)
    fvec[0] = 10.0 * (x[2] - 10.0 * theta)
    fvec[1] = 10.0 * (np.sqrt(x[0] ** 2 + x[1] ** 2) - 1.0)
    fvec[2] = x[2]
    return fvec


BARD = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39]


@at(1.0, 1.2, 0.9)
def bard(np, x):
    fvec = np.zeros(15)
    for i in range(15):
        u = i + 1.0
        v = 15.0 - i
        w = min(u, v)
        fvec[i] = BARD[i] - (x[0] + u / (v * x[1] + w * x[2]))
    return fvec


GAUSS = [0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989]


@at(0.4, 1.0, 0.1)
def gaussian(np, x):
    y = np.array(GAUSS + GAUSS[-2::-1])
    fvec = np.zeros(15)
    for i in range(15):
        t = (8.0 - (i + 1)) / 2.0
        fvec[i] = x[0] * np.exp(-x[1] * (t - x[2]) ** 2 / 2.0) - y[i]
    return fvec


MEYER = [34780.0, 28610.0, 23650.0, 19630.0, 16370.0, 13720.0, 11540.0, 9744.0]


@at(0.02, 4000.0, 250.0)
def meyer(np, x):
    fvec = np.zeros(8)
    t = 45.0 + 5.0 * np.arange(1, 9)
    fvec[:] = x[0] * np.exp(x[1] / (t + x[2]))
    fvec -= MEYER
    return fvec


@at(5.0, 2.5, 0.15)
def gulf_research_and_development(np, x):
    m = 6
    fvec = np.zeros(m)
    for i in range(m):
        t = (i + 1) / 100.0
        y = 25.0 + (-50.0 * np.log(t)) ** (2.0 / 3.0)
        fvec[i] = np.exp(-((y - x[1]) ** x[2]) / x[0]) - t
    return fvec


@at(0.5, 10.0, 20.0)
def box_three_dimensional(np, x):
    fvec = np.zeros(5)
    for i, t in enumerate(np.arange(1, 6) / 10.0):
        fvec[i] = np.exp(-t * x[0]) - np.exp(-t * x[1]) - x[2] * (np.exp(-t) - np.exp(-10.0 * t))
    return fvec


@at(3.0, -1.0, 0.5, 1.0)
def powell_singular(np, x):
    fvec = np.zeros(4)
    fvec[0] = x[0] + 10.0 * x[1]
    fvec[1] = np.sqrt(5.0) * (x[2] - x[3])
    fvec[2] = (x[1] - 2.0 * x[2]) ** 2
    fvec[3] = np.sqrt(10.0) * (x[0] - x[3]) ** 2
    return fvec


@at(-3.0, -1.0, -3.0, -1.0)
def wood(np, x):
    fvec = np.empty(6)
    fvec[0::3] = 10.0 * (x[1] - x[0] ** 2), np.sqrt(10.0) * (x[1] + x[3] - 2.0)
    fvec[1], fvec[2] = 1.0 - x[0], np.sqrt(90.0) * (x[3] - x[2] ** 2)
    fvec[4:] = np.array([1.0 - x[2], (x[1] - x[3]) / np.sqrt(10.0)])
    return fvec


KOWALIK = [0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246]
DOSES = [4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625]


@at(0.25, 0.39, 0.415, 0.39)
def kowalik_and_osborne(np, x):
    u, fvec = np.array(DOSES), np.array(KOWALIK)
    fvec -= x[0] * (u**2 + u * x[1]) / (u**2 + u * x[2] + x[3])
    return fvec


@at(25.0, 5.0, -5.0, -1.0)
def brown_and_dennis(np, x):
    fvec = np.zeros(20)
    for i in range(20):
        t = (i + 1) / 5.0
        a = x[0] + t * x[1] - np.exp(t)
        b = x[2] + np.sin(t) * x[3] - np.cos(t)
        fvec[i] = a**2 + b**2
    return fvec


OSBORNE = [0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784]


@at(0.5, 1.5, -1.0, 0.01, 0.02)
def osborne_1(np, x):
    fvec = np.zeros(10)
    t = np.zeros(10)
    for i in range(10):
        t[i] = 10.0 * i
    for i in range(10):
        fvec[i] = OSBORNE[i]
        fvec[i] -= x[0] + x[1] * np.exp(-x[3] * t[i]) + x[2] * np.exp(-x[4] * t[i])
    return fvec


@at(1.0, 2.0, 1.0, 1.1, 1.2, 1.3)
def biggs_exp6(np, x):
    m = 13
    fvec = np.zeros(m)
    for i in range(m):
        t = 0.1 * (i + 1)
        y = np.exp(-t) - 5.0 * np.exp(-10.0 * t) + 3.0 * np.exp(-4.0 * t)
        fvec[i] = x[2] * np.exp(-t * x[0]) - x[3] * np.exp(-t * x[1]) + x[5] * np.exp(-t * x[4]) - y
    return fvec


@at(1.3, 0.65, 0.65, 0.7, 0.6, 3.0, 5.0, 7.0, 2.0, 4.5, 5.5)
def osborne_2(np, x):
    fvec = np.full(7, 0.5)
    for i in range(7):
        t = i / 10.0
        fvec[i] -= x[0] * np.exp(-t * x[4])
        for j in range(3):
            fvec[i] -= x[1 + j] * np.exp(-((t - x[8 + j]) ** 2) * x[5 + j])
    return fvec


@at(0.1, -0.2, 0.3, 0.4, 0.2, -0.1)
def watson(np, x):
    n = 6
    fvec = np.zeros(31)
    for i in range(29):
        t = (i + 1) / 29.0
        s1, s2 = 0.0, 0.0
        for j in range(1, n):
            s1 = s1 + j * x[j] * t ** (j - 1)
        for j in range(n):
            s2 = s2 + x[j] * t**j
        fvec[i] = s1 - s2**2 - 1.0
    fvec[29] = x[0]
    fvec[30] = x[1] - x[0] ** 2 - 1.0
    return fvec


@at(-1.2, 1.0, -1.2, 1.0, -1.1, 0.9)
def extended_rosenbrock(np, x):
    fvec = np.zeros(6)
    for i in range(0, 6, 2):
        fvec[i] = 10.0 * (x[i + 1] - x[i] ** 2)
        fvec[i + 1] = 1.0 - x[i]
    return fvec


@at(3.0, -1.0, 0.5, 1.0, 2.0, -1.5, 0.4, 1.2)
def extended_powell_singular(np, x):
    fvec = np.zeros(8)
    fvec[0::4] = x[0::4] + 10.0 * x[1::4]
    fvec[1::4] = np.sqrt(5.0) * (x[2::4] - x[3::4])
    fvec[2::4] = (x[1::4] - 2.0 * x[2::4]) ** 2
    fvec[3::4] = np.sqrt(10.0) * (x[0::4] - x[3::4]) ** 2
    return fvec


@at(1.0, 2.0, 3.0, 4.0)
def penalty_1(np, x):
    n = len(x)
    fvec = np.zeros(n + 1)
    fvec[:n] = np.sqrt(1e-5) * (x - 1.0)
    fvec[n] = -0.25
    for j in range(n):
        fvec[n] += x[j] ** 2
    return fvec


@at(0.5, 0.6, 0.7, 0.8)
def penalty_2(np, x):
    n, a = len(x), np.sqrt(1e-5)
    fvec = np.zeros(2 * n)
    fvec[0] = x[0] - 0.2
    for i in range(1, n):
        fvec[i] = a * (np.exp(x[i] / 10) + np.exp(x[i - 1] / 10) - np.exp((i + 1) / 10) - np.exp(i / 10))
    for i in range(n, 2 * n - 1):
        fvec[i] = a * (np.exp(x[i - n + 1] / 10) - np.exp(-1 / 10))
    fvec[-1] = np.sum(np.arange(n, 0, -1) * x**2) - 1.0
    return fvec


@at(0.9, 0.8, 0.7, 0.6)
def variably_dimensioned(np, x):
    n = x.size
    fvec = np.zeros(n + 2)
    fvec[:n] = x - 1
    total = np.zeros(1)
    for j in range(n):
        total[0] += (j + 1) * (x[j] - 1)
    fvec[n] = total[0]
    fvec[n + 1] = total[0] ** 2
    return fvec


@at(0.25, 0.2, 0.3, 0.1)
def trigonometric(np, x):
    n = len(x)
    fvec = np.zeros(n)
    total = np.sum(np.cos(x))
    for i in range(n):
        fvec[i] = n - total + (i + 1) * (1.0 - np.cos(x[i])) - np.sin(x[i])
    return fvec


@at(0.5, 0.6, 0.7, 0.8, 0.9)
def brown_almost_linear(np, x):
    n = len(x)
    fvec = np.ones(n)
    for i in range(n - 1):
        fvec[i] = x[i] + x.sum() - (n + 1)
    for j in range(n):
        fvec[n - 1] *= x[j]
    fvec[n - 1] -= 1.0
    return fvec


@at(-0.1, -0.2, -0.15, -0.05)
def discrete_boundary_value(np, x):
    n = len(x)
    h = 1.0 / (n + 1)
    fvec = np.zeros(n)
    for k in range(n):
        temp = (x[k] + (k + 1) * h + 1.0) ** 3
        left = x[k - 1] if k else 0.0
        right = x[k + 1] if k < n - 1 else 0.0
        fvec[k] = 2.0 * x[k] - left - right + temp * h**2 / 2.0
    return fvec


@at(-0.1, -0.2, -0.15, -0.05)
def discrete_integral_equation(np, x):
    n = len(x)
    h = 1.0 / (n + 1)
    t = np.arange(1, n + 1) * h
    fvec = np.zeros(n)
    for i in range(n):
        s1 = s2 = 0.0
        for j in range(i + 1):
            s1 += t[j] * (x[j] + t[j] + 1.0) ** 3
        for j in range(i + 1, n):
            s2 += (1.0 - t[j]) * (x[j] + t[j] + 1.0) ** 3
        fvec[i] = x[i] + h * ((1.0 - t[i]) * s1 + t[i] * s2) / 2.0
    return fvec


@at(-1.0, -1.1, -0.9, -1.2, -0.8)
def broyden_tridiagonal(np, x):
    fvec = np.zeros(5)
    fvec[:] = (3.0 - 2.0 * x) * x + 1.0
    fvec[1:] -= x[:-1]
    fvec[:-1] -= 2.0 * x[1:]
    return fvec


@at(-1.0, -1.1, -0.9, -1.2, -0.8, -1.3, -0.7, -1.0)
def broyden_banded(np, x):
    n, below, above = len(x), 5, 1
    fvec = np.zeros(n)
    for i in range(n):
        fvec[i] = x[i] * (2.0 + 5.0 * x[i] ** 2) + 1.0
        for j in range(max(0, i - below), min(n, i + above + 1)):
            if j != i:
                fvec[i] -= x[j] * (1.0 + x[j])
    return fvec


@at(1.0, 1.1, 0.9)
def linear_of_full_rank(np, x):
    m, n = 5, len(x)
    total = 2.0 * np.sum(x) / m + 1.0
    fvec = np.zeros(m)
    fvec[:] = -total
    fvec[:n] += x
    return fvec


@at(1.0, 1.1, 0.9)
def linear_of_rank_one(np, x):
    fvec = np.zeros(5)
    s = 0.0
    for j in range(3):
        s += (j + 1) * x[j]
    for i in range(5):
        fvec[i] = (i + 1) * s - 1.0
    return fvec


@at(1.0, 1.1, 0.9, 1.2)
def linear_of_rank_one_with_zero_columns_and_rows(np, x):
    m, n = 5, 4
    fvec = np.zeros(m)
    fvec[0] = fvec[m - 1] = -1.0
    for i in range(1, m - 1):
        fvec[i] = i * np.sum(np.arange(2, n) * x[1 : n - 1]) - 1.0
    return fvec


@at(0.2, 0.4, 0.7, 0.9)
def chebyquad(np, x):
    n = len(x)
    fvec = np.zeros(n)
    for j in range(n):
        t0, t1 = 1.0, 2.0 * x[j] - 1.0
        t = 2.0 * t1
        for i in range(n):
            fvec[i] += t1
            t0, t1 = t1, t * t1 - t0
    fvec /= n
    for i in range(1, n, 2):
        fvec[i] += 1.0 / ((i + 1) ** 2 - 1.0)
    return fvec


# ---- in other manners ------------------------------------------------------------------------------------------------


@at(1.0, 2.0, 3.0)
def a_part_of_the_array(np, x):
    r = np.zeros(6)
    r[: len(x)] = x - 1
    return r


@at(1.1, 0.7, 1.6)
def a_matrix_by_two_loops(np, x):
    A = np.zeros((3, 4))
    for i in range(3):
        for j in range(4):
            A[i, j] = x[i] ** (j + 1) / (i + j + 1.0)
    return A.ravel()


@at(1.1, 0.7, 1.6)
def a_matrix_by_two_loops_and_two_brackets(np, x):
    A = np.zeros((3, 3))
    for i in range(3):
        for j in range(3):
            A[i][j] = x[i] * np.exp(-x[j])
    return A.sum(axis=0)


@at(1.1, 0.7, 1.6, 0.9)
def rows_and_columns(np, x):
    A = np.zeros((4, 3))
    A[0] = x[:3]
    A[:, 1] = x**2
    A[2, :] += x[1]
    A[-1] *= x[0]
    A[1:3, ::2] = x[:2].reshape(2, 1)
    return A.reshape(-1)


@at(1.1, 0.7, 1.6)
def rows_by_iteration(np, x):
    A = np.ones((3, 3))
    for k, row in enumerate(A):
        row[:] = x[k] * np.arange(1.0, 4.0)
        row[0] -= x[0] ** 2
    return A.flatten()


@at(1.1, 0.7, 1.6)
def a_helper_fills_it(np, x):
    def fill(out, scale):
        for i in range(len(out)):
            out[i] = scale * x[i % 3] ** (i + 1)

    r = np.zeros(8)
    fill(r[:3], 1.0)
    fill(r[3:], x[1])
    return r


@at(1.1, 0.7, 1.6)
def a_helper_fills_what_it_is_given(np, x):
    def rates(t, y, dy):
        dy[0] = -x[0] * y[0] + x[1] * y[1]
        dy[1] = x[0] * y[0] - (x[1] + x[2]) * y[1]
        return dy

    y, dy, path = np.array([1.0, 0.0]), np.empty(2), np.zeros((5, 2))
    for k in range(5):
        path[k] = y
        y = y + 0.1 * rates(0.1 * k, y, dy)
    return path.T.ravel()


@at(1.1, 0.7, 1.6)
def one_buffer_for_all_steps(np, x):
    work, r = np.zeros(3), np.zeros((4, 3))
    for k in range(4):
        work[:] = 0.0
        work[0] = x[0] * k
        work[1:] = x[1:] - work[0]
        r[k] = work**2
    return r.reshape(12)


@at(1.1, 0.7, 1.6)
def a_list_of_buffers(np, x):
    parts = [np.zeros(2) for _ in range(3)]
    for k, part in enumerate(parts):
        part[0] = x[k]
        part[1] = part[0] * x[(k + 1) % 3]
    return np.concatenate(parts)


@at(1.1, 0.7, 1.6, 0.9, 1.4)
def by_masks(np, x):
    t = np.linspace(0.0, 1.0, 5)
    r = np.zeros(5)
    r[t > 0.3] = x[t > 0.3] ** 2
    r[t <= 0.3] = -x[0]
    r[(t > 0.2) & (t < 0.8)] *= x[4]
    return r


@at(1.1, 0.7, 1.6, 0.9, 1.4)
def by_lists_of_indices(np, x):
    r = np.zeros(7)
    at = [6, 0, 3]
    r[at] = x[[0, 2, 4]] * x[1]
    r[[1, 2]] = 1.0
    r[at] -= x[3]
    return r


@at(1.1, 0.7, 1.6, 0.9)
def by_pairs_of_indices(np, x):
    A = np.zeros((3, 3))
    rows, columns = np.triu_indices(3, 1)
    A[rows, columns] = x[:3]
    A[columns, rows] = -x[:3] * x[3]
    A[np.diag_indices(3)] = x[3] ** 2
    return A.ravel()


@at(1.1, 0.7, 1.6, 0.9)
def accumulated_at_repeated_indices(np, x):
    r, counts = np.zeros(3), [0, 2, 2, 1]
    np.add.at(r, counts, x**2)
    np.subtract.at(r, [0, 0], x[3])
    return r


@at(1.1, 0.7, 1.6)
def by_statements(np, x):
    A = np.zeros((3, 3))
    np.fill_diagonal(A, x)
    b = np.empty(3)
    np.copyto(b, x**2)
    np.put(b, [2], x[0])
    np.multiply(b, x, out=b)
    np.putmask(A, np.eye(3) == 0, x[1])
    return np.append(A @ b, b)


@at(1.1, 0.7, 1.6)
def augmented(np, x):
    r = np.ones(3)
    r += x
    r *= x[0]
    r -= x**2
    r /= 1.0 + x[1]
    r **= 2
    return r


@at(1.1, 0.7, 1.6, 0.9)
def views_that_stay(np, x):
    A = np.zeros((2, 4))
    top, bottom, flat, last = A[0], A[1], A.reshape(-1), A[:, -1]
    top[:] = x
    bottom[...] = 2.0 * top
    flat[5] = x[0] * flat[1]
    last *= x[1]
    A.T[2] += x[3]
    return np.concatenate([flat, top, last])


@at(1.1, 0.7, 1.6, 0.9)
def shifted_in_place(np, x):
    r = np.array(x)
    r[1:] = r[:-1] * x[0]
    r[::-1] = r + 1.0
    r[:2], r[2:] = r[2:].copy(), r[:2].copy()
    r[0], r[1] = r[1], r[0]
    return r


@at(0.2, 0.3, 0.5)
def constraints_behind_residuals(np, x):
    r = np.zeros(5)
    r[:3] = np.log(x)
    r[3] = x.sum() - 1.0
    r[-1:] = 10.0 * (x[0] - x[1])
    return r


@at(1.0, 0.5, 2.0)
def chemical_equilibrium(np, x):
    S = np.array([[1, 0, -1], [0, 2, 1]])
    r, rates = np.zeros(2), np.zeros(3)
    rates[0] = x[0] * x[1]
    rates[1] = x[2] ** 2
    rates[2] = np.exp(-x[0])
    for i in range(2):
        for j in range(3):
            r[i] += S[i, j] * rates[j]
    return r


@at(0.1, 0.2, 0.3, 0.2)
def bratu_with_ghost_points(np, x):
    n = len(x)
    u = np.zeros(n + 2)
    u[1:-1] = x
    u[0], u[-1] = u[1], 2.0 - u[-2]
    r = np.empty(n)
    for i in range(1, n + 1):
        r[i - 1] = u[i - 1] - 2.0 * u[i] + u[i + 1] + np.exp(u[i]) / (n + 1) ** 2
    return r


@at(0.3, 0.2, 0.5, 0.4, 0.1, 0.6)
def poisson_on_a_grid(np, x):
    u = np.zeros((4, 5))
    u[1:-1, 1:-1] = x.reshape(2, 3)
    u[0] = 1.0
    r = np.zeros_like(u)
    for i in range(1, 3):
        for j in range(1, 4):
            r[i, j] = 4 * u[i, j] - u[i - 1, j] - u[i + 1, j] - u[i, j - 1] - u[i, j + 1]
    r[1:-1, 1:-1] += u[1:-1, 1:-1] ** 3
    return r[1:-1, 1:-1].ravel()


@at(1.1, 0.7)
def of_numbers_and_lists(np, x):
    r = x[0] * np.array([1.0, 2.0])
    r[1] += x[1]
    s = np.array([[x[0], 1.0], [0.0, x[1]]])
    s[0, 1] = r[1] * x[0]
    return np.append(s.ravel(), x[0] * [1.0, 2.0] if hasattr(x, "sweep") else x[0] * np.array([1.0, 2.0]))
