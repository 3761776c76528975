// The `ref` kernel of an op that is defined by other ops: records and runs those.  One definition then serves as the
// reference of tests, of finite differences and of benchmarks.
#pragma once

#include <cstring>
#include <functional>
#include <string>
#include <typeindex>

#include "engine/compile/compile.h"
#include "engine/program/kernel_registry.h"

namespace tuna {

/// Records the plain ops that define an op, and returns its outputs.
using Definition = std::function<Tensors(const Op&, const Tensors& in)>;

void register_definition(std::type_index op, Definition definition);

/// Null if the op is not defined by other ops.
const Definition* find_definition(const Op& op);

/// Takes define(const O&, const Tensors& in), which records the plain ops and returns the outputs.
template <class O>
struct DefinedBy {
  template <class Define>
  explicit DefinedBy(Define define) {
    register_definition(typeid(O),
                        [define](const Op& op, const Tensors& in) { return define(static_cast<const O&>(op), in); });
    KernelFor<O, Backend::ref>([define](const O& op, const Types& in, const Types& out, const Target& target) {
      struct Definition {
        State state;
        Executable executable;
      };
      const auto plain = std::make_shared<Definition>();
      Program program(real_type(in, out), Fusion::off);
      Tensors inputs;
      for (size_t i = 0; i < in.size(); ++i) inputs.push_back(program.input("in " + std::to_string(i), in[i]));
      const Tensors outputs = define(op, inputs);
      check(outputs.size() == out.size(), "{}: {} outputs, its definition has {}", op.name(), out.size(),
            outputs.size());
      for (size_t i = 0; i < out.size(); ++i) program.output("out " + std::to_string(i), outputs[i]);
      plain->executable = compile(program, target, plain->state);

      return Prepared{0, [plain](const Args& args, Stream&) {
                        const auto copy = [](const View& to, const View& from) {
                          std::memcpy(to.memory, from.memory, to.type.bytes());
                        };
                        for (size_t i = 0; i < args.in.size(); ++i)
                          copy(plain->executable.input("in " + std::to_string(i)), args.in[i]);
                        plain->executable.run();
                        for (size_t i = 0; i < args.out.size(); ++i)
                          copy(args.out[i], plain->executable.output("out " + std::to_string(i)));
                      }};
    });
  }
};

}  // namespace tuna
