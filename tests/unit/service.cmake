# SPDX-License-Identifier: Apache-2.0
# Tests of the verifier service.
foreach(name store store_devices enrol media)
  assay_unit_test(test_${name}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_${name}.c
      ${CMAKE_CURRENT_LIST_DIR}/store_file.c
    LIBRARIES assay-service)
endforeach()
assay_unit_test(test_appraiser
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_appraiser.c
  LIBRARIES assay-service assay-core)
assay_e2e_test(e2e_service ${CMAKE_CURRENT_LIST_DIR}/../e2e/service.sh)

# The forge has libassay within itself; the service the one that is shipped.
foreach(part ima devices)
  assay_unit_test(test_service_${part}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_service_${part}.c
      ${CMAKE_CURRENT_LIST_DIR}/store_file.c
    LIBRARIES assay-service assay-forge)
endforeach()
