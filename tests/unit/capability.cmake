# SPDX-License-Identifier: Apache-2.0
# The capability class: predicates, tables, signatures, identity, classes.
set(here ${CMAKE_CURRENT_LIST_DIR})
foreach(part expression tables capability classify)
  assay_unit_test(test_${part}
    SOURCES ${here}/test_${part}.c ${here}/testkit.c
    LIBRARIES assay-forge)
endforeach()
foreach(part tables capability classify)
  target_sources(test_${part} PRIVATE ${here}/chip_kit.c)
endforeach()
assay_e2e_test(e2e_classify ${here}/../e2e/classify.sh)
