"""The steps of random programs: NumPy expressions and statements, with places that the generator fills.

    {a}, {b}, {c}   values computed before; {a} is the one that shapes, axes and indices are drawn for
    {axis}, {axes}  an axis of {a}, perhaps negative; None, an axis, or a tuple of axes
    {keep}          True or False
    {i}, {n}        an integer -3..3; an integer 1..3
    {r}             a number between 0.2 and 1.8
    {like}          a literal array of the shape of {a}
    {mask}          a literal mask of the shape of {a}
    {index}         something to index {a} with
    {shape}         a shape of as many elements as {a}
    {order}         a permutation of the axes of {a}
    {last}, {first} the length of its last and of its first axis

What does not fit the values at hand is thrown away by the generator, so a step need not fit every shape.
"""

# Expressions with an analytic continuation as they stand: the complex step is their referee.
ANALYTIC = """
np.sin({a}) | np.cos({a}) | np.tanh({a}) | np.exp(-{a}) | np.exp(0.3 * {a}) | np.expm1(0.5 * {a}) | np.sinh({a})
np.cosh({a}) | np.arctan({a}) | np.arcsinh({a}) | np.arctanh(0.9 * np.tanh({a})) | np.arcsin(0.9 * np.sin({a}))
np.arccos(0.9 * np.cos({a})) | np.log(1.5 + np.sin({a})) | np.log1p({a} ** 2) | np.log2(2 + {a} * {a})
np.log10(2 + {a} ** 2) | np.sqrt(0.5 + {a} ** 2) | np.exp2({a}) | np.square({a}) | np.reciprocal(2 + np.cos({a})) | -{a}
+{a} | {a} ** 3 | (1.2 + np.sin({a})) ** -1.5 | {r} ** {a} | 1 / (3 + {a} ** 2) | np.sinc({a} + 0.3)
np.power(1.5 + np.sin({a}), {b}) | np.float_power(1.5 + np.cos({a}), {r}) | np.tan(0.5 * np.tanh({a})) | np.deg2rad({a})
np.degrees({a}) / 50 | np.arccosh(1.5 + {a} ** 2) | {a} + {b} | {a} - {b} | {a} * {b} | {a} / (2 + {b} * {b})
{r} - {a} | {a} * {r} | {r} / (3 + {a} * {a}) | {b} * {a} + {c} | np.add({a}, {like}) | np.multiply({like}, {a})
{like} - {a} | {a} / {like} | np.subtract({a}, {b}) | np.divide({b}, 2 + {a} ** 2)
np.add({a}, {b}, where={mask}, out=np.zeros_like({a})) | np.logaddexp({a}, {b}) | np.add.outer({a}, {b})
np.multiply.outer({a}, {b}) | np.subtract.outer({b}, {a}) | np.add.reduce({a}, axis={axis})
np.multiply.reduce({a}, axis={axis}) | np.add.accumulate({a}, axis={axis}) | np.multiply.accumulate({a}, axis={axis})
np.add.reduceat({a}, [0, {n}]) | np.add.reduce({a}, axis={axes}, keepdims={keep})
np.sum({a}, axis={axes}, keepdims={keep}) | {a}.sum({axis}) | {a}.sum() | np.mean({a}, axis={axes}, keepdims={keep})
{a}.mean({axis}) | np.prod({a}, axis={axes}, keepdims={keep}) | {a}.prod({axis}) | np.cumsum({a}, axis={axis})
{a}.cumsum() | np.cumprod({a}, axis={axis}) | np.sum({a}, axis={axes}, where={mask})
np.sum({a}, axis={axis}, initial={r}) | np.prod({a}, axis={axis}, initial={r}, where={mask})
np.mean({a}, axis={axis}, where={mask}) | np.average({a}, axis={axis}) | np.average({a}, weights={like})
np.average({a}, axis={axis}, weights={like} ** 2) | np.diff({a}, axis={axis}) | np.diff({a}, n={n}) | np.ediff1d({a})
np.trapezoid({a}, dx={r}) | np.trapezoid({a}, axis={axis}) | np.gradient({a}, axis={axis})
np.gradient({a}, {r}, axis={axis}, edge_order=2) | np.cumulative_sum({a}, axis={axis}, include_initial=True)
np.cumulative_prod({a}, axis={axis}) | np.nansum({a}, axis={axes}) | np.nanprod({a}, axis={axis})
np.nancumsum({a}, axis={axis}) | {a}[{index}] | {a}[{index}] * {r} | {a}[...] | {a}[None] | {a}[..., None] | {a}[::-1]
{a}[..., ::2] | {a}[{i}] | {a}[{mask}] | {a}[..., {i}] | {a}.T | {a}.reshape(-1) | {a}.reshape({shape})
np.reshape({a}, {shape}, order="F") | {a}.ravel() | np.ravel({a}, order="F") | {a}.flatten()
np.transpose({a}, {order}) | {a}.transpose({order}) | np.swapaxes({a}, {axis}, {axis})
np.moveaxis({a}, {axis}, {axis}) | np.rollaxis({a}, {axis}) | np.squeeze({a}) | {a}.squeeze()
np.expand_dims({a}, {axis}) | np.expand_dims({a}, (0, -1)) | np.atleast_1d({a}) | np.atleast_2d({a})
np.atleast_3d({a}) | np.broadcast_to({a}, (2,) + {a}.shape) | np.tile({a}, {n}) | np.tile({a}, (2, {n}))
np.repeat({a}, 2, axis={axis}) | np.repeat({a}, {n}) | np.flip({a}, axis={axes}) | np.fliplr({a}) | np.flipud({a})
np.rot90({a}, {i}) | np.roll({a}, {i}, axis={axis}) | np.roll({a}, {i}) | np.copy({a}) | {a}.copy()
np.concatenate([{a}, {a} * {r}], axis={axis}) | np.concatenate([{a}, {b}]) | np.stack([{a}, {b}], axis={axis})
np.stack([{a}, 2 * {a}, {like}], -1) | np.vstack([{a}, {b}]) | np.hstack([{a}, {b}]) | np.dstack([{a}, {b}])
np.column_stack([{a}, {b}]) | np.append({a}, {b}) | np.append({a}, {like}, axis={axis})
np.insert({a}, {n}, {r}, axis={axis}) | np.insert({a}, 0, {b}.sum()) | np.delete({a}, 0, axis={axis})
np.delete({a}, {i}) | np.block([[{a}, {a}], [{b}, {b}]]) | np.block([{a}, {r}]) | np.split({a}, [1], axis={axis})[1]
np.array_split({a}, 2, axis={axis})[0] | np.hsplit({a}, [1])[0] | np.vsplit({a}, 1)[0] | np.pad({a}, {n})
np.pad({a}, 1, mode="edge") | np.pad({a}, 1, mode="reflect") | np.pad({a}, (0, {n}), mode="wrap")
np.pad({a}, 1, constant_values={r}) | np.pad({a}, 1, mode="mean") | np.pad({a}, 2, mode="symmetric")
np.pad({a}, 1, mode="linear_ramp", end_values={r}) | np.triu({a}, {i}) | np.tril({a}) | np.diag({a})
np.diagonal({a}, offset={i}) | np.diagflat({a}) | np.trace({a}) | np.trace({a}, offset={i}) | np.vander({a}, {n})
np.take({a}, [0, -1], axis={axis}) | {a}.take([1, 0]) | np.take({a}, {i}, axis={axis})
np.compress([True, False, True], {a}, axis={axis}) | np.extract({mask}, {a}) | np.where({mask}, {a}, {b})
np.where({like} > 0, {a}, 0.0) | np.where({mask}, {r}, {a}) | np.select([{mask}, {like} > 0.1], [{a}, {b}], {r})
np.choose({mask} * 1, [{a}, {b}]) | np.take_along_axis({a}, np.argsort({like}, axis={axis}), axis={axis})
np.meshgrid({a}, {b})[0] | np.meshgrid({a}, {b}, indexing="ij")[1] | np.resize({a}, {shape})
np.broadcast_arrays({a}, {b})[1] * 1.0 | np.nan_to_num({a}) | np.linspace({a}, {b}, 3)
np.linspace({a}, {r}, 4, axis=-1) | np.linspace(0.0, {a}, 3, endpoint=False)
np.geomspace(1.1 + np.tanh({a}) ** 2, 3.0, 3) | np.logspace({a}, {b}, 3, base=2.0) | np.unstack({a}, axis={axis})[0]
np.matrix_transpose({a}) | {a} @ {b} | {a} @ {a}.T | {a}.T @ {a} | np.dot({a}, {b}) | {a}.dot({b}) | np.inner({a}, {b})
np.outer({a}, {b}) | np.vdot({like}, {a}) | np.kron({a}, {b}) | np.matmul({a}, {like}.T) | {like}.T @ {a}
np.tensordot({a}, {b}, 1) | np.tensordot({a}, {b}, axes=([-1], [0])) | np.tensordot({a}, {like}, {n})
np.cross({a}, {b}) | np.einsum("...i,...i->...", {a}, {b}) | np.einsum("ij,jk->ik", {a}, {b}) | np.einsum("ij->j", {a})
np.einsum("i,j", {a}, {b}) | np.einsum("ij,ij", {a}, {b}) | np.einsum("...ij->...ji", {a}) | np.einsum("ii", {a})
np.einsum("ij,kj,j->ik", {a}, {a}, {b}) | np.einsum("i...->...", {a}) | np.einsum({a}, [0, 1], {b}, [1, 2])
np.vecdot({like}, {a}) | np.matvec({a}, {b}) | np.vecmat({b}, {a}) | np.convolve({a}, {b})
np.convolve({a}, {b}, "same") | np.convolve({a}, [1.0, {r}], "valid") | np.correlate({like}, {a}, "full")
np.polyval({a}, {b}) | np.polyval([{r}, 1.0, {r}], {a}) | np.polymul({a}, {b}) | np.polyadd({a}, {b}) | np.polyder({a})
np.polyint({a}) | np.linalg.inv({a} + 4 * np.eye({last})) | np.linalg.det({a} + 3 * np.eye({last}))
np.linalg.solve({a} + 4 * np.eye({last}), {b}) | np.linalg.matrix_power({a}, {n})
np.linalg.solve(4 * np.eye({first}) + {like} @ {like}.T, {a}) | np.linalg.multi_dot([{a}, {a}.T, {b}])
np.linalg.matrix_power({a} + 3 * np.eye({last}), -1) | np.linalg.tensorinv({a} + 4 * np.eye({last}), ind=1)
np.linalg.outer({a}, {b}) | np.linalg.trace({a}) | np.linalg.diagonal({a}) | np.stack([t * t for t in {a}]) | sum({a})
np.array([{r}, 1.0]) * {a}.sum() | {a}.sum() * np.ones({shape}) | {a} * {a}.mean({axis}, keepdims=True)
{a} - {a}.mean({axis}, keepdims=True) | {a} / (1 + ({a} ** 2).sum({axis}, keepdims=True))
np.apply_along_axis(lambda t: t * t[::-1], {axis}, {a}) | np.apply_along_axis(np.sum, {axis}, {a})
np.fft.fft({a}).real | np.fft.ifft({a}).real * 2 | np.fft.fftshift({a}) | np.real({a}) | {a}.real + {r} | np.conj({a})
np.stack(list({a})[::-1]) | np.cumsum({a}[::-1])[::-1] | {a}.sum(axis=None) | np.exp({a} - np.max({like}))
({a}.T * {r}).T
"""

