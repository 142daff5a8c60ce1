"""ADBench's bundle adjustment: the Jacobian of all reprojection errors, 2 x 15 for each observation."""

from pathlib import Path

import numpy

FILE = Path(__file__).parent.parent / "data" / "ba1_n49_m7776_p31843.txt"


def reprojection(P, feats, np=numpy):
    """Errors (2, p) of p observations from their parameters P (15, p).

    The rows of P: rotation (3), centre (3), focal length, principal point (2), distortion (2), point (3), weight.
    """
    r0, r1, r2, c0, c1, c2, f, u0, v0, k1, k2, X0, X1, X2, w = P
    x0, x1, x2 = X0 - c0, X1 - c1, X2 - c2
    theta2 = r0 * r0 + r1 * r1 + r2 * r2
    theta = np.sqrt(theta2)
    c, a = np.cos(theta), np.sin(theta) / theta
    b = (1.0 - c) / theta2 * (r0 * x0 + r1 * x1 + r2 * x2)
    y0 = c * x0 + a * (r1 * x2 - r2 * x1) + b * r0
    y1 = c * x1 + a * (r2 * x0 - r0 * x2) + b * r1
    y2 = c * x2 + a * (r0 * x1 - r1 * x0) + b * r2
    u, v = y0 / y2, y1 / y2
    s = u * u + v * v
    L = f * (1.0 + k1 * s + k2 * s * s)
    return np.stack([w * (u0 + L * u - feats[0]), w * (v0 + L * v - feats[1])])


def reprojection_by_hand(P, feats):
    """The Jacobian (2, 15, p)."""
    r, f, k1, k2, w = P[:3], P[6], P[9], P[10], P[14]
    x = P[11:14] - P[3:6]
    theta2 = r[0] * r[0] + r[1] * r[1] + r[2] * r[2]
    theta = numpy.sqrt(theta2)
    c, a = numpy.cos(theta), numpy.sin(theta) / theta
    b = (1.0 - c) / theta2
    rx = r[0] * x[0] + r[1] * x[1] + r[2] * x[2]
    cross, brx = product(r, x), b * rx
    y = c * x + a * cross + brx * r
    inverse = 1.0 / y[2]
    u = y[:2] * inverse
    s = u[0] * u[0] + u[1] * u[1]
    D = 1.0 + (k1 + k2 * s) * s
    wf = w * f
    V = ((c - a) / theta2) * cross + ((a - 2.0 * b) / theta2 * rx) * r - a * x  # d y / d r_j = r_j V + ...
    J = numpy.zeros((2, 15, P.shape[1]))
    slope, direct = 2.0 * wf * (k1 + 2.0 * k2 * s) * inverse, wf * D * inverse
    for k in range(2):
        row, wu = J[k], wf * u[k]
        tilt = slope * u[k]
        g = numpy.empty_like(r)  # the gradient of this error by y
        numpy.multiply(tilt, u, out=g[:2])
        g[k] += direct
        g[2] = -(g[0] * u[0] + g[1] * u[1])
        gr = b * (g[0] * r[0] + g[1] * r[1] + g[2] * r[2])
        gv = g[0] * V[0] + g[1] * V[1] + g[2] * V[2]
        row[:3] = gv * r + a * product(x, g) + gr * x + brx * g
        numpy.add(c * g, a * product(g, r), out=row[11:14])
        row[11:14] += gr * r
        numpy.negative(row[11:14], out=row[3:6])
        row[6] = w * D * u[k]
        row[7 + k] = w
        row[9] = wu * s
        row[10] = row[9] * s
        row[14] = P[7 + k] + f * D * u[k] - feats[k]
    return J


def product(a, b):
    """The cross product of (3, p) arrays."""
    out = numpy.empty_like(a)
    for k in range(3):
        i, j = (k + 1) % 3, (k + 2) % 3
        numpy.multiply(a[i], b[j], out=out[k])
        out[k] -= a[j] * b[i]
    return out


def instance():
    """One camera, point, weight and observation, repeated for every observation, as ADBench does."""
    tokens = FILE.read_text().split()
    p, numbers = int(tokens[2]), numpy.array(tokens[3:], float)
    repeated = numpy.repeat(numbers[:, None], p, axis=1)  # camera, point, weight; then the observation
    return repeated[:15], repeated[15:]
