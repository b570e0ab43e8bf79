"""From a safetensors file to a .pth and to another safetensors file, each by its own library: round_trip.py FILE.safetensors OUT.pth OUT.safetensors"""
import sys

import torch
from safetensors.torch import load_file, save_file

source, pth, copy = sys.argv[1:]
state = load_file(source)
torch.save(state, pth)
save_file({name: tensor.contiguous() for name, tensor in torch.load(pth, weights_only=True).items()}, copy)
