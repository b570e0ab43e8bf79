/// CUDA runtime, emulated for tests: the part of it that Taut calls, so that g++ compiles what nvcc does and a machine without a GPU runs it.
///
/// Nothing that a stream was given happens before somebody waits for it, so that a wait which was forgotten shows; with the environment
/// variable CUDA_LAUNCH_BLOCKING=1 everything happens at once, as in CUDA. New memory holds no zeros.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <tuple>
#include <utility>
#include <vector>

#include "device.hpp"

enum cudaError_t {
  cudaSuccess = 0,
  cudaErrorInvalidValue = 1,
  cudaErrorMemoryAllocation = 2,
  cudaErrorInvalidConfiguration = 9,
  cudaErrorNoDevice = 100,
  cudaErrorInvalidDevice = 101,
  cudaErrorInvalidResourceHandle = 400,
  cudaErrorNotReady = 600,
  cudaErrorStreamCaptureUnsupported = 900,
  cudaErrorStreamCaptureInvalidated = 901
};
enum cudaMemcpyKind { cudaMemcpyHostToHost, cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost, cudaMemcpyDeviceToDevice, cudaMemcpyDefault };
enum cudaStreamCaptureMode { cudaStreamCaptureModeGlobal, cudaStreamCaptureModeThreadLocal, cudaStreamCaptureModeRelaxed };
enum cudaMemoryType { cudaMemoryTypeUnregistered, cudaMemoryTypeHost, cudaMemoryTypeDevice, cudaMemoryTypeManaged };
enum cudaFuncAttribute { cudaFuncAttributeMaxDynamicSharedMemorySize = 8 };
enum cudaDeviceAttr { cudaDevAttrMultiProcessorCount = 16, cudaDevAttrComputeCapabilityMajor = 75, cudaDevAttrManagedMemory = 83, cudaDevAttrConcurrentManagedAccess = 89 };

inline constexpr unsigned cudaMemAttachGlobal = 1, cudaStreamDefault = 0, cudaStreamNonBlocking = 1;

struct cudaPointerAttributes {
  cudaMemoryType type = cudaMemoryTypeUnregistered;
  int device = -1;
  void* devicePointer = nullptr;
  void* hostPointer = nullptr;
};

namespace emulation {

using Task = std::function<void()>;

struct Stream {
  std::deque<Task> waiting;
  bool non_blocking = false, capturing = false, invalidated = false;
  std::vector<Task> captured;
};

/// What a test may change and look at.
struct Machine {
  int devices = 1;
  int compute_capability = 9;
  std::size_t memory = std::size_t{64} << 30;
  std::size_t allocated = 0, launches = 0;
  cudaError_t last_error = cudaSuccess;
  std::map<const void*, std::pair<std::size_t, cudaMemoryType>> blocks;
  std::vector<Stream*> streams;
  Stream default_stream;
};
inline Machine machine;

inline cudaError_t result(cudaError_t error) {
  if (error != cudaSuccess) machine.last_error = error;
  return error;
}

inline void finish(Stream& stream) {
  while (!stream.waiting.empty()) {
    const Task task = std::move(stream.waiting.front());
    stream.waiting.pop_front();
    task();
  }
}

inline Stream& stream_of(Stream* stream) { return stream == nullptr ? machine.default_stream : *stream; }

inline cudaError_t enqueue(Stream* handle, Task task) {
  Stream& stream = stream_of(handle);
  if (stream.capturing) {
    stream.captured.push_back(std::move(task));
    return cudaSuccess;
  }
  stream.waiting.push_back(std::move(task));
  const char* const blocking = std::getenv("CUDA_LAUNCH_BLOCKING");
  if (blocking != nullptr && *blocking == '1') finish(stream);
  return cudaSuccess;
}

/// What CUDA forbids while somebody captures: it would wait, or allocate.
inline bool disturbs_capture() {
  bool any = false;
  for (Stream* stream : machine.streams) {
    if (stream->capturing) stream->invalidated = any = true;
  }
  return any;
}

inline cudaError_t allocate(void** pointer, std::size_t bytes, cudaMemoryType type) {
  if (machine.devices == 0) return result(cudaErrorNoDevice);
  if (disturbs_capture()) return result(cudaErrorStreamCaptureUnsupported);
  if (type != cudaMemoryTypeHost && bytes > machine.memory - machine.allocated) return result(cudaErrorMemoryAllocation);
  *pointer = ::operator new(bytes, std::align_val_t{256});
  std::memset(*pointer, 0xFF, bytes);
  if (type != cudaMemoryTypeHost) machine.allocated += bytes;
  machine.blocks[*pointer] = {bytes, type};
  return cudaSuccess;
}

}  // namespace emulation

using cudaStream_t = emulation::Stream*;
using cudaGraph_t = std::vector<emulation::Task>*;
using cudaGraphExec_t = std::vector<emulation::Task>*;
struct cudaEventState {
  bool reached = true;
  cudaStream_t stream = nullptr;
};
using cudaEvent_t = cudaEventState*;

struct cudaLaunchAttribute {};
struct cudaLaunchConfig_t {
  dim3 gridDim, blockDim;
  std::size_t dynamicSmemBytes = 0;
  cudaStream_t stream = nullptr;
  cudaLaunchAttribute* attrs = nullptr;
  unsigned numAttrs = 0;
};

