#include "engine/program/kernel_registry.h"

#include <sys/wait.h>
#include <unistd.h>

#include "kernels/pointwise/relu.h"
#include "kernels/pointwise/tanh.h"
#include "tests/catch.h"

namespace tuna {
namespace {

const PrepareKernel kNothing = [](const Op&, const Types&, const Types&, const Target&) { return Prepared{}; };

// Runs `work` in a process of its own, so that the registry of this one stays as it is, and returns the message of its
// Error.
template <class Work>
std::string error_elsewhere(Work work) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    try {
      work();
    } catch (const Error& error) {
      const std::string message = error.what();
      if (write(ends[1], message.data(), message.size()) < 0) _exit(1);
    }
    _exit(0);
  }
  close(ends[1]);
  std::string message(1000, '\0');
  message.resize(size_t(std::max<ssize_t>(read(ends[0], message.data(), message.size()), 0)));
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return message;
}

}  // namespace

TEST_CASE("two kernels of one op for one backend are an error that names both", "[engine]") {
  KernelRegistry registry;
  registry.add(typeid(Relu), Backend::cpu, kNothing);
  registry.add(typeid(Relu), Backend::ref, kNothing);
  registry.add(typeid(Tanh), Backend::cpu, kNothing);
  REQUIRE_NOTHROW(registry.check_unique());
  CHECK(registry.find(typeid(Relu), Backend::ref));
  CHECK(!registry.find(typeid(Tanh), Backend::ref));

  REQUIRE_NOTHROW(registry.add(typeid(Relu), Backend::cpu, kNothing));
  REQUIRE_THROWS_WITH(registry.check_unique(), Contains("two are registered for tuna::Relu on cpu;"));
  registry.add(typeid(Tanh), Backend::cpu, kNothing);
  REQUIRE_THROWS_WITH(registry.check_unique(), Contains("tuna::Relu on cpu, tuna::Tanh on cpu;"));
}

TEST_CASE("no program runs if two kernels are registered for one op", "[engine]") {
  REQUIRE_NOTHROW(check_kernels());
  const std::string message = error_elsewhere([] {
    register_kernel(typeid(Relu), Backend::cpu, kNothing);
    find_kernel(Tanh(), Backend::ref);
  });
  CHECK_THAT(message, Contains("tuna::Relu on cpu"));
}

}  // namespace tuna
