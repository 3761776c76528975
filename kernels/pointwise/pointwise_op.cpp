#include "kernels/pointwise/pointwise_op.h"

namespace tuna {

Types type_of_all(const Op& op, const Types& in) {
  for (const Type& type : in) check(type == in[0], "{}: {} and {} differ", op.name(), in[0], type);
  return {in[0]};
}

}  // namespace tuna
