# SPDX-License-Identifier: Apache-2.0
# The installed tree, as a stranger's program sees it.
assay_e2e_test(e2e_install ${CMAKE_CURRENT_LIST_DIR}/../e2e/install.sh)
