#include "emotion_steps.cuh"

namespace bench_gpu {
BENCH_GPU_STEPS(, Precision::fp32)
}  // namespace bench_gpu
