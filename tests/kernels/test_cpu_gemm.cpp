/// test_cpu_gemm: the CPU's own product against its definition, at extents around every constant of its blocking.
#include <doctest/doctest.h>

#include <vector>

#include "taut/core/parallel.hpp"
#include "taut/kernels/cpu/gemm.hpp"
#include "test_cpu_support.hpp"

namespace {

using namespace taut;
using namespace taut::kernels::cpu;
using namespace taut::test;

/// (rows, columns) as it lies in memory, or transposed there; its rows one element further apart than they need be.
template <class T>
struct Matrix {
  Matrix(index_t rows, index_t columns, bool is_transposed, std::uint64_t stream)
      : step((is_transposed ? rows : columns) + 1),
        transposed(is_transposed),
        values(random_numbers<T>((transposed ? columns : rows) * step, stream)) {
    // Exactly as much as belongs to it, for AddressSanitizer.
    values.pop_back();
  }
  MatrixView<T> view() const { return transposed ? MatrixView<T>{values.data(), 1, step} : MatrixView<T>{values.data(), step, 1}; }

  index_t step;
  bool transposed;
  std::vector<T> values;
};

struct Case {
  index_t m, n, k;
  bool a_transposed = false, b_transposed = false;
};

constexpr float untouched = 77;

template <class T>
std::vector<T> run(unsigned threads, const Case& p, const Matrix<T>& a, const Matrix<T>& b, const Epilogue<T>& epilogue,
                   const std::vector<T>& before) {
  std::vector<T> c = before;
  std::vector<T> workspace(XsimdGemm::workspace<T>(p.m, p.n, p.k) + 1, T{untouched});
  ThreadPool pool(threads);
  XsimdGemm::multiply<T>(pool, p.m, p.n, p.k, a.view(), b.view(), epilogue, c.data(), p.n + 2, workspace.data());
  CHECK(workspace.back() == T{untouched});
  return c;
}

template <class T>
void check(const Case& p, Activation activation = Activation::identity, bool with_bias = false, bool accumulate = false) {
  CAPTURE(p.m);
  CAPTURE(p.n);
  CAPTURE(p.k);
  CAPTURE(p.a_transposed);
  CAPTURE(p.b_transposed);
  CAPTURE(accumulate);
  const Matrix<T> a(p.m, p.k, p.a_transposed, 1), b(p.k, p.n, p.b_transposed, 2);
  const std::vector<T> bias = random_numbers<T>(p.n, 3);
  std::vector<T> before = random_numbers<T>(p.m * (p.n + 2), 4);
  for (index_t i = 0; i < p.m; ++i) before[i * (p.n + 2) + p.n] = before[i * (p.n + 2) + p.n + 1] = T{untouched};
  std::vector<double> expected(before.size(), untouched), sums(before.size(), 0);
  for (index_t i = 0; i < p.m; ++i) {
    for (index_t j = 0; j < p.n; ++j) {
      double sum = 0, absolute = 0;
      const auto add = [&](double x, double y) {
        sum += x * y;
        absolute += std::abs(x * y);
      };
      for (index_t q = 0; q < p.k; ++q) add(*a.view().at(i, q), *b.view().at(q, j));
      if (accumulate) add(before[i * (p.n + 2) + j], 1);
      if (with_bias) add(bias[j], 1);
      expected[i * (p.n + 2) + j] = activation == Activation::relu ? std::max(0.0, sum) : sum;
      sums[i * (p.n + 2) + j] = absolute;
    }
  }
  const Epilogue<T> epilogue{with_bias ? bias.data() : nullptr, activation, accumulate};
  const std::vector<T> found = run(1, p, a, b, epilogue, before);
  CHECK(mismatches(found, expected, sums, p.k) == 0);
  for (const unsigned threads : {2U, 3U}) CHECK(same_bits(found, run(threads, p, a, b, epilogue, before)));
}

template <class T>
void check_all() {
  constexpr index_t mr = kernels::cpu::detail::gemm_mr, nr = kernels::cpu::detail::gemm_nr<T>, few = kernels::cpu::detail::few_rows;
  // Around the register tile, in all four transpositions.
  for (const index_t m : {index_t{1}, index_t{2}, few, few + 1, mr - 1, mr, mr + 1, 2 * mr - 1, 2 * mr + 1}) {
    for (const index_t n : {index_t{1}, width<T> - 1 + (width<T> == 1), width<T>, nr - 1 + (nr == 1), nr, nr + 1, 4 * nr + 3}) {
      for (const index_t k : {index_t{1}, index_t{3}, index_t{8}, index_t{37}}) {
        for (const bool at : {false, true}) {
          for (const bool bt : {false, true}) check<T>({m, n, k, at, bt});
        }
      }
    }
  }
  // Around the blocks: kc deep, task_rows high, as wide as a task's share of B.
  constexpr index_t wide = block_bytes / sizeof(T) / kc;
  for (const index_t by : {index_t{0}, index_t{1}, index_t{2}}) {
    for (const bool at : {false, true}) {
      for (const bool bt : {false, true}) {
        check<T>({2 * mr + 1, 2 * nr + 1, kc - 1 + by, at, bt}, Activation::relu, true);
        check<T>({task_rows - 1 + by, nr + 1, 70, at, bt}, Activation::identity, true, true);
        check<T>({mr + 1, wide - 1 + by, kc + 1, at, bt}, Activation::identity, false, true);
        check<T>({2 * task_rows - 1 + by, 2 * nr - 1, kc - 1 + by, at, bt});
      }
    }
  }
  // Few rows, in one part and in several.
  for (index_t m = 1; m <= few; ++m) {
    check<T>({m, 7, 512}, Activation::relu, true);
    check<T>({m, 515, 150}, Activation::identity, false, true);
    check<T>({m, 515, 1100}, Activation::relu, true, true);
    check<T>({m, 1031, 515, true}, Activation::relu, true);
  }
}

}  // namespace

TEST_CASE("the CPU's own product is what its definition says: float") { check_all<float>(); }
TEST_CASE("the CPU's own product is what its definition says: double") { check_all<double>(); }
