# SPDX-License-Identifier: Apache-2.0
option(ASSAY_TESTS "Build the tests" ON)
option(ASSAY_FUZZ "Build the fuzzers (clang only)" OFF)
option(ASSAY_PROBE "Build assay-probe and assay-inband, which the owner of a GPU may run" ON)
option(ASSAY_SIMULATED "Build simulated and recorded boards; never in a package" ON)
set(ASSAY_SANITIZE "" CACHE STRING "address, undefined or empty")
option(ASSAY_COVERAGE "Measure coverage (gcc)" OFF)
option(ASSAY_WERROR "Treat warnings as errors" ON)
set(ASSAY_AUTHORITY "assay.example,2026" CACHE STRING
  "Authority and date of the tag URI that names the evidence profile")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
