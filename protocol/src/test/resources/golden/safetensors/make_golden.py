"""Makes the golden safetensors values beside this script with the reference implementation.

    pip install safetensors==0.8.0 numpy==2.4.6 ml_dtypes==0.6.0 && python make_golden.py
"""

import ml_dtypes
import numpy as np
from safetensors.numpy import save


def write(name, value):
    with open(name, "wb") as out:
        out.write(value)


# The batch of the documentation: two samples of three features, one class number each.
x = np.array([[0.5, -1.25, 3.0], [1e-3, 65504.0, -0.0]], dtype=np.float32)
y = np.array([1, 9], dtype=np.int64)
write("batch.safetensors", save({"x": x, "y": y}))

# Images as bytes, class numbers as 32-bit integers, free text in the header.
images = np.arange(3 * 2 * 2, dtype=np.uint8).reshape(3, 1, 2, 2) * 23
write(
    "images.safetensors",
    save({"x": images, "y": np.array([0, 2, 1], dtype=np.int32)}, metadata={"source": "made for a test"}),
)

# One tensor of each element type, with the bytes 0, 1, 2, ... in each; a scalar; a tensor without elements; a name
# that needs more than ASCII and an escape.
types = [
    np.float64, np.float32, np.float16, ml_dtypes.bfloat16, np.int64, np.int32, np.int16, np.int8,
    np.uint64, np.uint32, np.uint16, np.uint8, np.bool_,
]
tensors = {}
for dtype in map(np.dtype, types):
    tensors[dtype.name] = np.frombuffer(bytes(i % (2 if dtype == np.bool_ else 256) for i in range(2 * dtype.itemsize)), dtype)
tensors["scalar"] = np.array(2.5, dtype=np.float32)
tensors["none"] = np.zeros((0, 3), dtype=np.float32)
tensors['gr\u00f6\u00dfe "\U0001f40d"'] = np.array([[7]], dtype=np.uint8)
write("types.safetensors", save(tensors))
