#include "engine/compile/defined_by.h"

#include <map>

namespace tuna {
namespace {

std::map<std::type_index, Definition>& definitions() {
  static std::map<std::type_index, Definition> all;
  return all;
}

}  // namespace

void register_definition(std::type_index op, Definition definition) { definitions()[op] = std::move(definition); }

const Definition* find_definition(const Op& op) {
  const auto found = definitions().find(typeid(op));
  return found == definitions().end() ? nullptr : &found->second;
}

}  // namespace tuna
