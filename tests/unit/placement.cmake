# SPDX-License-Identifier: Apache-2.0
# Where accelerators are: inventories.
set(here ${CMAKE_CURRENT_LIST_DIR})
assay_unit_test(test_inventory
  SOURCES ${here}/test_inventory.c ${here}/testkit.c
  LIBRARIES assay-forge)
if(ASSAY_SIMULATED)
  assay_e2e_test(inventory ${here}/../e2e/inventory.sh)
endif()
