// The images of both domains that a phase takes.
#pragma once

#include "data/loader.h"
#include "engine/base/fields.h"
#include "training/evaluation/validators.h"

namespace tuna {

struct BothDomains {
  int64_t steps_per_epoch = 0, batch = 1;
  Augmentation augmentation;
  Select select = Select::last;

  template <class Fields>
  void fields(Fields& field) {
    field("steps_per_epoch", steps_per_epoch, "Steps of an epoch; 0: as many as the larger domain needs.",
          closed(0, 100000000));
    field("batch", batch, "Images of each domain per step.", closed(1, 4096));
    field("augmentation", augmentation, "Random changes of the images, drawn anew each time and for each domain.");
    select_field(field, select);
  }
  bool operator==(const BothDomains&) const = default;
};

}  // namespace tuna
