# SPDX-License-Identifier: Apache-2.0
# Endorsement keys, who vouches for them, credentials for them.
set(here ${CMAKE_CURRENT_LIST_DIR})
assay_unit_test(test_credential
  SOURCES ${here}/test_credential.c ${here}/testkit.c
  LIBRARIES assay-forge)

pkg_check_modules(LIBCRYPTO IMPORTED_TARGET libcrypto)
if(LIBCRYPTO_FOUND)
  assay_unit_test(test_ek
    SOURCES ${here}/test_ek.c ${here}/testkit.c
    LIBRARIES assay-inside PkgConfig::LIBCRYPTO)
endif()

assay_unit_test(test_ek_revoked
  SOURCES ${here}/test_ek_revoked.c ${here}/testkit.c
  LIBRARIES assay-x509-forge)

add_executable(make-credential ${here}/../e2e/make_credential.c)
target_link_libraries(make-credential PRIVATE assay-inside)
assay_e2e_test(ek ${here}/../e2e/ek.sh)
if(ASSAY_SIMULATED)
  assay_e2e_test(ek_crl ${here}/../e2e/ek_crl.sh)
endif()
if(ASSAY_SIMULATED)
  assay_e2e_test(enrol ${here}/../e2e/enrol.sh)
  assay_e2e_test(continuity ${here}/../e2e/continuity.sh)
endif()
