"""At least one sample call for every op of the registry, filed as the rules are."""

from tests.ops.samples import (
    assembly,
    complex_arrays,
    constants,
    contract,
    convolution,
    decompositions,
    elementwise,
    fft,
    index,
    linalg,
    matrix_functions,
    nan_functions,
    operators,
    order_statistics,
    own_value,
    padding,
    polynomials,
    reduce,
    reduction_arguments,
    selection,
    shape,
    signal,
    slopes,
    special,
    statistics,
    ufunc_methods,
)

SAMPLES = {}  # op -> its samples, over all files
for _file in (
    elementwise,
    operators,
    reduce,
    shape,
    index,
    contract,
    linalg,
    decompositions,
    matrix_functions,
    fft,
    complex_arrays,
    convolution,
    special,
    assembly,
    nan_functions,
    order_statistics,
    own_value,
    padding,
    polynomials,
    reduction_arguments,
    selection,
    signal,
    slopes,
    statistics,
    ufunc_methods,
):
    for _op, _samples in _file.SAMPLES.items():
        SAMPLES.setdefault(_op, []).extend(_samples)

CONSTANTS = constants.SAMPLES | linalg.CONSTANTS
