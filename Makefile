# The two commands of the README.  Everything else is plain CMake: `cmake --list-presets` shows what can be built.
.PHONY: help demo test release configured packages python3

help:
	@echo "make demo   build, draw phantom chest X-rays, train on them, evaluate; at most 5 minutes on 2 cores after building"
	@echo "make test   build and run every test; at most 10 minutes on 2 cores after building"
	@echo "Missing Debian packages are installed first, by apt.  CXX=clang++ or CXX=g++-14 before make chooses the compiler."

demo: configured
	cmake --build --preset release --target tuna
	tools/demo

test: python3 release
	ctest --preset release

python3:
	@tools/setup/install_packages python3

release: configured
	cmake --build --preset release

configured: packages
	cmake --preset release $(CMAKE_FLAGS)

packages:
	@tools/setup/install_packages
