# SPDX-License-Identifier: Apache-2.0
# Code without comments and blank lines; strings and characters stay whole.
{
	line = $0
	out = ""
	while (line != "") {
		if (inside) {
			at = index(line, "*/")
			if (at == 0)
				break
			inside = 0
			line = substr(line, at + 2)
		} else if (match(line, /^"([^"\\]|\\.)*"/) ||
		    match(line, /^'([^'\\]|\\.)*'/)) {
			out = out substr(line, 1, RLENGTH)
			line = substr(line, RLENGTH + 1)
		} else if (substr(line, 1, 2) == "/*") {
			inside = 1
			line = substr(line, 3)
		} else if (substr(line, 1, 2) == "//") {
			break
		} else {
			out = out substr(line, 1, 1)
			line = substr(line, 2)
		}
	}
	if (out ~ /[^ \t\r]/)
		print out
}
