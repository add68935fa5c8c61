class Operations(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  def softmax(self: __torch__.Operations, predictions: Tensor, labels: Tensor, on_label: float, on_all: float, parameters: List[Tensor]) -> List[Tensor]:
    indices = torch.to(labels, 4)
    logs = torch.log_softmax(predictions, 1)
    picked = torch.gather(logs, 1, torch.unsqueeze(indices, 1))
    loss = torch.neg(torch.mean(picked))
    if torch.ne(on_all, 0.):
      uniform = torch.neg(torch.mean(logs))
      smoothed = torch.add(torch.mul(loss, on_label), torch.mul(uniform, on_all))
    else:
      smoothed = loss
    right = torch.eq(torch.argmax(predictions, 1), indices)
    return self.learn(smoothed, torch.mean(right, dtype=7), parameters)
  def binary(self: __torch__.Operations, predictions: Tensor, labels: Tensor, parameters: List[Tensor]) -> List[Tensor]:
    targets = torch.reshape(torch.to(labels, ops.prim.dtype(predictions)), torch.size(predictions))
    softened = torch.log(torch.add(torch.exp(torch.neg(torch.abs(predictions))), 1))
    zero = torch.full([], 0., dtype=ops.prim.dtype(predictions), device=ops.prim.device(predictions))
    above = torch.maximum(predictions, zero)
    loss = torch.mean(torch.add(torch.sub(above, torch.mul(predictions, targets)), softened))
    right = torch.eq(torch.gt(predictions, 0), torch.gt(targets, 0.5))
    return self.learn(loss, torch.mean(right, dtype=7), parameters)
  def squared(self: __torch__.Operations, predictions: Tensor, labels: Tensor, parameters: List[Tensor]) -> List[Tensor]:
    targets = torch.reshape(torch.to(labels, ops.prim.dtype(predictions)), torch.size(predictions))
    loss = torch.mean(torch.square(torch.sub(predictions, targets)))
    none = torch.full([], nan, dtype=7, device=ops.prim.device(predictions))
    return self.learn(loss, none, parameters)
  def learn(self: __torch__.Operations, loss: Tensor, accuracy: Tensor, parameters: List[Tensor]) -> List[Tensor]:
    learned = [torch.stack([torch.to(torch.to(torch.detach(loss), 6), 7), accuracy])]
    if torch.eq(torch.len(parameters), 0):
      torch.backward(loss)
    else:
      gradients = torch.grad([loss], parameters, None, None, False, True)
      for i in range(torch.len(parameters)):
        gradient = gradients[i]
        if torch.__is__(gradient, None):
          found = torch.zeros_like(parameters[i])
        else:
          found = torch.contiguous(unchecked_cast(Tensor, gradient))
        _0 = torch.append(learned, found)
    return learned
  def largest(self: __torch__.Operations, arrays: List[Tensor]) -> Tensor:
    return torch.stack(torch._foreach_norm(arrays, inf, 7))
  def append_largest(self: __torch__.Operations, numbers: Tensor, arrays: List[Tensor]) -> Tensor:
    total = torch.sum(self.largest(arrays))
    return torch.cat([numbers, torch.unsqueeze(total, 0)])
  def copy(self: __torch__.Operations, targets: List[Tensor], sources: List[Tensor]) -> NoneType:
    torch._foreach_copy_(targets, sources)
    return None
  def lay(self: __torch__.Operations, parts: List[Tensor], flat: Tensor, offsets: List[int]) -> NoneType:
    for i in range(torch.len(parts)):
      part = parts[i]
      place = torch.view(torch.narrow(flat, 0, offsets[i], torch.numel(part)), torch.size(part))
      _0 = torch.copy_(place, part)
      _1 = torch.set_(part, place)
    return None
  def mask(self: __torch__.Operations, gradient: Tensor, alive: Tensor) -> NoneType:
    _0 = torch.mul_(gradient, alive)
    return None
  def append_squares(self: __torch__.Operations, numbers: Tensor, gradient: Tensor, row: int) -> Tensor:
    norms = torch.linalg_vector_norm(torch.view(gradient, [-1, row]), 2, [1])
    total = torch.sum(torch.square(torch.to(norms, 7)))
    return torch.cat([numbers, torch.unsqueeze(total, 0)])
  def add_product(self: __torch__.Operations, target: Tensor, left: Tensor, right: Tensor, factor: float) -> NoneType:
    _0 = torch.addcmul_(target, left, right, value=factor)
    return None
  def add_scaled(self: __torch__.Operations, target: Tensor, addend: Tensor, factor: float) -> NoneType:
    _0 = torch.add_(target, addend, alpha=factor)
    return None
  def zero(self: __torch__.Operations, array: Tensor) -> NoneType:
    _0 = torch.zero_(array)
    return None
  def sgd(self: __torch__.Operations, weights: List[Tensor], gradients: List[Tensor], velocities: List[Tensor], rate: float, momentum: float, nesterov: bool, decay: float) -> NoneType:
    torch._fused_sgd_(weights, gradients, velocities, weight_decay=decay, momentum=momentum, lr=rate, dampening=0., nesterov=nesterov, maximize=False, is_first_step=False)
    return None
  def adamw(self: __torch__.Operations, weights: List[Tensor], gradients: List[Tensor], slots: List[Tensor], count: Tensor, step: float, rate: float, beta1: float, beta2: float, decay: float, epsilon: float) -> NoneType:
    _0 = torch.fill_(count, step)
    torch._fused_adamw_(weights, gradients, [slots[0]], [slots[1]], annotate(List[Tensor], []), [count], lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False)
    return None
