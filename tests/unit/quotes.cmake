# SPDX-License-Identifier: Apache-2.0
# "assay check quote" against quotes of other tools: real ones, live ones from
# a software TPM, forged ones.
set(e2e ${CMAKE_CURRENT_LIST_DIR}/../e2e)

add_executable(unpack ${e2e}/unpack.c)
target_link_libraries(unpack PRIVATE assay-core PkgConfig::JANSSON)
assay_e2e_test(quote_samples ${e2e}/quote_samples.sh)
