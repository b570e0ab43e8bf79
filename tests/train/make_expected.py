"""Prints the numbers of PyTorch 1.13.1 (schedules, optimizers) and scikit-learn (reports) that the tests here hold Taut to.

    /usr/bin/python3 make_expected.py torch      (Debian's python3-torch)
    python3 make_expected.py sklearn             (scikit-learn 1.9.1)
"""
import sys


def literals(name, values):
    print(f"constexpr double {name}[] = {{{', '.join(repr(float(v)) for v in values)}}};")


def schedules():
    import torch

    def parameter():
        return torch.nn.Parameter(torch.zeros(1))

    def rates(schedule, optimizer, epochs, losses=None):
        out = []
        for epoch in range(epochs):
            out.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step(*([losses[epoch]] if losses else []))
        return out

    sgd = torch.optim.SGD([parameter()], lr=0.1)
    literals("step", rates(torch.optim.lr_scheduler.StepLR(sgd, step_size=3, gamma=0.5), sgd, 10))

    sgd = torch.optim.SGD([parameter()], lr=0.1)
    warm_up = torch.optim.lr_scheduler.LinearLR(sgd, start_factor=0.1, total_iters=3)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(sgd, T_max=9, eta_min=0.001)
    literals("cosine", rates(torch.optim.lr_scheduler.SequentialLR(sgd, [warm_up, cosine], milestones=[3]), sgd, 12))

    for name, options in {
        "one_cycle": {},
        "one_cycle_linear": dict(anneal_strategy="linear", pct_start=0.25, div_factor=10, final_div_factor=100),
        "one_cycle_three_phase": dict(three_phase=True),
    }.items():
        sgd = torch.optim.SGD([parameter()], lr=0.1)
        schedule = torch.optim.lr_scheduler.OneCycleLR(sgd, max_lr=0.1, epochs=4, steps_per_epoch=5, cycle_momentum=False, **options)
        steps = []
        for step in range(20):
            steps.append(sgd.param_groups[0]["lr"])
            sgd.step()
            if step != 19:
                schedule.step()
        literals(name, steps)

    losses = [2, 1.5, 1.49999, 1.6, 1.7, 1.5, 1.4, 1.45, 1.45, 1.45, 1.3, 1.3, 1.3, 1.3, 1.3, 1.3, 1.3, 1.3, 1.3, 1.3]
    literals("plateau_losses", losses)
    cases = {"plateau": dict(factor=0.2, patience=2), "plateau_cooldown": dict(factor=0.5, patience=1, cooldown=2, min_lr=0.02)}
    for name, options in cases.items():
        sgd = torch.optim.SGD([parameter()], lr=0.1)
        literals(name, rates(torch.optim.lr_scheduler.ReduceLROnPlateau(sgd, **options), sgd, len(losses), losses))


def optimizers():
    import torch

    start = [0.5, -1.25, 2.0, 0.0, 1e-3]

    def gradient(step):
        return [0.1 * (step + 1), -0.5 + 0.3 * step, (-1.0) ** step, 0.0, 1e-4 * step]

    for name, make in {
        "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
        "sgd_momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.1, weight_decay=0.01),
        "sgd_nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
        "adam": lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.1),
        "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, weight_decay=0.1),
        "rmsprop_centered": lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-3, momentum=0.9, centered=True),
        "adamw": lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1),
    }.items():
        parameter = torch.nn.Parameter(torch.tensor(start, dtype=torch.float64))
        optimizer = make([parameter])
        for step in range(6):
            parameter.grad = torch.tensor(gradient(step), dtype=torch.float64)
            optimizer.step()
        literals(name, parameter.tolist())

    parameter = torch.nn.Parameter(torch.zeros(5, dtype=torch.float64))
    parameter.grad = torch.tensor([3.0, -4.0, 12.0, 0.0, 0.5], dtype=torch.float64)
    norm = torch.nn.utils.clip_grad_norm_([parameter], 2.0)
    literals("clipped", [norm, *parameter.grad.tolist()])


def reports():
    from sklearn.metrics import classification_report

    def pairs(matrix):
        truth, predicted = [], []
        for i, row in enumerate(matrix):
            for j, count in enumerate(row):
                truth += [i] * count
                predicted += [j] * count
        return truth, predicted

    emotions = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]
    matrix = [
        [373, 8, 71, 42, 83, 112, 16], [10, 27, 4, 1, 1, 4, 1], [92, 2, 288, 37, 84, 143, 74], [29, 1, 26, 1171, 56, 31, 14],
        [22, 0, 18, 20, 236, 57, 4], [141, 3, 134, 83, 231, 667, 18], [20, 1, 71, 39, 21, 14, 665],
    ]
    print(classification_report(*pairs(matrix), target_names=emotions))
    # A class that is never predicted, one without samples, and a name longer than the headings.
    matrix = [[5, 0, 3], [2, 0, 1], [0, 0, 0]]
    print(classification_report(*pairs(matrix), labels=[0, 1, 2], target_names=["a", "a long name of a class", "überrascht"],
                                zero_division=0, digits=3))


if __name__ == "__main__":
    if sys.argv[1:] == ["torch"]:
        schedules()
        optimizers()
    elif sys.argv[1:] == ["sklearn"]:
        reports()
    else:
        sys.exit(__doc__)
