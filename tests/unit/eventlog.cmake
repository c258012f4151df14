# SPDX-License-Identifier: Apache-2.0
# Boot logs and what is made of them: descriptions, policy, samples.
set(here ${CMAKE_CURRENT_LIST_DIR})
foreach(part events event_policy log_samples)
  assay_unit_test(test_${part}
    SOURCES ${here}/test_${part}.c ${here}/testkit.c
    LIBRARIES assay-forge)
endforeach()
