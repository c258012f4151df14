# SPDX-License-Identifier: Apache-2.0
# sums.cmake: -DROOT=FOLDER -DFILES=PATH;... -DOUT=FILE  Digests in the form of
# sha256sum, with paths as they are from ROOT, in the order of their names.
set(names "")
foreach(file IN LISTS FILES)
  file(RELATIVE_PATH name "${ROOT}" "${file}")
  list(APPEND names "${name}")
endforeach()
list(SORT names)
set(text "")
foreach(name IN LISTS names)
  file(SHA256 "${ROOT}/${name}" sum)
  string(APPEND text "${sum}  ${name}\n")
endforeach()
file(WRITE "${OUT}" "${text}")
