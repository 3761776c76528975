#include "kernels/libraries/onednn.h"

#ifdef TUNA_HAS_ONEDNN

#include <sys/mman.h>

#include <cstdlib>

#include "engine/base/cpu.h"
#include "engine/runtime/memory.h"

namespace tuna::onednn {

namespace {

// oneDNN obeys ONEDNN_MAX_CPU_ISA itself; it takes a limit only before its first use.
dnnl::engine limited_engine() {
  if (!std::getenv("ONEDNN_MAX_CPU_ISA") && usable_instruction_set() == InstructionSet::avx2)
    dnnl::set_max_cpu_isa(dnnl::cpu_isa::avx2);
  return dnnl::engine(dnnl::engine::kind::cpu, 0);
}

}  // namespace

const dnnl::engine& engine() {
  static const dnnl::engine cpu = limited_engine();
  return cpu;
}

void check_memory_to_create(const std::string& what) {
  constexpr size_t kEnough = 32 << 20;  // a primitive of several kernels takes a few MiB
  void* memory = mmap(nullptr, kEnough, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw OutOfMemory("out of memory: oneDNN cannot prepare " + what);
  munmap(memory, kEnough);
}

dnnl::primitive_attr attributes() {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attr;
}

#if DNNL_VERSION_MAJOR >= 3
std::string layout_name(const dnnl::memory::desc& desc) {
  return fmt::format("onednn {} {} {}", fmt::join(desc.get_strides(), ","), fmt::join(desc.get_inner_blks(), ","),
                     fmt::join(desc.get_inner_idxs(), ","));
}
#else
std::string layout_name(const dnnl::memory::desc& desc) {
  const auto& blocking = desc.data.format_desc.blocking;
  return fmt::format("onednn {} {} {}", fmt::join(blocking.strides, blocking.strides + desc.data.ndims, ","),
                     fmt::join(blocking.inner_blks, blocking.inner_blks + blocking.inner_nblks, ","),
                     fmt::join(blocking.inner_idxs, blocking.inner_idxs + blocking.inner_nblks, ","));
}
#endif

void Call::bind(int argument, const dnnl::memory::desc& desc) {
  arguments[argument] = dnnl::memory(desc, engine(), nullptr);
}

void Call::point(int argument, const void* data) { arguments.at(argument).set_data_handle(const_cast<void*>(data)); }

void Call::execute() {
  static dnnl::stream in_order(engine());
  primitive.execute(in_order, arguments);
  in_order.wait();
}

std::shared_ptr<Call> reorder(const dnnl::memory::desc& from, const dnnl::memory::desc& to) {
  auto call = std::make_shared<Call>();
  call->primitive = dnnl::reorder(dnnl::reorder::primitive_desc(engine(), from, engine(), to));
  call->bind(DNNL_ARG_FROM, from);
  call->bind(DNNL_ARG_TO, to);
  return call;
}

void run_reorder(Call& call, const void* from, void* to) {
  call.point(DNNL_ARG_FROM, from);
  call.point(DNNL_ARG_TO, to);
  call.execute();
}

}  // namespace tuna::onednn

namespace tuna {
std::string onednn_version() {
  const dnnl::version_t& version = *dnnl::version();
  return fmt::format("oneDNN {}.{}.{}", version.major, version.minor, version.patch);
}
}  // namespace tuna

#else

namespace tuna {
std::string onednn_version() { return "none"; }
}  // namespace tuna

#endif
