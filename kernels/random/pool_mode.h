// What happens to one image of a batch at the image pool: the second number of its decision.
#pragma once

namespace tuna {

enum PoolMode : int {
  kPoolPass = 0,      // it passes through and is not stored
  kPoolFill = 1,      // it is stored in a slot and passes through: while the pool fills
  kPoolExchange = 2,  // it is stored in a slot, and the image that was there comes out
};

}  // namespace tuna
