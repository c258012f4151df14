# SPDX-License-Identifier: Apache-2.0
# Tests of reference values: manifests that are wrong in one way each, the
# normal form, genuine manifests, the program.
set(here ${CMAKE_CURRENT_LIST_DIR})
add_library(assay-rim-forge STATIC EXCLUDE_FROM_ALL ${here}/rim_forge.c)
target_link_libraries(assay-rim-forge PUBLIC assay-rim assay-forge)

foreach(part rim_xml rim_corim rim_loose reference rim_samples)
  assay_unit_test(test_${part}
    SOURCES ${here}/test_${part}.c ${here}/testkit.c
    LIBRARIES assay-rim-forge)
endforeach()
assay_unit_test(test_rim_revocation
  SOURCES ${here}/test_rim_revocation.c ${here}/testkit.c
  LIBRARIES assay-rim-forge assay-x509-forge)
assay_e2e_test(rim ${here}/../e2e/rim.sh)
