// Work on many images, with progress on the console, which a signal ends.
#pragma once

#include <functional>
#include <string>

#include "data/on_threads.h"
#include "training/run/console.h"
#include "training/run/session.h"
#include "training/run/stop_signal.h"

namespace tuna {

/// Calls work(done), where done(n) says that n of these images are done.  After a signal it throws Interrupted with
/// the message, unless the work is complete.
template <class Work>
void work_on_images(const std::string& what, size_t images, const std::function<std::string(size_t)>& stopped,
                    Work work) {
  const StopSignal signal;
  Console console;
  console.begin(what, 0, int64_t(images), "images");
  work([&](size_t done) {
    console.step(int64_t(done), "");
    if (done == images || !StopSignal::requested()) return;
    console.end();
    throw Interrupted(stopped(done));
  });
  console.end();
}

}  // namespace tuna
