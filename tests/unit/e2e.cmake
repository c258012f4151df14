# SPDX-License-Identifier: Apache-2.0
# The auditor's tool as a person meets it, and the benchmark's own program.
assay_e2e_test(files ${CMAKE_CURRENT_LIST_DIR}/../e2e/files.sh)
assay_e2e_test(e2e_ocsp ${CMAKE_CURRENT_LIST_DIR}/../e2e/ocsp.sh)

add_executable(bench ${CMAKE_CURRENT_LIST_DIR}/../bench/bench.c)

# GPU evidence beside the bare signature check, by two libraries.
pkg_check_modules(LIBCRYPTO IMPORTED_TARGET libcrypto)
if(LIBCRYPTO_FOUND)
  add_executable(bench-gpu ${CMAKE_CURRENT_LIST_DIR}/../bench/bench_gpu.c)
  target_link_libraries(bench-gpu PRIVATE assay-inside PkgConfig::LIBCRYPTO)
endif()
