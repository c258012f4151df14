# SPDX-License-Identifier: Apache-2.0
# What vendors' drivers and libraries say, and how it goes when they do not.
# The mock has the fixed name of NVIDIA's library, in a folder of its own.
set(mock ${CMAKE_CURRENT_LIST_DIR}/../mock)
add_library(nvml-mock SHARED
  ${mock}/mock.c ${mock}/nvml_mock.c ${mock}/nvml_mock_get.c ${mock}/nvml_mock_cc.c)
target_include_directories(nvml-mock PRIVATE ${CMAKE_SOURCE_DIR}/platform)
set_target_properties(nvml-mock PROPERTIES
  OUTPUT_NAME nvidia-ml SOVERSION 1
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test-bin/nvml)

# The in-band library beside it, and the kernel in front of the C library.
add_library(corelib-mock SHARED ${mock}/mock.c ${mock}/corelib_mock.c)
target_include_directories(corelib-mock PRIVATE ${CMAKE_SOURCE_DIR}/probe)
set_target_properties(corelib-mock PROPERTIES
  OUTPUT_NAME corelib SOVERSION 1
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test-bin/nvml)
set(kernel_mock ${mock}/tsm_mock.c ${mock}/gaudi_mock.c)
add_library(kernel-mock SHARED ${kernel_mock})
if(ASSAY_SANITIZE)
  # It stands in front of programs that have no sanitizer.
  target_compile_options(kernel-mock PRIVATE -fno-sanitize=all)
  target_link_options(kernel-mock PRIVATE -fno-sanitize=all)
endif()
set_target_properties(kernel-mock PROPERTIES
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test-bin/kernel)

foreach(part nvidia_platform amdgpu intel gaudi tsm)
  assay_platform_test(${part})
  target_sources(test_${part} PRIVATE
    ${CMAKE_CURRENT_LIST_DIR}/vendor_tree.c)
endforeach()
if(ASSAY_PROBE)
  assay_platform_test(inband assay-inband-parts)
  target_sources(test_inband PRIVATE ${CMAKE_CURRENT_LIST_DIR}/vendor_tree.c)
endif()
foreach(part nvidia_platform inband)
  if(TARGET test_${part})
    target_sources(test_${part} PRIVATE ${CMAKE_CURRENT_LIST_DIR}/trap.c)
    target_link_libraries(test_${part} PRIVATE ${CMAKE_DL_LIBS})
    add_dependencies(test_${part} nvml-mock corelib-mock)
    set_property(TEST ${part} APPEND PROPERTY ENVIRONMENT
      "LD_LIBRARY_PATH=${CMAKE_BINARY_DIR}/test-bin/nvml")
  endif()
endforeach()
foreach(part gaudi tsm)
  target_sources(test_${part} PRIVATE ${kernel_mock})
  target_include_directories(test_${part} PRIVATE ${mock})
endforeach()

assay_e2e_test(e2e_measure ${CMAKE_CURRENT_LIST_DIR}/../e2e/measure.sh)
