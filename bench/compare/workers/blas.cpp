/// Compare, a BLAS: single-precision products by whichever library is named; it is loaded, not linked, so that one program serves all.
/// blas THREADS FOLDER LIBRARY; tasks: `gemm MxNxK`. The number of threads is the library's own affair: OMP_NUM_THREADS and its kin.
#include <dlfcn.h>

#include <memory>

#include "worker.hpp"

namespace {

using Sgemm = void (*)(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float* a, int a_step,
                       const float* b, int b_step, float beta, float* c, int c_step);
constexpr int row_major = 101, no_transpose = 111;

template <class Function> Function find(void* library, const char* name) { return reinterpret_cast<Function>(dlsym(library, name)); }

std::vector<float> random_numbers(std::size_t count) {
  std::vector<float> numbers(count);
  unsigned state = 1;
  for (float& value : numbers) {
    state = state * 1664525U + 1013904223U;
    value = static_cast<float>(state >> 8U) / static_cast<float>(1U << 23U) - 1.0F;
  }
  return numbers;
}

struct Product {
  int m = 0, n = 0, k = 0;
  std::vector<float> a, b, c;

  explicit Product(const std::string& shape) {
    char by = 0;
    if (!(std::istringstream(shape) >> m >> by >> n >> by >> k)) {
      throw std::runtime_error("expected a shape like 32x512x2304, found " + shape);
    }
    const auto size = [](int rows, int columns) { return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns); };
    a = random_numbers(size(m, k));
    b = random_numbers(size(k, n));
    c.resize(size(m, n));
  }
};

void run_product(Sgemm sgemm, Product& p) {
  sgemm(row_major, no_transpose, no_transpose, p.m, p.n, p.k, 1.0F, p.a.data(), p.k, p.b.data(), p.n, 0.0F, p.c.data(), p.n);
}

/// A wrong product is no product: one element of a small one, by hand.
double check(Sgemm sgemm) {
  Product p("33x17x65");
  run_product(sgemm, p);
  double sum = 0;
  for (std::size_t i = 0; i < 65; ++i) sum += static_cast<double>(p.a[32 * 65 + i]) * static_cast<double>(p.b[i * 17 + 16]);
  return std::abs(sum - static_cast<double>(p.c[32 * 17 + 16])) / 65;
}

void serve(const std::string& path) {
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (library == nullptr) throw std::runtime_error(dlerror());
  const auto sgemm = find<Sgemm>(library, "cblas_sgemm");
  if (sgemm == nullptr) throw std::runtime_error(path + " has no cblas_sgemm");
  std::string version = "unknown";
  if (const auto openblas = find<const char* (*)()>(library, "openblas_get_config")) version = openblas();
  if (const auto blis = find<const char* (*)()>(library, "bli_info_get_version_str")) version = blis();
  compare::serve(
      R"({"version": ")" + version + R"(", "tasks": ["gemm"]})",
      [=](const std::string& task, const std::string& argument) -> compare::Step {
        if (task != "gemm") return nullptr;
        const auto product = std::make_shared<Product>(argument);
        return [=] { run_product(sgemm, *product); };
      },
      [=](const std::string& task, const std::string&, long) { return task == "check" ? std::optional(check(sgemm)) : std::nullopt; });
}

}  // namespace

int main(int count, char** arguments) {
  return compare::run(count, arguments, [](unsigned, const std::string&, const std::string& library) { serve(library); });
}