# Expressions with kinks or with no analytic continuation: differences of order 8 are their referee.
REAL = """
np.abs({a}) | abs({a}) | np.fabs({a}) | np.maximum({a}, {b}) | np.minimum({a}, {r}) | np.fmax({a}, {like})
np.fmin({b}, {a}) | np.clip({a}, -{r}, 0.7) | {a}.clip(-0.4, None) | np.max({a}, axis={axes}, keepdims={keep})
{a}.min({axis}) | np.amax({a}) | np.ptp({a}, axis={axis}) | np.maximum.reduce({a}, axis={axis})
np.maximum.accumulate({a}, axis={axis}) | np.sort({a}, axis={axis}) | np.sort({a}, axis=None)
np.partition({a}, {n}, axis={axis}) | np.median({a}, axis={axes}) | np.percentile({a}, 30, axis={axis})
np.quantile({a}, [0.25, 0.6]) | np.nanmax({a}, axis={axis}) | np.nanmin({a}) | np.nanmean({a}, axis={axes})
np.nanmedian({a}) | np.nanstd({a}, axis={axis}) | np.std({a}, axis={axes}) | {a}.std()
np.var({a}, axis={axes}, keepdims={keep}) | {a}.var({axis}, ddof=1) | np.cov({a}) | np.cov({a}, {b}) | np.corrcoef({a})
np.hypot({a}, {b}) | np.arctan2({a}, 1.3 + {b} ** 2) | np.cbrt(2.6 + {a}) | np.copysign({a}, {like})
np.logaddexp2({a}, {b}) | np.mod({a}, {r}) | {a} % 1.7 | np.fmod({a}, {r}) | np.floor({a}) * {a}
np.round({a}, 1) * {a} | np.sign({a}) * {b} | np.heaviside({a}, 0.5) * {a} | np.rint({a}) + {a}
np.trunc({a}) * {r} + {a} | np.where({a} > {r}, {a} ** 2, {b}) | np.where({a} < 0, 0.0, {a}) | ({a} > 0) * {a}
{a}[{a} > 0] | {a}[np.argsort({a})] | {a}[np.argmax({a})] | max({a}.ravel()) * {a}
np.piecewise({a}, [{a} < 0, {a} >= 0], [lambda t: -t, lambda t: t ** 2])
np.interp({a}, [-1.0, 0.1, 2.0], [0.0, {r}, 1.0]) | np.interp([0.3, 0.9], [0.0, 0.5, 1.0], {a}) | np.unwrap(3 * {a})
np.i0({a}) | np.modf({a})[0] | divmod({a}, 0.8)[1] | np.divmod({a}, 0.9)[1] | np.ldexp({a}, {n}) | np.linalg.norm({a})
np.linalg.norm({a}, axis={axis}) | np.linalg.norm({a}, ord=1, axis={axis}, keepdims=True) | np.linalg.norm({a}, np.inf)
np.linalg.norm({a}, "nuc") | np.linalg.norm({a}, 2) | np.linalg.norm({a}, 3, axis={axis})
np.linalg.cholesky({a} @ {a}.T + 2 * np.eye({first}))
np.linalg.eigvalsh({a} + {a}.T + np.diag(np.arange({last}) * 3.0))
np.linalg.eigh({a} + {a}.T + np.diag(np.arange({last}) * 3.0))[1] ** 2 | np.linalg.slogdet({a} + 3 * np.eye({last}))[1]
np.linalg.svd({a}, compute_uv=False) | np.linalg.svdvals({a} + 3 * np.eye({last}) + np.diag(np.arange({last})))
np.linalg.pinv({a}) | np.linalg.qr({a} + 3 * np.eye({first}, {last}))[1]
np.linalg.qr({a} + 3 * np.eye({first}, {last}))[0] | np.linalg.lstsq({a}, {b}, rcond=None)[0]
np.linalg.cond({a} + 4 * np.eye({last})) | np.abs(np.fft.fft({a})) ** 2 | np.abs(np.fft.rfft({a}, axis={axis})) ** 2
np.fft.irfft(np.fft.rfft({a}) * {r}) | np.fft.fft2({a}).imag | np.abs(np.fft.rfft({a}, n=5)) ** 2
np.real(np.fft.ifft(np.fft.fft({a}) ** 2)) | np.fft.hfft({a}) | np.angle(1.5 + 0.5j * {a}) | np.real(np.exp(1j * {a}))
np.imag((1 + 1j * {a}) ** 2) | (np.conj({a} + 1j) * ({a} + 1j)).real | np.abs({a} + 0.5j)
np.polyfit(np.arange({first}) * 0.4, {a}, 1) | np.unique({a}) | np.float64({r}) * {a} | np.max(np.stack([{a}, {b}]), 0)
np.sum(np.abs({a})) | np.sum({a}[{a} > 0] ** 2) | {a} * (np.abs({a}) < 1) | max({r}, {a}.sum()) * {a}
sorted({a}.ravel())[0] | min([t for t in {a}.ravel()]) | np.min({a}, axis={axis}, initial={r})
np.max({a}, where={mask}, initial=-{r}) | np.std({a}, axis={axis}, ddof=1, keepdims=True)
np.nan_to_num(np.where({mask}, {a}, np.nan)) | np.nansum(np.where({mask}, {a}, np.nan), axis={axis})
np.linalg.matrix_norm({a}) | np.linalg.vector_norm({a}, axis={axis}) | np.quantile({a}, 0.4, axis={axis}, keepdims=True)
np.percentile({a}, [10, 55], axis={axes}) | {a} if {a}.sum() > 0 else {a} ** 2 | {a} // 0.7 + {a}
"""

