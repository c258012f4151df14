# SPDX-License-Identifier: Apache-2.0
# Tests of agent/: its parts, and the whole program against a software TPM
# and verifiers that misbehave.
function(assay_agent_test name)
  add_executable(test_${name}
    ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/test_${name}.c)
  target_link_libraries(test_${name} PRIVATE
    assay-agent-parts assay-platform assay-core PkgConfig::CMOCKA)
  add_test(NAME ${name} COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 120)
endfunction()

foreach(part bind devices http message session state)
  assay_agent_test(${part})
endforeach()

# The boundary, whole: [seal] and [collect] themselves, upon a MOCK of the
# root of trust.
set(agent ${CMAKE_SOURCE_DIR}/agent)
assay_agent_test(message_table)
target_sources(test_message_table PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/mock_rot.c ${CMAKE_CURRENT_LIST_DIR}/testkit.c
  ${agent}/seal.c ${agent}/enrol_seal.c ${agent}/host.c
  ${agent}/collect.c ${agent}/survey.c ${agent}/print.c)
target_include_directories(test_message_table PRIVATE
  ${CMAKE_CURRENT_LIST_DIR})

# A verifier as it must not be: a program, and its answers without a network.
set(hostile ${CMAKE_CURRENT_LIST_DIR}/../hostile-verifier)
add_executable(hostile-verifier ${hostile}/main.c ${hostile}/modes.c
  ${hostile}/replies.c ${hostile}/bodies.c)
add_executable(hostile-replies ${hostile}/hostile_replies.c
  ${hostile}/replies.c ${hostile}/bodies.c
  ${agent}/send.c ${agent}/net.c ${agent}/tls.c)
target_link_libraries(hostile-replies PRIVATE
  assay-agent-parts assay-platform assay-core PkgConfig::JANSSON
  ${MBEDTLS_LIBRARY} ${MBEDX509_LIBRARY} ${MBEDCRYPTO_LIBRARY})
target_link_options(hostile-replies PRIVATE
  -Wl,--wrap=socket,--wrap=connect,--wrap=getsockopt,--wrap=recv
  -Wl,--wrap=getaddrinfo,--wrap=freeaddrinfo)
add_test(NAME hostile_replies COMMAND hostile-replies 10000)
set_tests_properties(hostile_replies PROPERTIES TIMEOUT 600
  ENVIRONMENT ASSAY_CA=${hostile}/nobody.pem)
if(ASSAY_SIMULATED)
  add_test(NAME agent COMMAND sh
    ${CMAKE_CURRENT_LIST_DIR}/../e2e/agent.sh)
  set_tests_properties(agent PROPERTIES TIMEOUT 600
    ENVIRONMENT
    ASSAY_BIN=$<TARGET_FILE_DIR:assay-agent>)
  set_property(TEST agent APPEND PROPERTY ENVIRONMENT
    ASSAY_TEST_BIN=$<TARGET_FILE_DIR:hostile-verifier>)
endif()
if(ASSAY_SIMULATED)
  assay_e2e_test(e2e_hostile ${CMAKE_CURRENT_LIST_DIR}/../e2e/hostile.sh)
  assay_e2e_test(e2e_oneway ${CMAKE_CURRENT_LIST_DIR}/../e2e/oneway.sh)
  assay_e2e_test(e2e_sandbox ${CMAKE_CURRENT_LIST_DIR}/../e2e/sandbox.sh)
  assay_e2e_test(e2e_strace ${CMAKE_CURRENT_LIST_DIR}/../e2e/strace.sh)
  add_executable(simulated-workload
    ${CMAKE_CURRENT_LIST_DIR}/../e2e/workload.c)
  assay_e2e_test(e2e_workload ${CMAKE_CURRENT_LIST_DIR}/../e2e/workload.sh)
  add_dependencies(hostile-verifier nvml-mock)
endif()
