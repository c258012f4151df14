# SPDX-License-Identifier: Apache-2.0
# Every library that assay links, by the layer that may link it.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# core
find_package(ZLIB REQUIRED)
pkg_check_modules(CBOR REQUIRED IMPORTED_TARGET libcbor)
find_library(MBEDCRYPTO_LIBRARY mbedcrypto REQUIRED)
find_library(MBEDX509_LIBRARY mbedx509 REQUIRED)
find_library(MBEDTLS_LIBRARY mbedtls REQUIRED)

# platform and agent
pkg_check_modules(TSS2_SYS REQUIRED IMPORTED_TARGET tss2-sys tss2-mu)
pkg_check_modules(TSS2_TCTI REQUIRED IMPORTED_TARGET
  tss2-tcti-device tss2-tcti-swtpm)
pkg_check_modules(INIH REQUIRED IMPORTED_TARGET inih)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)

# verifier
pkg_check_modules(MICROHTTPD REQUIRED IMPORTED_TARGET libmicrohttpd)
pkg_check_modules(SQLITE3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(LIBXML2 REQUIRED IMPORTED_TARGET libxml-2.0)

# tests
if(ASSAY_TESTS)
  pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
endif()
