// The least that a process which loads the engine can do; `start-up` times it.
import Tensors

print((Tensor([1, 2], shape: [2]) + 1).array)
