/// Cuda: the name of the device that runs on an NVIDIA GPU. What it is stands in device/cuda.cuh, for nvcc alone; here it lets a program
/// that needs it say so in a sentence.
#pragma once

namespace taut {

class Cuda;

}  // namespace taut