# Statements: what they write into is made on the spot, so that it is known not to be anybody else's.
STATEMENTS = """
{v} = np.zeros_like({a}); {v}[{index}] = {b} | {v} = np.zeros_like({a}); {v}[...] = {a}; {v}[{index}] *= {r}
{v} = np.ones_like({a}); {v} *= {b} | {v} = {a}.copy(); {v}[{index}] += {b}.sum() | {v} = {a} * 1.0; {v}[{index}] = {r}
{v} = {a} + 0.0; {v} += {b} | {v} = {a} * {r}; {v} -= {like} | {v} = {a} * {r}; {v} /= 2 + {b} ** 2
{v} = {a}.copy(); {v} **= 2 | {v} = np.full_like({a}, {r}); {v}[{i}] = {b}.mean()
{v} = np.zeros_like({a}); np.add.at({v}, [0, 0], {b}[:2]) | {v} = {a}.copy(); np.fill_diagonal({v}, {r})
{v} = np.zeros_like({a}); np.fill_diagonal({v}, {b}.sum())
{v} = np.empty_like({a}); np.copyto({v}, {b}); {v} = {v} * {a}
{v} = np.empty_like({a}); np.multiply({a}, {b}, out={v}) | {v} = {a}.copy(); w = {v}[{index}]; w[...] = {r}
{v} = {a}.copy(); w = {v}.T; w *= {r} | {v} = {a}.copy(); w = {v}[1:]; {v}[...] = {b}; {v} = {v} + w.sum()
{v} = {a}.copy(); {v}[1:] += {v}[:-1] | {v} = {a}.copy(); {v}[::-1] = {v} * {r}
{v} = {a}.copy(); {v}[{mask}] = {b}.sum() | {v} = {a}.copy(); {v}[0], {v}[-1] = {v}[-1], {v}[0]
{v} = {a}.copy(); {v}.sort(); {v} = {v} * {r}
{v} = np.zeros_like({a}); np.put_along_axis({v}, np.argsort({like}, axis={axis}), {a}, axis={axis})
{v} = {a}.copy(); np.put({v}, [0, 1], {b}.sum()) | {v} = np.atleast_1d({a}).copy(); {v}.fill({r}); {v} = {v} * {a}
{v} = {a}.copy(); {v}.flat[{n}] = {b}.sum() | {v} = {a}.copy(); np.subtract.at({v}, 0, {b}.sum())
{v} = {a}.copy(); np.sin({v}, out={v}) | {v} = np.sin({a}, out=np.zeros_like({a}))
{v} = {a}.copy(); np.putmask({v}, {mask}, {r}) | {v} = np.zeros_like({a}); np.negative({a}, {v})
{v} = {a}; {v} = {v} * {v}; {v} = {v} - {a} | {v} = {a}; {v} = [t * {r} for t in {v}]; {v} = np.stack({v})
{v} = {a}.copy(); {v} = {v}.reshape(-1); {v}[0] = {b}.sum(); {v} = {v} * {r}
{v} = 0.0; {v} = sum(({v} + t * t for t in {a}), {v}) | {v} = {a}.copy(); w = {v}.ravel(); w[{i}] = {b}.sum()
{v} = {a}.copy(); w = {v}[None]; w += {r}; {v} *= w[0]
{v} = {a}.copy(); w = {v}[{index}]; {v} += 1.0; {v} = {v} * np.sum(w)
"""

