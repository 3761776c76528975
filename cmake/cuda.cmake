# Backend cuda: every .cu of kernels/ compiled by nvcc into the engine, if nvcc is found and works.
if(NOT use_cuda)
  message(STATUS "Backend cuda: not built (${no_cuda})")
  return()
endif()

set(ENV{CUDACXX} ${TUNA_NVCC})
if(NOT DEFINED CMAKE_CUDA_HOST_COMPILER AND NOT DEFINED ENV{CUDAHOSTCXX})
  set(ENV{CUDAHOSTCXX} ${CMAKE_CXX_COMPILER})
endif()
set(CMAKE_CUDA_RUNTIME_LIBRARY Static)  # so that the program starts without a driver
if(TUNA_CUDA STREQUAL "AUTO")
  include(CheckLanguage)
  check_language(CUDA)
  if(NOT CMAKE_CUDA_COMPILER)
    message(STATUS "Backend cuda: not built (${TUNA_NVCC} does not work with its host compiler; CUDAHOSTCXX names another)")
    return()
  endif()
endif()
set(architectures ${TUNA_CUDA_ARCHITECTURES})
if(NOT architectures)
  set(architectures ${CMAKE_CUDA_ARCHITECTURES})
endif()
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 75)  # for CMake's own trials
endif()
enable_language(CUDA)
set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)  # CMake 3.25 does not know C++20 of nvcc 13
# CMake may not detect that nvcc's host compiler searches /usr/include; naming it hides the headers after it.
list(APPEND CMAKE_CUDA_IMPLICIT_INCLUDE_DIRECTORIES ${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES})

if(NOT architectures)
  set(architectures 75-real 80-real 86-real 89-real 90)  # the last one as PTX too, for newer GPUs
  if(CMAKE_CUDA_COMPILER_VERSION VERSION_LESS 13)
    list(PREPEND architectures 70-real)  # the V100
  endif()
endif()
# -Wpedantic would warn about code that nvcc generates; host code that only launches kernels needs no sanitizers.
set(host_flags ${TUNA_FLAGS})
list(FILTER host_flags EXCLUDE REGEX "^(-Wpedantic|-fsanitize.*|-fno-sanitize.*)$")
list(JOIN host_flags "," host_flags)
set(flags -Xcompiler=${host_flags})
if(CMAKE_CUDA_COMPILER_VERSION VERSION_LESS 13)
  list(APPEND flags -Wno-deprecated-gpu-targets)  # the last versions of CUDA 12 warn about the V100
endif()
if(TUNA_WERROR)
  list(APPEND flags -Werror=all-warnings)
endif()
# Compiles these .cu files by nvcc into a target.
macro(target_kernels target)
  target_sources(${target} PRIVATE ${ARGN})
  set_target_properties(${target} PROPERTIES CUDA_ARCHITECTURES "${architectures}")
  target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CUDA>:${flags}>")
  # fmt 9 assumes that nvcc does not support constexpr functions, and then does not compile as C++20.
  target_compile_definitions(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CUDA>:FMT_USE_CONSTEXPR=1>")
endmacro()
target_kernels(tuna_engine ${TUNA_KERNELS} engine/runtime/cuda_probe.cu)
message(STATUS "Backend cuda: nvcc ${CMAKE_CUDA_COMPILER_VERSION} for ${architectures}")

list(JOIN architectures " " kernels_for)
set_source_files_properties(engine/runtime/cuda_runtime.cpp PROPERTIES COMPILE_DEFINITIONS "TUNA_CUDA_ARCHITECTURES=\"${kernels_for}\"")
target_compile_definitions(tuna_engine PUBLIC TUNA_HAS_CUDA)
target_include_directories(tuna_engine SYSTEM PUBLIC ${CMAKE_CUDA_TOOLKIT_INCLUDE_DIRECTORIES} ${CUDNN_INCLUDE_DIR}
                           ${CUBLAS_INCLUDE_DIR} ${NVTX_INCLUDE_DIR})
target_link_libraries(tuna_engine PUBLIC ${CUDNN_LIBRARY} ${CUBLAS_LIBRARY} ${CMAKE_DL_LIBS})
message(STATUS "Libraries of backend cuda: cuDNN ${CUDNN_VERSION}, ${CUDNN_LIBRARY}; cuBLAS, ${CUBLAS_LIBRARY}")
