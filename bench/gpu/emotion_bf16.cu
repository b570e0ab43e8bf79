#include "emotion_steps.cuh"

namespace bench_gpu {
BENCH_GPU_STEPS(, Precision::bf16)
}  // namespace bench_gpu
