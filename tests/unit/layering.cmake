# SPDX-License-Identifier: Apache-2.0
# The layers, as the symbols of what was built tell them.
assay_e2e_test(layering
  ${CMAKE_CURRENT_LIST_DIR}/../layering/layering.sh)
assay_e2e_test(no_kill_symbols
  ${CMAKE_CURRENT_LIST_DIR}/../layering/no_kill.sh)
assay_e2e_test(negative_tests
  ${CMAKE_CURRENT_LIST_DIR}/../layering/negative_tests.sh)
