# SPDX-License-Identifier: Apache-2.0
# Tests of core.
foreach(part bytes dcbor cmw deflate evidence claims tpm tpm_key)
  assay_unit_test(test_${part}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_${part}.c
      ${CMAKE_CURRENT_LIST_DIR}/testkit.c
    LIBRARIES assay-forge)
endforeach()
