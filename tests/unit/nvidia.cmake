# SPDX-License-Identifier: Apache-2.0
# What NVIDIA devices sign of themselves.
assay_unit_test(test_nvidia
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_nvidia.c
    ${CMAKE_CURRENT_LIST_DIR}/x509_forge.c
  LIBRARIES assay-inside)
assay_unit_test(test_nvidia_topology
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_nvidia_topology.c
  LIBRARIES assay-inside)
assay_unit_test(test_nvidia_forms
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_nvidia_forms.c
    ${CMAKE_CURRENT_LIST_DIR}/spdm_talk.c ${CMAKE_CURRENT_LIST_DIR}/testkit.c
  LIBRARIES assay-rim-forge)

# Revocation lists, made by another library.
pkg_check_modules(LIBCRYPTO IMPORTED_TARGET libcrypto)
if(LIBCRYPTO_FOUND)
  assay_unit_test(test_revocation
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_revocation.c
    LIBRARIES assay-inside PkgConfig::LIBCRYPTO)
endif()
