# SPDX-License-Identifier: Apache-2.0
# Where accelerators are: inventories.
set(here ${CMAKE_CURRENT_LIST_DIR})
foreach(part inventory history)
  assay_unit_test(test_${part}
    SOURCES ${here}/test_${part}.c ${here}/testkit.c
    LIBRARIES assay-forge)
endforeach()
if(ASSAY_SIMULATED)
  assay_e2e_test(inventory ${here}/../e2e/inventory.sh)
endif()
