# SPDX-License-Identifier: Apache-2.0
# "assay check quote" against quotes of other tools: real ones, live ones from
# a software TPM, forged ones.
set(e2e ${CMAKE_CURRENT_LIST_DIR}/../e2e)

add_executable(unpack ${e2e}/unpack.c ${e2e}/unpack_json.c)
target_link_libraries(unpack PRIVATE
  assay-core PkgConfig::JANSSON ${MBEDCRYPTO_LIBRARY})
assay_e2e_test(quote_samples ${e2e}/quote_samples.sh)

add_executable(forge-quote ${e2e}/forge_quote.c ${e2e}/forge_key.c)
target_link_libraries(forge-quote PRIVATE assay-core ${MBEDCRYPTO_LIBRARY})
assay_e2e_test(quote_live ${e2e}/quote_live.sh)
