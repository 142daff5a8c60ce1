"""Sample calls of products with a constant matrix of SciPy's: dualrev/ops/sparse_products.py."""

from dualrev.ops.sparse_products import apply_operator, matmul_sparse, sparse_matmul
from tests.ops.sample import Sample, real

S = "sp.{}(np.array([[1.5, 0, 2, 0], [0, 3, 0, 0], [0, 0, 0, -4]]))"
ROW = "sp.coo_array(np.array([1.5, 0, -2]))"
FORMATS = "bsr_array coo_array csc_array csr_array dia_array dok_array lil_array csr_matrix coo_matrix".split()
A = "sp.linalg.aslinearoperator(np.array([[1.0, 2, 3], [4, 5, -6]]))"
ONE_BY_ONE = "sp.linalg.LinearOperator((3, 3), matvec=lambda v: np.cumsum(v), rmatvec=lambda w: np.cumsum(w[::-1])[::-1], dtype=x.dtype)"

SAMPLES = {
    sparse_matmul: [
        *[Sample(f"sparse_matmul(x, S={S.format(form)})", real(4)) for form in FORMATS],
        *[Sample(f"sparse_matmul(x, S={S.format(form)})", real(4, 2)) for form in FORMATS],
        Sample(f"{S.format('csr_array')} @ x", real(4, 1)),
        Sample(f"sparse_matmul(x, S={S.format('csr_array')}[:, :0])", real(0)),
        Sample(f"sparse_matmul(x, S={S.format('csr_array')}[:0])", real(4)),
        Sample(f"sparse_matmul(x, S={S.format('csr_array')})", real(4, 0)),
        Sample(f"sparse_matmul(x, S={ROW})", real(3)),
        Sample(f"sparse_matmul(x, S={ROW})", real(3, 2)),
        Sample(f"sparse_matmul(x, S={S.format('coo_array')}.tocsr()[:1].tocoo())", real(4)),
    ],
    matmul_sparse: [
        *[Sample(f"matmul_sparse(x, S={S.format(form)})", real(3)) for form in FORMATS],
        *[Sample(f"matmul_sparse(x, S={S.format(form)})", real(2, 3)) for form in FORMATS],
        Sample(f"matmul_sparse(x, S={ROW})", real(3)),
        Sample(f"matmul_sparse(x, S={ROW})", real(2, 3)),
    ],
    apply_operator: [
        Sample(f"apply_operator(x, A={A})", real(3)),
        Sample(f"apply_operator(x, A={A})", real(3, 2)),
        Sample(f"apply_operator(x, A={ONE_BY_ONE})", real(3)),
    ],
}
