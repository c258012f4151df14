# SPDX-License-Identifier: Apache-2.0
# One place for the language, the warnings, the hardening, the sanitizers.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)

add_compile_definitions(_GNU_SOURCE ASSAY_VERSION="${PROJECT_VERSION}"
  ASSAY_AUTHORITY="${ASSAY_AUTHORITY}")
# The same source gives the same bytes, wherever, whenever and by whomever it
# is built (cmake/reproduce.sh): no path of this machine, no date, archives
# without owners and times, libraries found beside the program, and a build id
# that is the digest of what was linked.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=
  -ffile-prefix-map=${CMAKE_BINARY_DIR}/=build/ -Werror=date-time)
add_link_options(-Wl,--build-id=sha1)
set(CMAKE_C_ARCHIVE_CREATE "<CMAKE_AR> qcD <TARGET> <LINK_FLAGS> <OBJECTS>")
set(CMAKE_C_ARCHIVE_APPEND "<CMAKE_AR> qD <TARGET> <LINK_FLAGS> <OBJECTS>")
set(CMAKE_C_ARCHIVE_FINISH "<CMAKE_RANLIB> -D <TARGET>")

add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion
  -Wshadow -Wcast-qual -Wvla -Wformat=2 -Wmissing-prototypes
  -Wstrict-prototypes -Wold-style-definition -Wswitch-enum -Wundef
  -Wwrite-strings -Wpointer-arith -Wnull-dereference -Wimplicit-fallthrough)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wlogical-op -Wduplicated-cond -Wduplicated-branches)
endif()
if(ASSAY_WERROR)
  # mbedTLS 3.6 deprecates what 2.28 has nothing else for.
  add_compile_options(-Werror -Wno-error=deprecated-declarations)
endif()

# Hardening after the OpenSSF compiler guide; asserts stay in every build.
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELEASE "${CMAKE_C_FLAGS_RELEASE}")
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELWITHDEBINFO
  "${CMAKE_C_FLAGS_RELWITHDEBINFO}")
add_compile_options(-fstack-protector-strong -fno-delete-null-pointer-checks
  -fno-strict-overflow)
include(CheckCCompilerFlag)
check_c_compiler_flag(-ftrivial-auto-var-init=zero HAVE_AUTO_VAR_INIT)
if(HAVE_AUTO_VAR_INIT)
  add_compile_options(-ftrivial-auto-var-init=zero)
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64")
  add_compile_options(-fcf-protection=full -fstack-clash-protection)
endif()
if(NOT ASSAY_SANITIZE AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
add_link_options(-Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,-z,separate-code
  -Wl,--as-needed)
set(CMAKE_EXE_LINKER_FLAGS "${CMAKE_EXE_LINKER_FLAGS} -pie")

if(ASSAY_SANITIZE)
  add_compile_definitions(ASSAY_SANITIZED)
  add_compile_options(-fsanitize=${ASSAY_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ASSAY_SANITIZE})
else()
  add_link_options(-Wl,-z,defs)
endif()
if(ASSAY_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
