"""A function of NumPy in PyTorch: the numbers of the same function written with PyTorch."""

import numpy as np
import pytest

import dualrev as dr

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated:FutureWarning")  # torch warns itself

X = torch.tensor([1.0, 2.0, 0.4], dtype=torch.float64)
ours = dr.to_torch(lambda x: np.sum(np.sin(x) ** 3) * x[0])
own = lambda x: torch.sum(torch.sin(x) ** 3) * x[0]
vector = dr.to_torch(lambda x: {"y": np.outer(x, x[:2]), "s": x.sum()})
own_vector = lambda x: {"y": torch.outer(x, x[:2]), "s": x.sum()}

TRANSFORMS = {
    "value": lambda f: f(X),
    "grad": lambda f: torch.func.grad(f)(X),
    "hessian": lambda f: torch.func.hessian(f)(X),
    "reverse over reverse": lambda f: torch.func.jacrev(torch.func.jacrev(f))(X),
    "forward over forward": lambda f: torch.func.jacfwd(torch.func.jacfwd(f))(X),
    "third order": lambda f: torch.autograd.functional.hessian(lambda x: torch.func.grad(f)(x)[0], X),
    "autograd's hessian": lambda f: torch.autograd.functional.hessian(f, X),
    "jvp": lambda f: torch.func.jvp(f, (X,), (X,))[1],
    "vmap": lambda f: torch.func.vmap(f)(torch.stack([X, 2 * X])),
    "vmap of a gradient": lambda f: torch.func.vmap(torch.func.grad(f))(torch.stack([X, 2 * X])),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_transform_gives_the_numbers_of_torch(name):
    torch.testing.assert_close(TRANSFORMS[name](ours), TRANSFORMS[name](own), rtol=1e-12, atol=1e-13)


def test_trees_of_results():
    for transform in (lambda f: f(X), lambda f: torch.func.jacrev(f)(X), lambda f: torch.func.jacfwd(f)(X)):
        torch.testing.assert_close(transform(vector), transform(own_vector))


def test_torch_checks_it_itself():
    x = X.clone().requires_grad_()
    assert torch.autograd.gradcheck(ours, (x,), check_forward_ad=True)
    assert torch.autograd.gradgradcheck(ours, (x,))


def test_an_input_without_a_tangent_stands_still():
    f = dr.to_torch(lambda x, y: np.sum(x * y))
    assert torch.func.jvp(lambda x: f(x, 2 * X), (X,), (torch.ones_like(X),))[1] == 2 * X.sum()


def test_trees_constants_and_precision():
    f = dr.to_torch(lambda p, k, n: n * np.sum(p["w"][k] * p["b"]))
    p = {"w": torch.ones(3, requires_grad=True), "b": torch.tensor(2.0, requires_grad=True)}
    y = f(p, torch.tensor([0, 2]), 3)
    y.backward()
    assert y.dtype == torch.float32 and y.item() == 12.0
    assert p["w"].grad.tolist() == [6.0, 0.0, 6.0] and p["b"].grad.item() == 6.0


def test_what_cannot_cross_is_refused():
    with pytest.raises(dr.InputError, match="dtype complex128"):
        dr.to_torch(lambda x: x * 1j)(X)
    with pytest.raises(dr.InputError, match="an argument is complex"):
        dr.to_torch(lambda x: x)(X * 1j)
    with pytest.raises(dr.InputError, match=r"write dr.to_torch\(f\)"):
        dr.to_torch(3.0)
