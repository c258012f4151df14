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
  assay_e2e_test(e2e_devices ${here}/../e2e/devices.sh)
endif()

# And of what a maker says a machine was made of: platform certificates.
add_library(assay-platform-forge STATIC EXCLUDE_FROM_ALL
  ${here}/platform_forge.c)
target_include_directories(assay-platform-forge PUBLIC ${here})
target_link_libraries(assay-platform-forge PUBLIC assay-x509-forge)
assay_unit_test(test_platform_cert
  SOURCES ${here}/test_platform_cert.c ${here}/testkit.c
  LIBRARIES assay-platform-forge)
assay_unit_test(test_platform_forms
  SOURCES ${here}/test_platform_forms.c ${here}/testkit.c
  LIBRARIES assay-platform-forge)
assay_unit_test(test_platform_samples
  SOURCES ${here}/test_platform_samples.c ${here}/testkit.c
  LIBRARIES assay-inside)

add_executable(make-platform ${here}/../e2e/make_platform.c)
target_link_libraries(make-platform PRIVATE assay-platform-forge)
assay_e2e_test(platform_cert ${here}/../e2e/platform.sh)
