# SPDX-License-Identifier: Apache-2.0
# What NVIDIA devices sign of themselves.
assay_unit_test(test_nvidia
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_nvidia.c
  LIBRARIES assay-inside)