# Statements that fill arrays made by np.zeros(n) and the like: in these programs np is dualrev.numpy.
BUFFERS = """
{v} = np.zeros({shape}); {v}[{i}] = {a}.sum() | {v} = np.zeros({a}.shape); {v}[...] = {a}
{v} = np.ones(3); {v} *= {a}.sum() | {v} = np.empty({a}.shape); {v}[:] = {b}; {v} = {v} + {a}
{v} = np.eye(3); {v}[0] = {a}.mean() | {v} = np.zeros((2, 3)); {v}[0] = {a}.sum(); {v}[1] += {b}.sum()
{v} = np.full((2, 2), {r}); {v}[0, 1] = {a}.mean(); {v} = {v} @ {v}
{v} = np.array([1.0, 2.0, {r}]); {v}[1] = {a}.sum(); {v} = np.sin({v}) | {v} = np.array([{a}.sum(), {b}.sum()])
{v} = np.array([{a}, {a} * {r}]) | {v} = np.zeros({a}.shape); {v}[{index}] = {a}[{index}]
{v} = np.zeros(4); np.add.at({v}, [0, 2, 0], {a}.sum()) | {v} = np.zeros({a}.shape); np.copyto({v}, {a}); {v} *= {b}
{v} = np.zeros({a}.shape); w = {v}[{index}]; w += {a}.sum() | {v} = np.zeros({a}.shape); {v}[{mask}] = {b}.sum()
{v} = np.zeros({a}.shape); np.multiply({a}, {r}, out={v}) | {v} = np.arange(3.0); {v} -= {a}.sum()
{v} = np.asarray([{a}.sum(), 1.0]) | {v} = np.zeros({a}.shape); w = {v}.T; w[...] = {a}.T; {v} = {v} * {a}
{v} = np.linspace(0, 1, 4); {v}[1:] += {a}.sum(); {v} = np.cumsum({v})
{v} = np.zeros({a}.shape); {v}.flat = {a}.ravel()
{v} = np.zeros(3); {v}[0] = {a}.sum(); {v}[1] = {v}[0] ** 2; {v}[2] = {v}[1] * {v}[0]
"""

