/// Matrix products of the extents that the emotion network's steps amount to, and squares, by Taut's own kernel and by Eigen.
#include <memory>

#include "bench_support.hpp"
#include "taut/core/parallel.hpp"
#include "taut/device/eigen_gemm.hpp"
#include "taut/kernels/cpu/gemm.hpp"

namespace {

using bench::index_t;
using taut::Arena;

struct Data {
  explicit Data(unsigned count) : threads(count) {}

  taut::ThreadPool threads;
  Arena<float> a, b, c, workspace;
};

template <class Gemm>
void add_products(const std::string& gemm) {
  for (const ops::ProductRow& row : ops::products) {
    bench::add(gemm + " " + row.name, bench::Work::flops, row.flops(), [row](unsigned threads) {
      auto d = std::make_shared<Data>(threads);
      d->a = bench::random_buffer(row.m * row.k);
      d->b = bench::random_buffer(row.k * row.n);
      d->c = Arena<float>(row.m * row.n);
      d->workspace = Arena<float>(Gemm::template workspace<float>(row.m, row.n, row.k));
      return [d, row] {
        using View = taut::kernels::cpu::MatrixView<float>;
        const View a = row.a_transposed ? View{d->a.data(), 1, row.m} : View{d->a.data(), row.k, 1};
        const View b = row.b_transposed ? View{d->b.data(), 1, row.k} : View{d->b.data(), row.n, 1};
        Gemm::template multiply<float>(d->threads, row.m, row.n, row.k, a, b, {}, d->c.data(), row.n, d->workspace.data());
      };
    });
  }
}

const bool added = [] {
  add_products<taut::kernels::cpu::XsimdGemm>("gemm");
  add_products<taut::EigenGemm>("eigen");
  return true;
}();

}  // namespace
