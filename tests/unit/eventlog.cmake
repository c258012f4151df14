# SPDX-License-Identifier: Apache-2.0
# Boot logs and what is made of them: descriptions, policy, samples.
set(here ${CMAKE_CURRENT_LIST_DIR})
foreach(part events event_policy ima log_samples)
  assay_unit_test(test_${part}
    SOURCES ${here}/test_${part}.c ${here}/testkit.c
    LIBRARIES assay-forge)
endforeach()

assay_unit_test(test_verify_logs
  SOURCES ${here}/test_verify_logs.c ${here}/verify_rows.c ${here}/testkit.c
  LIBRARIES assay-forge)

assay_e2e_test(eventlog ${CMAKE_CURRENT_LIST_DIR}/../e2e/eventlog.sh)
