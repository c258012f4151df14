# SPDX-License-Identifier: Apache-2.0
# Tests of platform/.  A test that ends with 77 is reported as skipped.
function(assay_platform_test name)
  add_executable(test_${name}
    ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/test_${name}.c
    ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/tree.c)
  target_include_directories(test_${name} PRIVATE
    ${CMAKE_CURRENT_FUNCTION_LIST_DIR} ${CMAKE_SOURCE_DIR}/platform)
  target_link_libraries(test_${name} PRIVATE
    assay-platform PkgConfig::CMOCKA ${ARGN})
  add_test(NAME ${name} COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES
    SKIP_RETURN_CODE 77 TIMEOUT 300
    ENVIRONMENT "ASSAY_FIXTURES=${CMAKE_SOURCE_DIR}/tests/fixtures")
endfunction()

assay_platform_test(platform)
assay_platform_test(rot_tpm)
target_sources(test_rot_tpm PRIVATE ${CMAKE_CURRENT_LIST_DIR}/tpm_lab.c)
if(ASSAY_SIMULATED)
  assay_platform_test(recorded)
  assay_platform_test(simulated ${MBEDX509_LIBRARY} ${MBEDCRYPTO_LIBRARY})
  set_property(TEST simulated APPEND PROPERTY ENVIRONMENT
    "ASSAY_SIMULATED_BOARD=$<TARGET_FILE:assay-simulated-board>")
endif()

# The profiles of the agent's processes, violated on purpose.
if(ASSAY_SIMULATED)
  assay_platform_test(sandbox)
  target_sources(test_sandbox PRIVATE ${CMAKE_CURRENT_LIST_DIR}/testkit.c)
endif()
