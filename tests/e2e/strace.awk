# SPDX-License-Identifier: Apache-2.0
# What is wrong with a trace of the agent, one line each; nothing when all is
# within the table.
#
#	awk -v table=FILE -v tpm=PATH -v state=PATH -v port=N -v mock=PATH
#	    -f strace.awk TRACE.PID...
#
# Traces are of strace -ff -yy, one file a process.  A process has the name it
# gives itself, or that of who made it.  Beside the table, what is done with
# files and sockets is looked at:
#
#	nobody    listens, or starts a program after the first;
#		  writes to a device but /dev/null
#	collect   writes to no file (the MOCK of a library has its log);
#		  opens no socket
#	seal      writes the state; its only sockets lead to the software TPM
#	send      opens no device, writes no file; connects to one port

function bad(why) {
	print role[pid] ": " why ": " $0
}

# The path that strace puts behind a descriptor.
function path_of(text) {
	if (!match(text, /<[^>]*[>]/))
		return ""
	return substr(text, RSTART + 1, RLENGTH - 2)
}

function pid_of(file) {
	sub(/.*\./, "", file)
	return file
}

BEGIN {
	while ((getline line < table) > 0) {
		if (line ~ /^#/ || line == "")
			continue
		n = split(line, word, /[: ]+/)
		for (i = 2; i <= n; i++)
			may[word[1], word[i]] = 1
	}

	# Who is who: names first, then who has none gets his maker's.
	for (f = 1; f < ARGC; f++) {
		p = pid_of(ARGV[f])
		while ((getline line < ARGV[f]) > 0) {
			if (match(line, /PR_SET_NAME, "assay-[a-z]+"/))
				role[p] = substr(line, RSTART + 20, RLENGTH - 21)
			if (line ~ /^(clone3?|fork|vfork)\(/ && line ~ /= [0-9]+$/) {
				sub(/.*= /, "", line)
				maker[line] = p
			}
		}
		close(ARGV[f])
	}
	for (round = 0; round < 9; round++)
		for (f = 1; f < ARGC; f++) {
			p = pid_of(ARGV[f])
			if (!(p in role) && !(p in maker))
				role[p] = "supervisor"
			else if (!(p in role) && maker[p] in role)
				role[p] = role[maker[p]]
		}
}

FNR == 1 {
	pid = pid_of(FILENAME)
	seen[role[pid]] = 1
}

# Signals and ends are nobody's doing.
/^(---|\+\+\+)/ { next }

{
	call = $0
	sub(/\(.*/, "", call)
	arguments = substr($0, length(call) + 2)
	calls++
}

!((("all", call) in may) || ((role[pid], call) in may)) {
	bad("not in the table")
}

call ~ /^(listen|accept4?|bind)$/ { bad("listens") }
call ~ /^execve/ && ++programs > 1 { bad("starts a program") }

call == "openat" {
	path = arguments
	sub(/^[^"]*"/, "", path)
	sub(/".*/, "", path)
	writes = arguments ~ /O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)/
	ok = path == "/dev/null" || (role[pid] == "supervisor" && path == state)
	ok = ok || (role[pid] == "collect" && path == mock)
	if (writes && !ok)
		bad("opens for writing")
	if (writes && path == state)
		kept = 1
	if (role[pid] == "collect" && arguments ~ /\/bus\/pci\/devices/)
		looked = 1
	if (role[pid] ~ /^(send|seal)$/ && path ~ /^\/(dev|sys)\// && \
	    path !~ /^\/dev\/(null|u?random)$/)
		bad("opens a device")
	else if (role[pid] ~ /^(send|seal)$/ && arguments ~ /<(char|block) / && \
	    arguments !~ /<\/dev\/(null|u?random)<char [0-9:]*>>$/)
		bad("opens a device")
	# A name alone, for Landlock, is no opening.
	if (role[pid] == "seal" && arguments !~ /O_PATH/ && path !~ /^\/(etc|lib|usr|dev)\//)
		bad("opens a file")
}

call ~ /^(write|pwrite64|writev|pwritev2?|sendto|sendmsg|ioctl)$/ {
	fd = arguments
	sub(/[^0-9].*/, "", fd)
	path = path_of(arguments)
	if (path ~ /<(char|block) / && path !~ /^\/dev\/null</)
		bad("a device is written to")
	if (path ~ /^\// && fd != 2 && fd != 1 && path !~ /^\/dev\/null</ && \
	    !(role[pid] == "seal" && path == state) && \
	    !(role[pid] == "collect" && path == mock))
		bad("a file is written to")
	if (path == state)
		counted = 1
	if (path ~ /^(TCP|UDP|RAW|NETLINK)/ && role[pid] != "send")
		bad("the network is written to")
}

call == "socket" && arguments !~ /^AF_UNIX/ {
	if (role[pid] != "send" || arguments !~ /^AF_INET6?, SOCK_STREAM/)
		bad("a socket")
}

call == "connect" {
	if (role[pid] == "seal" && (index(arguments, "\"" tpm "\"") > 0 || \
	    index(arguments, "\"" tpm ".ctrl\"") > 0))
		quoted = 1
	else if (role[pid] == "send" && \
	    arguments ~ ("sin6?_port=htons[(]" port "[)]"))
		reported++
	else if (role[pid] != "send" || arguments !~ /sun_path="\/(var\/)?run\/nscd/)
		bad("a connection")
}

# Not everything may be missing.
END {
	n = split("supervisor collect seal send", name, " ")
	for (i = 1; i <= n; i++)
		if (!(name[i] in seen))
			print "no trace of " name[i]
	if (!kept || !counted)
		print "no state was kept"
	if (!looked)
		print "no device was looked at"
	if (!quoted)
		print "no TPM was asked"
	if (reported != 2)
		print reported + 0 " connections to the verifier, not 2"
	if (calls < 300)
		print calls + 0 " calls are too few"
}
