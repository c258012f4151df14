# SPDX-License-Identifier: Apache-2.0
# The owner's probe, with a made-up CUDA driver in a folder of its own.
if(ASSAY_PROBE)
  set(mock ${CMAKE_CURRENT_LIST_DIR}/../mock)
  set(e2e ${CMAKE_CURRENT_LIST_DIR}/../e2e)
  add_library(cuda-mock SHARED
    ${mock}/mock.c ${mock}/cuda_mock.c ${mock}/cuda_mock_burst.c)
  target_include_directories(cuda-mock PRIVATE
    ${CMAKE_SOURCE_DIR}/probe ${CMAKE_SOURCE_DIR}/verifier/common
    ${CMAKE_SOURCE_DIR}/include)
  set_target_properties(cuda-mock PROPERTIES
    OUTPUT_NAME cuda SOVERSION 1
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test-bin/cuda)

  assay_unit_test(test_probe
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_probe.c
      ${CMAKE_CURRENT_LIST_DIR}/testkit.c ${CMAKE_CURRENT_LIST_DIR}/trap.c
    LIBRARIES assay-probe-parts assay-core)
  add_dependencies(test_probe cuda-mock)
  set_property(TEST test_probe APPEND PROPERTY ENVIRONMENT
    "LD_LIBRARY_PATH=${CMAKE_BINARY_DIR}/test-bin/cuda")

  add_executable(probe-text ${e2e}/probe_text.c)
  target_link_libraries(probe-text PRIVATE assay-probe-parts)
  assay_e2e_test(e2e_probe ${e2e}/probe.sh)
  assay_e2e_test(e2e_probe_ptx ${e2e}/probe_ptx.sh)
endif()
