# SPDX-License-Identifier: Apache-2.0
# Tests of libassay, through the forge: a mock root of trust.
set(here ${CMAKE_CURRENT_LIST_DIR})
add_library(assay-forge STATIC EXCLUDE_FROM_ALL
  ${here}/forge.c ${here}/forge_device.c ${here}/forge_log.c
  ${here}/forge_ima.c ${here}/world.c)
target_include_directories(assay-forge PUBLIC
  ${here} ${CMAKE_SOURCE_DIR}/verifier)
target_link_libraries(assay-forge PUBLIC assay-inside)

foreach(part anchors eventlog policy result quote_files)
  assay_unit_test(test_${part}
    SOURCES ${here}/test_${part}.c ${here}/testkit.c
    LIBRARIES assay-forge)
endforeach()
foreach(part bundle quote host)
  assay_unit_test(test_verify_${part}
    SOURCES ${here}/test_verify_${part}.c ${here}/verify_rows.c
      ${here}/testkit.c
    LIBRARIES assay-forge)
endforeach()

# Chains, revocation lists and OCSP responses, wrong in one way each.
add_library(assay-x509-forge STATIC EXCLUDE_FROM_ALL
  ${here}/x509_forge.c ${here}/ocsp_forge.c)
target_include_directories(assay-x509-forge PUBLIC ${here})
target_link_libraries(assay-x509-forge PUBLIC assay-inside)
foreach(part chain ocsp)
  assay_unit_test(test_${part}
    SOURCES ${here}/test_${part}.c ${here}/testkit.c
    LIBRARIES assay-x509-forge)
endforeach()

# Every bit, every length: split so that the parts run side by side.
add_executable(test_mutation ${here}/test_mutation.c ${here}/testkit.c)
target_link_libraries(test_mutation PRIVATE assay-forge PkgConfig::CMOCKA)
foreach(part RANGE 1 2)
  add_test(NAME test_mutation_${part} COMMAND test_mutation ${part} 2)
  set_tests_properties(test_mutation_${part} PROPERTIES TIMEOUT 600)
endforeach()
