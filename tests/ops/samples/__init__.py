"""At least one sample call for every op of the registry, filed as the rules are."""

from tests.ops.samples import constants, contract, elementwise, index, linalg, operators, reduce, shape, special

SAMPLES = {}  # op -> its samples, over all files
for _file in (elementwise, operators, reduce, shape, index, contract, linalg, special):
    for _op, _samples in _file.SAMPLES.items():
        SAMPLES.setdefault(_op, []).extend(_samples)

CONSTANTS = constants.SAMPLES