template <class... Parameters, class... Args>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Parameters...), Args&&... args) {
  if (emulation::machine.devices == 0) return emulation::result(cudaErrorNoDevice);
  const dim3 grid = config->gridDim, block = config->blockDim;
  const std::size_t threads = std::size_t{block.x} * block.y * block.z;
  if (threads == 0 || threads > 1024 || block.z > 64 || grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.x > 0x7FFFFFFF || grid.y > 65535 ||
      grid.z > 65535) {
    return emulation::result(cudaErrorInvalidConfiguration);
  }
  if (config->dynamicSmemBytes > sizeof taut::cuda::dynamic_shared_bytes) return emulation::result(cudaErrorInvalidValue);
  ++emulation::machine.launches;
  return emulation::enqueue(config->stream, [=, values = std::tuple<Parameters...>(std::forward<Args>(args)...)] {
    emulation::runner.run(grid, block, [&] { std::apply(kernel, values); });
  });
}
template <class Kernel>
cudaError_t cudaFuncSetAttribute(Kernel, cudaFuncAttribute, int value) {
  return value <= static_cast<int>(sizeof taut::cuda::dynamic_shared_bytes) ? cudaSuccess : emulation::result(cudaErrorInvalidValue);
}

inline cudaError_t cudaGetDeviceCount(int* count) {
  *count = emulation::machine.devices;
  return *count == 0 ? emulation::result(cudaErrorNoDevice) : cudaSuccess;
}
struct cudaDeviceProp {
  char name[256] = "an emulated GPU";
};
inline cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int) {
  *properties = {};
  return cudaSuccess;
}
inline cudaError_t cudaSetDevice(int device) {
  if (emulation::machine.devices == 0) return emulation::result(cudaErrorNoDevice);
  return device >= 0 && device < emulation::machine.devices ? cudaSuccess : emulation::result(cudaErrorInvalidDevice);
}
inline cudaError_t cudaGetDevice(int* device) {
  *device = 0;
  return cudaSuccess;
}
inline cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int) {
  *value = attribute == cudaDevAttrMultiProcessorCount ? 4 : attribute == cudaDevAttrComputeCapabilityMajor ? emulation::machine.compute_capability : 1;
  return cudaSuccess;
}

inline cudaError_t cudaMalloc(void** pointer, std::size_t bytes) { return emulation::allocate(pointer, bytes, cudaMemoryTypeDevice); }
inline cudaError_t cudaMallocManaged(void** pointer, std::size_t bytes, unsigned = cudaMemAttachGlobal) {
  return emulation::allocate(pointer, bytes, cudaMemoryTypeManaged);
}
inline cudaError_t cudaDeviceSynchronize() {
  if (emulation::disturbs_capture()) return emulation::result(cudaErrorStreamCaptureUnsupported);
  emulation::finish(emulation::machine.default_stream);
  for (cudaStream_t stream : emulation::machine.streams) emulation::finish(*stream);
  return cudaSuccess;
}
inline cudaError_t cudaMallocHost(void** pointer, std::size_t bytes) { return emulation::allocate(pointer, bytes, cudaMemoryTypeHost); }
/// Waits for the device, as CUDA's does.
inline cudaError_t cudaFree(void* pointer) {
  if (pointer == nullptr) return cudaSuccess;
  const auto found = emulation::machine.blocks.find(pointer);
  if (found == emulation::machine.blocks.end()) return emulation::result(cudaErrorInvalidValue);
  if (const cudaError_t error = cudaDeviceSynchronize(); error != cudaSuccess) return error;
  if (found->second.second != cudaMemoryTypeHost) emulation::machine.allocated -= found->second.first;
  emulation::machine.blocks.erase(found);
  ::operator delete(pointer, std::align_val_t{256});
  return cudaSuccess;
}
inline cudaError_t cudaFreeHost(void* pointer) { return cudaFree(pointer); }
inline cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  *total = emulation::machine.memory;
  *free = *total - emulation::machine.allocated;
  return cudaSuccess;
}
inline cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* pointer) {
  *attributes = {};
  auto above = emulation::machine.blocks.upper_bound(pointer);
  if (above == emulation::machine.blocks.begin()) return cudaSuccess;
  --above;
  const auto* const begin = static_cast<const std::byte*>(above->first);
  if (std::less<const void*>{}(pointer, begin + above->second.first)) attributes->type = above->second.second;
  return cudaSuccess;
}
inline cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind, cudaStream_t stream = nullptr) {
  return emulation::enqueue(stream, [=] { std::memcpy(to, from, bytes); });
}
inline cudaError_t cudaMemsetAsync(void* to, int value, std::size_t bytes, cudaStream_t stream = nullptr) {
  return emulation::enqueue(stream, [=] { std::memset(to, value, bytes); });
}
/// Like whatever goes to the default stream, waits for the streams that were not created as non-blocking.
inline cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  if (emulation::disturbs_capture()) return emulation::result(cudaErrorStreamCaptureUnsupported);
  for (cudaStream_t stream : emulation::machine.streams) {
    if (!stream->non_blocking) emulation::finish(*stream);
  }
  cudaMemcpyAsync(to, from, bytes, kind);
  emulation::finish(emulation::machine.default_stream);
  return cudaSuccess;
}
inline cudaError_t cudaMemset(void* to, int value, std::size_t bytes) {
  if (emulation::disturbs_capture()) return emulation::result(cudaErrorStreamCaptureUnsupported);
  cudaMemsetAsync(to, value, bytes);
  emulation::finish(emulation::machine.default_stream);
  return cudaSuccess;
}

#include "streams.hpp"
