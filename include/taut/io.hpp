/// taut/io.hpp: files that Taut reads and writes. Needs nlohmann-json.
#pragma once

#include "taut/io/atomic_file.hpp"
#include "taut/io/load_session.hpp"
#include "taut/io/matching_weights.hpp"
#include "taut/io/onnx.hpp"
#include "taut/io/read_file.hpp"
#include "taut/io/safetensors.hpp"
#include "taut/io/torch.hpp"
#include "taut/io/weights.hpp"
#include "taut/io/weights_info.hpp"
#include "taut/report/report.hpp"
#include "taut/report/summary_writer.hpp"
#include "taut/report/training_events.hpp"
#include "taut/train/checkpoint.hpp"
