// tuning.json.
#include "kernels/conv/tuning_file.h"
#include "tests/fuzz/target.h"

void tuna::read_as_file(const std::string& bytes) {
  const ConvChoices choices = parse_tuning(bytes, "file");
  const ConvChoices again = parse_tuning(tuning_json(choices), "again");
  must_hold(again.place == choices.place && again.convolutions == choices.convolutions, "the same is read again");
}
