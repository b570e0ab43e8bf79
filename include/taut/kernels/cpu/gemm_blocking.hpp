/// gemm_blocking: the sizes of register tiles and cache blocks, as data with the reason beside each.
#pragma once

#include <algorithm>

#include "taut/core/shape.hpp"
#include "taut/kernels/cpu/simd.hpp"

namespace taut::kernels::cpu {

/// A register tile: `mr` rows of `vectors` vectors each, nr = vectors × width columns, all of it accumulators.
struct Tile {
  index_t mr = 1, vectors = 1;

  friend constexpr bool operator==(const Tile&, const Tile&) = default;
};

/// Register budget: mr·vectors accumulators + `vectors` columns of B + one broadcast of A.
/// 16 registers: 6×2 + 2 + 1 = 15. 32 registers: 12×2 + 2 + 1 = 27; 14×2 would fit but divides neither 48, 24 nor 12 pixels.
/// Two FMA ports × latency 4 ask for at least 8 accumulators, and 6×2 to 12×2 stay below two loads an FMA pair.
constexpr Tile gemm_tile() { return vector_registers == 32 ? Tile{12, 2} : Tile{6, 2}; }

/// The tile of a convolution whose lines have `pixels` pixels and whose groups have `channels` output channels.
/// Lines of 6 pixels or less on 32 registers: 6×4 keeps 24 accumulators busy where there are 4 vectors of channels.
template <class T>
constexpr Tile convolution_tile(index_t pixels, index_t channels) {
  const index_t vectors = (channels + width<T> - 1) / width<T>;
  if (vector_registers == 32 && pixels <= 6 && vectors >= 4) return {6, 4};
  return {gemm_tile().mr, std::min<index_t>(gemm_tile().vectors, vectors)};
}

/// Bytes of a packed panel of B that one sweep reads again and again: two thirds of a 48 KiB L1 data cache, all of a 32 KiB one.
inline constexpr index_t panel_bytes = 32 * 1024;

/// Rows of B in a block of a product. Panels of B stream from L2 at the full speed of the multiply-adds (102 GFLOP/s of 102 on Zen 3,
/// 2026-11-24, hot), so L1 sets no limit: what counts is how seldom C is read and written again. 512 against 256: 1 to 5% faster.
inline constexpr index_t kc = 512;

/// Bytes of packed B that a task keeps, on its stack, while it sweeps its rows of A: half of a 512 KiB L2.
inline constexpr index_t block_bytes = 256 * 1024;

/// Rows of C that a task has at least, where there are as many: each task packs B for itself, and should have the rows to repay that.
inline constexpr index_t task_rows = 144;

/// Rows ahead of the one being packed that are prefetched: at a row of multiply-adds (6 cycles) each, about the latency of L3. More don't
/// fit L1's sets where B's rows lie a power of two apart: with 12 linear1 loses 1 to 2%, with 4 rows of A 14%. Prefetching into L2 from
/// further away loses 2 to 5% and 20% there, and gains 1% at 1024 squared (Zen 3, 2026-11-24).
inline constexpr index_t prefetch_rows = 8;

/// Multiply-adds below which a product stays on one thread: about 12 µs of one core. Waking another costs 2 µs while it still spins and
/// 10 µs or more where the two share no cache (Zen 3, 2026-11-24).
inline constexpr index_t parallel_multiply_adds = 500'000;

/// Elements below which an elementwise sweep stays on one thread, for the same reason: a pool over 74 Ki floats takes 6 µs alone and took
/// 10 to 17 µs on two.
inline constexpr index_t parallel_elements = 128 * 1024;

/// Elements of one task of such a sweep: 64 KiB of floats.
inline constexpr index_t sweep_elements = 16 * 1024;

/// Work is cut into about this many tasks whatever the number of threads: enough for 16 threads, few enough that starting is free.
inline constexpr index_t tasks_wanted = 32;

/// `count` cut into the fewest parts of at most `limit`, as even as possible: part i is [even_part(i), even_part(i + 1)).
struct EvenSplit {
  index_t count = 0, limit = 1;

  constexpr index_t parts() const { return (count + limit - 1) / limit; }
  constexpr index_t begin(index_t part) const { return parts() == 0 ? 0 : part * count / parts(); }
  constexpr index_t size(index_t part) const { return begin(part + 1) - begin(part); }
};

}  // namespace taut::kernels::cpu
