# SPDX-License-Identifier: Apache-2.0
# Published vectors; skipped when the samples are not there.
foreach(part vectors wycheproof)
  assay_unit_test(test_${part}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_${part}.c
      ${CMAKE_CURRENT_LIST_DIR}/testkit.c
    LIBRARIES assay-forge)
endforeach()
