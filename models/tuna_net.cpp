#include "models/tuna_net.h"

namespace tuna {

TunaNet::TunaNet(Program& program, const TunaNetOptions& options, const Task& task,
                 const std::vector<std::string>& names)
    : CycleGan(program, options, task) {
  for (const std::string& name : names) classifiers.emplace(name, Classifier(program, name, options.classifier, task));
}

}  // namespace tuna
