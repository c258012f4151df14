# SPDX-License-Identifier: Apache-2.0
# Recorded SPDM exchanges: made-up ones with one thing wrong, genuine ones.
foreach(part spdm spdm_container spdm_measured spdm_flips)
  assay_unit_test(test_${part}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_${part}.c
      ${CMAKE_CURRENT_LIST_DIR}/spdm_talk.c
      ${CMAKE_CURRENT_LIST_DIR}/spdm_rows.c
      ${CMAKE_CURRENT_LIST_DIR}/testkit.c
    LIBRARIES assay-forge)
endforeach()
