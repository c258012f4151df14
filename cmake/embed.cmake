# SPDX-License-Identifier: Apache-2.0
# embed.cmake: -DOUT=FILE -DTABLES=NAME:KIND:PATH,...  The tables as C, so
# that they are what they were when libassay was built.
string(REPLACE "," ";" TABLES "${TABLES}")
set(text "/* Made by cmake/embed.cmake from certs/. */\n#include \"tables.h\"\n")
set(rows "")
set(n 0)
foreach(table IN LISTS TABLES)
  string(REPLACE ":" ";" part "${table}")
  list(GET part 0 name)
  list(GET part 1 kind)
  list(GET part 2 path)
  file(READ "${path}" hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE
    "(............................................................)"
    "\\1\n" bytes "${bytes}")
  string(APPEND text
    "static const uint8_t table_${n}[] = {\n${bytes}};\n")
  string(APPEND rows
    "    {\"${name}\", ${kind}, table_${n}, sizeof(table_${n})},\n")
  math(EXPR n "${n} + 1")
endforeach()
string(APPEND text "const struct shipped shipped_tables[] = {\n${rows}};\n")
string(APPEND text "const size_t shipped_count = ${n};\n")
file(WRITE "${OUT}" "${text}")
