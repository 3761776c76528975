#include "tools/command_line/message.h"

#include "engine/base/check.h"
#include "engine/base/print_error.h"
#include "engine/runtime/memory.h"

namespace tuna {

std::string message_of(const std::exception& error) {
  if (!dynamic_cast<const OutOfMemory*>(&error)) return error.what();
  return std::string(error.what())
         + "; smaller data.size, train.batch, evaluate.batch or networks (generator.ngf, discriminator.ndf, "
           "classifier.width) need less, and so does precision bf16 or fp16 on a GPU";
}

void print_warnings(const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) print_error("warning: {}\n", warning);
}

}  // namespace tuna
