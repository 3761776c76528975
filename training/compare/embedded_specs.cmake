# Writes OUTPUT, the definition of embedded_table1_specs() (table1.h), from the specs in FOLDER, in the order of the table.
set(rows no-adapt no-adapt-resnet-50 cycle-gan adda cycada tuna-net tuna-net-literal ablation-a ablation-b ablation-c
         ada-bn dann mcc supervised)
set(specs "")
foreach(row IN LISTS rows)
  file(READ "${FOLDER}/${row}.json" text)
  string(APPEND specs "      {\"${row}.json\", R\"json(${text})json\"},\n")
endforeach()
file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT [[
#include "training/compare/table1.h"

namespace tuna {

const std::vector<EmbeddedSpec>& embedded_table1_specs() {
  static const std::vector<EmbeddedSpec> specs = {
@specs@  };
  return specs;
}

}  // namespace tuna
]])