# Two-line steps of control flow.
CONTROL = r"""
{v} = {a}\nfor k in range({n}):\n    {v} = np.tanh({v} + {b} * k)
{v} = {a}\nwhile np.max(np.abs({v})) > 1.2:\n    {v} = {v} * 0.7
if {a}.sum() > {r}:\n    {v} = {a} ** 2\nelse:\n    {v} = np.sin({a})
{v} = 0.0\nfor k, t in enumerate({a}):\n    {v} = {v} * {r} + t * (k + 1)
{v} = 0.0\nfor s, t in zip({a}, {b}):\n    {v} += s * t | {v} = 1.0\nfor t in {a}.ravel():\n    {v} *= 1 + 0.3 * t
{v} = []\nfor t in {a}:\n    {v}.append(t * np.sin(t))\n{v} = np.stack({v})
def g(t, s={r}):\n    return np.sin(t * s) + {b}\n{v} = g({a})
{v} = np.zeros_like({a})\nfor k in range(len({a})):\n    {v}[k] = {a}[k] ** 2 + {v}[k - 1]
{v} = {a}.copy()\nfor row in {v}:\n    row *= {r}
"""


def parts(text: str) -> list[str]:
    return [step.strip().replace("\\n", "\n") for line in text.strip().split("\n") for step in line.split(" | ")]
