# SPDX-License-Identifier: Apache-2.0
# What was built, in digests: SHA256SUMS, as sha256sum -c reads it, and
# BUILDINFO, with what.  The same source with the same BUILDINFO gives the
# same SHA256SUMS; cmake/reproduce.sh tries it.

# first_line(VAR COMMAND...): what a program says first, or "unknown".
function(first_line var)
  execute_process(COMMAND ${ARGN}
    OUTPUT_VARIABLE said ERROR_QUIET RESULT_VARIABLE rc)
  string(REGEX REPLACE "[\r\n].*" "" said "${said}")
  if(NOT rc EQUAL 0 OR said STREQUAL "")
    set(said unknown)
  endif()
  set(${var} "${said}" PARENT_SCOPE)
endfunction()

first_line(compiler ${CMAKE_C_COMPILER} --version)
first_line(linker ${CMAKE_LINKER} --version)
first_line(libc getconf GNU_LIBC_VERSION)
set(info "assay ${PROJECT_VERSION}\n")
string(APPEND info "processor ${CMAKE_SYSTEM_PROCESSOR}\n"
  "type ${CMAKE_BUILD_TYPE}\n" "authority ${ASSAY_AUTHORITY}\n"
  "compiler ${compiler}\n" "linker ${linker}\n" "libc ${libc}\n")
foreach(module inih jansson libcbor libmicrohttpd libseccomp libxml-2.0
    sqlite3 tss2-sys tss2-tcti-device zlib)
  first_line(version ${PKG_CONFIG_EXECUTABLE} --modversion ${module})
  string(APPEND info "${module} ${version}\n")
endforeach()
find_path(MBEDTLS_INCLUDE mbedtls/version.h)
file(GLOB headers ${MBEDTLS_INCLUDE}/mbedtls/version.h
  ${MBEDTLS_INCLUDE}/mbedtls/build_info.h)
set(version unknown)
foreach(header IN LISTS headers)
  file(STRINGS ${header} line REGEX "define MBEDTLS_VERSION_STRING ")
  if(line MATCHES "\"(.*)\"")
    set(version ${CMAKE_MATCH_1})
  endif()
endforeach()
string(APPEND info "mbedtls ${version}\n")
file(WRITE ${CMAKE_BINARY_DIR}/BUILDINFO "${info}")

set(files "")
set(targets "")
foreach(target assay assay-agent assay-enroll assay-inband assay-probe
    assay-rim-import assay-tool assay-verifier)
  if(TARGET ${target})
    list(APPEND targets ${target})
    list(APPEND files $<TARGET_FILE:${target}>)
  endif()
endforeach()
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/SHA256SUMS
  COMMAND ${CMAKE_COMMAND} -DROOT=${CMAKE_BINARY_DIR} "-DFILES=${files}"
    -DOUT=${CMAKE_BINARY_DIR}/SHA256SUMS
    -P ${CMAKE_SOURCE_DIR}/cmake/sums.cmake
  DEPENDS ${targets} ${CMAKE_SOURCE_DIR}/cmake/sums.cmake
  VERBATIM)
add_custom_target(assay-digests ALL DEPENDS ${CMAKE_BINARY_DIR}/SHA256SUMS)
