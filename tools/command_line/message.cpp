#include "tools/command_line/message.h"

#include "engine/base/check.h"
#include "engine/base/print_error.h"
#include "engine/base/reason.h"
#include "engine/base/utf8.h"
#include "engine/runtime/memory.h"

namespace tuna {

std::string message_of(const std::exception& error) {
  const std::string reason = reason_of(error);
  const bool is_memory = dynamic_cast<const OutOfMemory*>(&error) || dynamic_cast<const std::bad_alloc*>(&error)
                         || dynamic_cast<const std::length_error*>(&error);
  if (!is_memory) return reason;
  return reason
         + "; smaller data.size, train.batch, evaluate.batch or networks (generator.ngf, discriminator.ndf, "
           "classifier.width) need less, and so does precision bf16 or fp16 on a GPU";
}

void print_warnings(const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) print_error("warning: {}\n", one_line(warning));
}

}  // namespace tuna
