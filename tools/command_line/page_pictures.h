// --without-pictures, as commands that write pages take it.
#pragma once

#include <CLI/CLI.hpp>

#include "training/report/page.h"

namespace tuna {

inline void add_without_pictures(CLI::App& command, bool& without_pictures) {
  command.add_flag("--without-pictures", without_pictures,
                   "Leaves out of the page what is made from images: to share it where their licence does not allow "
                   "to share them");
}

inline PagePictures without_pictures_if(bool without_pictures) {
  return without_pictures ? PagePictures::without : PagePictures::with;
}

}  // namespace tuna
