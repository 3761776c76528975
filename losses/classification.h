// Eq. 3 and 4: cross-entropy with a label, or with the other classifier's prediction.
#pragma once

#include "kernels/loss/argmax.h"
#include "kernels/loss/cross_entropy.h"
