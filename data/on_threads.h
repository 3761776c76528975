// Runs independent work on many items, such as files, on several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace tuna {

/// Is called with the number of items that are done.
using ItemsDone = std::function<void(size_t)>;

/// Starts `count` threads that call work(), or as many as the system permits: fewer do the same work.
template <class Work>
std::vector<std::thread> start_threads(int count, Work work) {
  std::vector<std::thread> threads;
  threads.reserve(size_t(std::max(count, 0)));
  try {
    for (int i = 0; i < count; ++i) threads.emplace_back(work);
  } catch (const std::system_error&) {  // no more threads
  } catch (const std::bad_alloc&) {     // no memory for one more
  }
  return threads;
}

/// Runs body(i) for 0 ... count - 1 on `threads` threads, including the caller's, or on fewer if the system permits no
/// more.  done() is called after each item, by one thread at a time.  An exception of either stops the rest and is
/// rethrown.
template <class Body>
void run_on_threads(size_t count, int threads, Body body, const ItemsDone& done = {}) {
  std::atomic<size_t> next{0};
  std::exception_ptr failure;
  std::mutex failing, counting;
  size_t finished = 0;
  const auto work = [&] {
    for (size_t i = next++; i < count; i = next++) try {
        body(i);
        if (!done) continue;
        const std::lock_guard lock(counting);
        done(++finished);
      } catch (...) {
        const std::lock_guard lock(failing);
        if (!failure) failure = std::current_exception();
        next = count;
      }
  };
  std::vector<std::thread> others = start_threads(threads - 1, work);
  work();
  for (std::thread& other : others) other.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace tuna
