"""Computes what the training tests compare with, by PyTorch on the CPU, and saves small modules.

Run in this folder: python3 make_reference.py (made with PyTorch 2.15.0). Writes reference.json, dropout.pt,
unbounded.pt, unbounded-bn.pt, ../model/float64.pt and ../model/tied.pt. Numbers are float32, printed so that they read
back exactly. A second run gives the same numbers; the archives differ in their debug information.
"""
import json
import torch
import torch.nn as nn
import torch.nn.functional as F

ELEMENTS, STEPS = 8, 25
generator = torch.Generator().manual_seed(20250101)


def optimizer_case(name, make, facts):
    weight = nn.Parameter(torch.randn(ELEMENTS, generator=generator))
    case = {"name": name, **facts, "initial": weight.detach().tolist(), "gradients": []}
    optimizer = make([weight])
    for _ in range(STEPS):
        weight.grad = torch.randn(ELEMENTS, generator=generator)
        case["gradients"].append(weight.grad.tolist())
        optimizer.step()
    case["final"] = weight.detach().tolist()
    return case


def sgd(name, lr, momentum, nesterov, decay):
    return optimizer_case(
        name, lambda p: torch.optim.SGD(p, lr=lr, momentum=momentum, nesterov=nesterov, weight_decay=decay),
        {"kind": "sgd", "lr": lr, "momentum": momentum, "nesterov": nesterov, "decay": decay})


def adamw(name, lr, beta1, beta2, eps, decay):
    return optimizer_case(
        name, lambda p: torch.optim.AdamW(p, lr=lr, betas=(beta1, beta2), eps=eps, weight_decay=decay),
        {"kind": "adamw", "lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps, "decay": decay})


def loss_case(name, kind, logits, labels, loss, **facts):
    logits = logits.clone().requires_grad_(True)
    value = loss(logits, labels)
    value.backward()
    return {"name": name, "kind": kind, **facts, "shape": list(logits.shape), "logits": logits.detach().flatten().tolist(),
            "labels": labels.flatten().tolist(), "loss": value.item(), "gradient": logits.grad.flatten().tolist()}


def losses():
    logits = torch.randn(6, 5, generator=generator) * 3
    classes = torch.randint(0, 5, (6,), generator=generator)
    for smoothing in (0.0, 0.1, 0.5):
        yield loss_case(f"cross-entropy {smoothing}", "softmax", logits, classes,
                        lambda x, y: F.cross_entropy(x, y, label_smoothing=smoothing), smoothing=smoothing)
    yield loss_case("cross-entropy of large logits", "softmax", logits * 1e4, classes, F.cross_entropy, smoothing=0.0)
    targets = torch.rand(4, 3, generator=generator)
    plain = torch.randn(4, 3, generator=generator) * 4
    yield loss_case("binary", "binary", plain, targets, F.binary_cross_entropy_with_logits)
    large = torch.tensor([[1e4, -1e4, 0.0], [88.0, -88.0, 1e-3], [3e38, -3e38, 20.0]])
    hard = torch.tensor([[1.0, 1.0, 0.25], [0.0, 1.0, 1.0], [1.0, 0.0, 0.0]])
    yield loss_case("binary of large logits", "binary", large, hard, F.binary_cross_entropy_with_logits)
    yield loss_case("squared", "squared", plain, targets, F.mse_loss)


class Dropout(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(16, 32)
        self.drop = nn.Dropout(0.5)
        self.fc2 = nn.Linear(32, 32)
        self.head = nn.Linear(32, 8)

    def forward(self, x):
        return self.head(torch.tanh(self.fc2(self.drop(torch.tanh(self.fc1(x))))))


class Unbounded(nn.Module):
    """Large inputs come through to where they overflow: without a norm the gradient, with one its running variance."""

    def __init__(self, norm):
        super().__init__()
        self.fc1 = nn.Linear(8, 16)
        self.norm = norm
        self.fc2 = nn.Linear(16, 16)
        self.head = nn.Linear(16, 4)

    def forward(self, x):
        return self.head(torch.relu(self.fc2(torch.relu(self.norm(self.fc1(x))))))


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(8, 8)
        self.second = nn.Linear(8, 8)
        self.second.weight = self.first.weight

    def forward(self, x):
        return self.second(self.first(x))


reference = {
    "optimizers": [
        sgd("sgd", 0.1, 0.0, False, 0.0),
        sgd("sgd with decay", 0.1, 0.0, False, 0.05),
        sgd("momentum", 0.05, 0.9, False, 0.0),
        sgd("momentum with decay", 0.05, 0.9, False, 0.01),
        sgd("nesterov with decay", 0.05, 0.9, True, 0.01),
        adamw("adamw", 0.01, 0.9, 0.999, 1e-8, 0.0),
        adamw("adamw with decay", 0.01, 0.9, 0.999, 1e-8, 0.1),
        adamw("adamw of other betas", 0.003, 0.8, 0.95, 1e-6, 0.02),
    ],
    "losses": list(losses()),
}
with open("reference.json", "w") as out:
    lists = [f'"{key}": [\n' + ",\n".join(map(json.dumps, cases)) + "\n]" for key, cases in reference.items()]
    out.write("{" + ",\n".join(lists) + "}\n")
torch.manual_seed(7)
torch.jit.script(Dropout()).save("dropout.pt")
torch.jit.script(Unbounded(nn.Identity())).save("unbounded.pt")
torch.jit.script(Unbounded(nn.BatchNorm1d(16))).save("unbounded-bn.pt")
torch.jit.script(nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 4)).double()).save("../model/float64.pt")
torch.jit.script(Tied()).save("../model/tied.pt")
