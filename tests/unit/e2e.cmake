# SPDX-License-Identifier: Apache-2.0
# The auditor's tool as a person meets it, and the benchmark's own program.
assay_e2e_test(files ${CMAKE_CURRENT_LIST_DIR}/../e2e/files.sh)

add_executable(bench ${CMAKE_CURRENT_LIST_DIR}/../bench/bench.c)
