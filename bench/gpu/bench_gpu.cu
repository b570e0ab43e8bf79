/// GPU bench, Taut's side: the emotion network on Cuda, and what the GPU itself can do. bench_gpu GPU FOLDER speaks worker.hpp's protocol;
/// seconds are those between CUDA's events. Tasks, with P one of fp32, tf32, bf16: `train-P ROWS`, `epoch-P ROWS`, `infer-P ROWS`,
/// `check-P 16`, `peak-P 1`, `copy MEBIBYTES`, `forget 1`, which releases what the others hold.
#include <cuda_runtime.h>

#include <map>
#include <optional>
#include <sstream>
#include <string>

#include "emotion_steps.cuh"
#include "machine_steps.cuh"
#include "taut/core/version.hpp"

namespace {

using namespace bench_gpu;

template <Precision precision>
TimedStep step_of(int gpu, int multiprocessors, const std::string& task, index_t argument) {
  if (task == "train") return training<precision>(gpu, argument, argument);
  if (task == "epoch") return training<precision>(gpu, epoch_faces, argument);
  if (task == "infer") return inference<precision>(gpu, argument);
  if (task == "peak") return peak<precision>(gpu, multiprocessors);
  taut::fail("expected train, epoch, infer, check or peak, found ", task);
}

/// use.operator()<precision>() of the name.
template <class Use>
auto with_precision(const std::string& name, Use&& use) {
  if (name == "fp32") return use.template operator()<Precision::fp32>();
  if (name == "tf32") return use.template operator()<Precision::tf32>();
  if (name == "bf16") return use.template operator()<Precision::bf16>();
  taut::fail("expected fp32, tf32 or bf16, found '", name, "'");
}

std::string about(const cudaDeviceProp& gpu) {
  int driver = 0, runtime = 0;
  taut::cuda::check(cudaDriverGetVersion(&driver), "cudaDriverGetVersion");
  taut::cuda::check(cudaRuntimeGetVersion(&runtime), "cudaRuntimeGetVersion");
  std::ostringstream text;
  text.precision(17);
  text << R"({"version": ")" << taut::version << R"(", "gpu": ")" << gpu.name << R"(", "capability": ")" << gpu.major << '.' << gpu.minor
       << R"(", "multiprocessors": )" << gpu.multiProcessorCount << R"(, "memory": )" << gpu.totalGlobalMem << R"(, "driver": )" << driver
       << R"(, "runtime": )" << runtime << R"(, "peak flops": {"fp32": )" << peak_flops(Precision::fp32, gpu.multiProcessorCount)
       << R"(, "tf32": )" << peak_flops(Precision::tf32, gpu.multiProcessorCount) << R"(, "bf16": )"
       << peak_flops(Precision::bf16, gpu.multiProcessorCount) << R"(}, "tasks": ["train", "epoch", "infer", "peak", "copy"]})";
  return text.str();
}

void serve(int gpu, const std::string& folder) {
  cudaDeviceProp properties{};
  taut::cuda::check(cudaGetDeviceProperties(&properties, gpu), "cudaGetDeviceProperties");
  taut::cuda::check(cudaSetDevice(gpu), "cudaSetDevice");
  std::map<std::string, TimedStep> made;
  compare::serve(
      about(properties), [](const std::string&, const std::string&) { return compare::Step{}; },
      [&](const std::string& task, const std::string& argument, long steps) -> std::optional<double> {
        const std::string kind = task.substr(0, task.find('-')), precision = task.substr(std::min(task.size(), kind.size() + 1));
        const auto number = static_cast<index_t>(std::stoul(argument));
        if (kind == "forget") return made.clear(), 0.0;
        if (kind == "check") return with_precision(precision, [&]<Precision P>() { return check<P>(gpu, folder, number); });
        TimedStep& step = made[task + ' ' + argument];
        if (!step.run) {
          step = kind == "copy" ? copy(gpu, number) : with_precision(precision, [&]<Precision P>() {
            return step_of<P>(gpu, properties.multiProcessorCount, kind, number);
          });
        }
        return seconds(step, steps);
      });
}

}  // namespace

int main(int count, char** arguments) {
  return compare::run(count, arguments, [](unsigned gpu, const std::string& folder, const std::string&) {
    serve(static_cast<int>(gpu), folder);
  });
}
