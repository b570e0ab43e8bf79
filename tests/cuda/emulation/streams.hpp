/// Streams: streams, events, graphs and error texts of the emulated runtime.
#pragma once

inline cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  if (emulation::machine.devices == 0) return emulation::result(cudaErrorNoDevice);
  *stream = new emulation::Stream;
  (*stream)->non_blocking = (flags & cudaStreamNonBlocking) != 0;
  emulation::machine.streams.push_back(*stream);
  return cudaSuccess;
}
inline cudaError_t cudaStreamCreate(cudaStream_t* stream) { return cudaStreamCreateWithFlags(stream, cudaStreamDefault); }
inline cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  if (emulation::stream_of(stream).capturing) {
    emulation::stream_of(stream).invalidated = true;
    return emulation::result(cudaErrorStreamCaptureUnsupported);
  }
  emulation::finish(emulation::stream_of(stream));
  return cudaSuccess;
}
inline cudaError_t cudaStreamQuery(cudaStream_t stream) {
  return emulation::stream_of(stream).waiting.empty() ? cudaSuccess : cudaErrorNotReady;
}
inline cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  emulation::finish(*stream);
  std::erase(emulation::machine.streams, stream);
  delete stream;
  return cudaSuccess;
}

inline cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  if (stream == nullptr || stream->capturing) return emulation::result(cudaErrorStreamCaptureUnsupported);
  stream->capturing = true;
  stream->invalidated = false;
  stream->captured.clear();
  return cudaSuccess;
}
inline cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  if (!stream->capturing) return emulation::result(cudaErrorInvalidValue);
  stream->capturing = false;
  *graph = nullptr;
  if (stream->invalidated) return emulation::result(cudaErrorStreamCaptureInvalidated);
  *graph = new std::vector<emulation::Task>(std::move(stream->captured));
  return cudaSuccess;
}
inline cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long = 0) {
  *executable = new std::vector<emulation::Task>(*graph);
  return cudaSuccess;
}
inline cudaError_t cudaGraphLaunch(cudaGraphExec_t graph, cudaStream_t stream) {
  return emulation::enqueue(stream, [tasks = *graph] {
    for (const emulation::Task& task : tasks) task();
  });
}
inline cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  delete graph;
  return cudaSuccess;
}
inline cudaError_t cudaGraphExecDestroy(cudaGraphExec_t graph) {
  delete graph;
  return cudaSuccess;
}

inline cudaError_t cudaEventCreate(cudaEvent_t* event) {
  *event = new cudaEventState;
  return cudaSuccess;
}
inline cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete event;
  return cudaSuccess;
}
/// Events carry no times: nothing that is emulated is worth measuring.
inline cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream = nullptr) {
  event->reached = false;
  event->stream = stream;
  return emulation::enqueue(stream, [event] { event->reached = true; });
}
inline cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  if (!event->reached) emulation::finish(emulation::stream_of(event->stream));
  return cudaSuccess;
}
inline cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned = 0) {
  return emulation::enqueue(stream, [event] { cudaEventSynchronize(event); });
}

inline cudaError_t cudaGetLastError() { return std::exchange(emulation::machine.last_error, cudaSuccess); }
inline cudaError_t cudaPeekAtLastError() { return emulation::machine.last_error; }
inline const char* cudaGetErrorName(cudaError_t error) {
  switch (error) {
    case cudaSuccess: return "cudaSuccess";
    case cudaErrorInvalidValue: return "cudaErrorInvalidValue";
    case cudaErrorMemoryAllocation: return "cudaErrorMemoryAllocation";
    case cudaErrorInvalidConfiguration: return "cudaErrorInvalidConfiguration";
    case cudaErrorNoDevice: return "cudaErrorNoDevice";
    case cudaErrorInvalidDevice: return "cudaErrorInvalidDevice";
    case cudaErrorInvalidResourceHandle: return "cudaErrorInvalidResourceHandle";
    case cudaErrorNotReady: return "cudaErrorNotReady";
    case cudaErrorStreamCaptureUnsupported: return "cudaErrorStreamCaptureUnsupported";
    case cudaErrorStreamCaptureInvalidated: return "cudaErrorStreamCaptureInvalidated";
  }
  return "unrecognized error code";
}
inline const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
    case cudaSuccess: return "no error";
    case cudaErrorInvalidValue: return "invalid argument";
    case cudaErrorMemoryAllocation: return "out of memory";
    case cudaErrorInvalidConfiguration: return "invalid configuration argument";
    case cudaErrorNoDevice: return "no CUDA-capable device is detected";
    case cudaErrorInvalidDevice: return "invalid device ordinal";
    case cudaErrorInvalidResourceHandle: return "invalid resource handle";
    case cudaErrorNotReady: return "device not ready";
    case cudaErrorStreamCaptureUnsupported: return "operation not permitted when stream is capturing";
    case cudaErrorStreamCaptureInvalidated: return "operation failed due to a previous error during capture";
  }
  return "unrecognized error code";
}
