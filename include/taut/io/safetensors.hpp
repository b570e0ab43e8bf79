/// Safetensors: reading and writing Hugging Face's simple file format for named arrays.
#pragma once

#include "taut/io/tensor_file.hpp"
#include "taut/io/safetensors_reader.hpp"
#include "taut/io/safetensors_writer.hpp"
