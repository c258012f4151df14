/* SPDX-License-Identifier: Apache-2.0 */
#include "bodies.h"

#define ROWS(table, n) {table, sizeof(table) / sizeof(table[0]), n}
#define SESSION_TYPE "application/vnd.veraison.challenge-response-session+json"

/* A result of another day, signed by nobody, as it could be sent again. */
#define OLD                                                                    \
	"eyJhbGciOiJFUzM4NCJ9.eyJlYXRfcHJvZmlsZSI6InRhZzppZXRmLm9yZywyMDI2OnJ" \
	"hdHMvZWFyIzA0Iiwic3VibW9kcyI6e319.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
/* {"alg":"ES384"} . {"cmd":"shutdown","target":"gpu-0","now":true} . */
#define ORDER                                                                  \
	"eyJhbGciOiJFUzM4NCJ9.eyJjbWQiOiJzaHV0ZG93biIsInRhcmdldCI6ImdwdS0wIiw" \
	"ibm93Ijp0cnVlfQ.MGUCMQDyIBWFIiFGaUa5aRCOdQ0s0xZr4bDVrQFMAAAAAAAAAAAA"

/* --- Status lines, behind the good one of the stage. */
#define STATUS_BAD                                                             \
	{"204", "HTTP/1.1 204 No Content", MAY_SESSION | MAY_MALFORMED, 0, 0},     \
	    {"206", "HTTP/1.1 206 Partial Content", MAY_SESSION, 0, 0},          \
	    {"299", "HTTP/1.1 299 Obey", MAY_SESSION, 0, 0},                     \
	    {"300", "HTTP/1.1 300 Multiple Choices", MAY_REDIRECT, 0, 0},        \
	    {"301", "HTTP/1.1 301 Moved Permanently", MAY_REDIRECT, 0, 0},       \
	    {"302", "HTTP/1.1 302 Found", MAY_REDIRECT, 0, 0},                   \
	    {"303", "HTTP/1.1 303 See Other", MAY_REDIRECT, 0, 0},               \
	    {"304", "HTTP/1.1 304 Not Modified", MAY_REDIRECT, 0, 0},            \
	    {"307", "HTTP/1.1 307 Temporary Redirect", MAY_REDIRECT, 0, 0},      \
	    {"308", "HTTP/1.1 308 Permanent Redirect", MAY_REDIRECT, 0, 0},      \
	    {"400", "HTTP/1.1 400 Bad Request", MAY_STATUS, 0, 0},               \
	    {"401", "HTTP/1.1 401 Unauthorized", MAY_STATUS, 0, 0},              \
	    {"403", "HTTP/1.1 403 Shut Down Your GPUs", MAY_STATUS, 0, 0},       \
	    {"410", "HTTP/1.1 410 Gone", MAY_STATUS, 0, 0},                      \
	    {"426", "HTTP/1.1 426 Upgrade Required", MAY_STATUS, 0, 0},          \
	    {"500", "HTTP/1.1 500 Internal Server Error", MAY_STATUS, 0, 0},     \
	    {"503", "HTTP/1.1 503 Service Unavailable", MAY_STATUS, 0, 0},       \
	    {"599", "HTTP/1.1 599 Kill", MAY_STATUS, 0, 0},                      \
	    {"600", "HTTP/1.1 600 Beyond", MAY_MALFORMED, 0, 0},                 \
	    {"099", "HTTP/1.1 099 Below", MAY_MALFORMED, 0, 0},                  \
	    {"101", "HTTP/1.1 101 Switching Protocols", MAY_MALFORMED, 0, 0},    \
	    {"HTTP/2", "HTTP/2 200", MAY_MALFORMED, 0, 0},                       \
	    {"HTTP/1.2", "HTTP/1.2 201 Created", MAY_MALFORMED, 0, 0},           \
	    {"HTTP/0.9", "HTTP/0.9 201 Created", MAY_MALFORMED, 0, 0},           \
	    {"small letters", "http/1.1 201 Created", MAY_MALFORMED, 0, 0},      \
	    {"two spaces", "HTTP/1.1  201 Created", MAY_MALFORMED, 0, 0},        \
	    {"letters for digits", "HTTP/1.1 2O1 Created", MAY_MALFORMED, 0, 0}, \
	    {"glued words", "HTTP/1.1 201Created", MAY_MALFORMED, 0, 0},         \
	    {"short", "HTTP/1.1 20", MAY_MALFORMED, 0, 0},                       \
	    {"empty line first", "", MAY_MALFORMED, 0, 0},                       \
	    {"NUL in the status", "HTTP/1.1 201 @Z", MAY_MALFORMED, 0, 0},       \
	    {"line feed in the status", "HTTP/1.1 201 a\nb", MAY_MALFORMED, 0,   \
	        0},                                                            \
	    {"escape in the status", "HTTP/1.1 201 \x1b[2J", MAY_MALFORMED, 0,   \
	        0},                                                            \
	    {"another protocol, SSH", "SSH-2.0-shutdown", MAY_MALFORMED, 0, 0},  \
	    {"another protocol, SMTP", "220 mail ready", MAY_MALFORMED, 0, 0},   \
	    {"a command", "shutdown -h now", MAY_MALFORMED, 0, 0},               \
	    {"endless words", "HTTP/1.1 201 @F", MAY_LARGE, 6000, 0},            \
	    {"a storm of 100", "@C100 Continue\r\n\r\n", MAY_LARGE, 90, 0},      \
	    {"a storm of 103",                                                 \
	        "@C103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n",        \
	        MAY_LARGE, 90, 0},                                               \
	    {"100 with a body", "HTTP/1.1 100 x\r\nContent-Length: 3\r\n\r\n", \
	        MAY_MALFORMED, 0, 0},

static const struct row session_status[] = {
    {"201", "HTTP/1.1 201 Created", 0, 0, 0},
    {"201 alone", "HTTP/1.1 201", 0, 0, 0},
    {"100, then 201", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 x", 0, 0, 0},
    {"200", "HTTP/1.1 200 OK", MAY_SESSION, 0, 0},
    {"202", "HTTP/1.1 202 Accepted", MAY_SESSION, 0, 0},
    STATUS_BAD};
static const struct row receipt_status[] = {
    {"200", "HTTP/1.1 200 OK", 0, 0, 0},
    {"202", "HTTP/1.1 202 Accepted", 0, 0, 0},
    {"103, then 200",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK", 0, 0,
        0},
    {"201", "HTTP/1.1 201 Created", MAY_SESSION, 0, 0}, STATUS_BAD};
const struct rows rows_status[2] = {
    ROWS(session_status, 3), ROWS(receipt_status, 3)};

/* --- Where the evidence should go. */
static const struct row location[] = {
    {"beside", "Location: session/4d1e4b7a\r\n", 0, 0, 0},
    {"absolute path", "Location: /a/b/c\r\n", 0, 0, 0},
    {"own origin", "Location: @O/session/7\r\n", 0, 0, 0},
    {"none", "", MAY_SESSION, 0, 0},
    {"empty", "Location:\r\n", MAY_MALFORMED, 0, 0},
    {"file:///", "Location: file:///etc/passwd\r\n", MAY_SESSION, 0, 0},
    {"file:/", "Location: file:/etc/shadow\r\n", MAY_SESSION, 0, 0},
    {"file:", "Location: file:x\r\n", MAY_SESSION, 0, 0},
    {"unix:", "Location: unix:/run/docker.sock\r\n", MAY_SESSION, 0, 0},
    {"javascript:", "Location: javascript:alert(1)\r\n", MAY_SESSION, 0, 0},
    {"data:", "Location: data:,shutdown\r\n", MAY_SESSION, 0, 0},
    {"gopher", "Location: gopher://127.0.0.1:6379/_FLUSHALL\r\n", MAY_SESSION, 0,
        0},
    {"metadata service", "Location: http://169.254.169.254/latest/\r\n",
        MAY_SESSION, 0, 0},
    {"metadata, IPv6", "Location: http://[fd00:ec2::254]/latest/\r\n",
        MAY_SESSION, 0, 0},
    {"metadata, no scheme", "Location: //169.254.169.254/latest\r\n", MAY_SESSION,
        0, 0},
    {"this host", "Location: http://localhost:22/\r\n", MAY_SESSION, 0, 0},
    {"another port", "Location: @O:1/x\r\n", MAY_SESSION, 0, 0},
    {"user before", "Location: http://verifier.test@evil.test/\r\n", MAY_SESSION,
        0, 0},
    {"upwards", "Location: ../../../../etc/passwd\r\n", MAY_SESSION, 0, 0},
    {"a dot", "Location: ./x\r\n", MAY_SESSION, 0, 0},
    {"query", "Location: session/1?do=shutdown\r\n", MAY_SESSION, 0, 0},
    {"fragment", "Location: session/1#x\r\n", MAY_SESSION, 0, 0},
    {"a space in it", "Location: a b\r\n", MAY_SESSION, 0, 0},
    {"backslash", "Location: /\\evil.test\\x\r\n", MAY_SESSION, 0, 0},
    {"quote", "Location: /\";reboot;\"\r\n", MAY_SESSION, 0, 0},
    {"byte 0xff", "Location: /\xff\xfe\r\n", MAY_SESSION, 0, 0},
    {"400 bytes", "Location: /@F\r\n", 0, 400, 0},
    {"600 bytes", "Location: /@F\r\n", MAY_LARGE, 600, 0},
    {"twice", "Location: /a\r\nLocation: /b\r\n", MAY_MALFORMED, 0, 0},
};
const struct rows rows_location = ROWS(location, 3);

/* --- What it says that it is. */
static const struct row type[] = {
    {"session", "Content-Type: " SESSION_TYPE "\r\n", 0, 0, 0},
    {"parameter", "content-type:" SESSION_TYPE ";v=1\r\n", 0, 0, 0},
    {"none", "", MAY_SESSION, 0, 0},
    {"JSON", "Content-Type: application/json\r\n", MAY_SESSION, 0, 0},
    {"HTML", "Content-Type: text/html\r\n", MAY_SESSION, 0, 0},
    {"script", "Content-Type: application/x-sh\r\n", MAY_SESSION, 0, 0},
    {"program", "Content-Type: application/x-executable\r\n", MAY_SESSION, 0, 0},
    {"evidence", "Content-Type: application/cmw+cbor\r\n", MAY_SESSION, 0, 0},
    {"package", "Content-Type: application/vnd.debian.binary-package\r\n",
        MAY_SESSION, 0, 0},
    {"gzip", "Content-Type: application/gzip\r\n", MAY_SESSION, 0, 0},
    {"type twice",
        "Content-Type: " SESSION_TYPE "\r\nContent-Type: " SESSION_TYPE "\r\n",
        MAY_MALFORMED, 0, 0},
};
const struct rows rows_type = ROWS(type, 2);

/* --- Other headers: the harmless ones are heard and forgotten. */
static const struct row header[] = {
    {"cookie", "Set-Cookie: cmd=shutdown; Path=/; Max-Age=99999\r\n", 0, 0, 0},
    {"command", "X-Command: shutdown\r\n", 0, 0, 0},
    {"refresh", "Refresh: 0; url=file:///etc/passwd\r\n", 0, 0, 0},
    {"upgrade", "Upgrade: h2c, websocket\r\n", 0, 0, 0},
    {"alternative", "Alt-Svc: h3=\"169.254.169.254:443\"\r\n", 0, 0, 0},
    {"policy", "Strict-Transport-Security: max-age=99999999\r\n", 0, 0, 0},
    {"challenge", "WWW-Authenticate: Negotiate\r\n", 0, 0, 0},
    {"come back", "Retry-After: 0\r\n", 0, 0, 0},
    {"keep alive", "Connection: keep-alive\r\nKeep-Alive: timeout=9999\r\n", 0,
        0, 0},
    {"file name",
        "Content-Disposition: attachment; filename=\"../../etc/cron.d/x\"\r\n",
        0, 0, 0},
    {"content elsewhere", "Content-Location: file:///dev/nvidia0\r\n", 0, 0, 0},
    {"identity", "Content-Encoding: identity\r\n", 0, 0, 0},
    {"filling", "X-Filling: @F\r\n", 0, 1500, 0},
    {"gzip", "Content-Encoding: gzip\r\n", MAY_MALFORMED, 0, 0},
    {"brotli", "Content-Encoding: br\r\n", MAY_MALFORMED, 0, 0},
    {"deflate", "Content-Encoding: deflate, gzip\r\n", MAY_MALFORMED, 0, 0},
    {"space before the colon", "Set-Cookie : a=b\r\n", MAY_MALFORMED, 0, 0},
    {"folded", " and more\r\n", MAY_MALFORMED, 0, 0},
    {"no colon", "shutdown now\r\n", MAY_MALFORMED, 0, 0},
    {"no name", ": shutdown\r\n", MAY_MALFORMED, 0, 0},
    {"bell", "X-Bell: \a\a\a\r\n", MAY_MALFORMED, 0, 0},
    {"terminal", "X-Title: \x1b]0;owned\x1b\\\r\n", MAY_MALFORMED, 0, 0},
    {"NUL", "X-Nul: a@Zb\r\n", MAY_MALFORMED, 0, 0},
    {"lone line feed", "X-Lf: a\nX-Other: b\r\n", MAY_MALFORMED, 0, 0},
    {"lone return", "X-Cr: a\rb\r\n", MAY_MALFORMED, 0, 0},
    {"endless line", "X-Long: @F\r\n", MAY_LARGE, 5000, 0},
    {"coding of transfers", "Transfer-Encoding: gzip, chunked\r\n", MAY_MALFORMED,
        0, 0},
    {"smuggled length", "Content-Length: 5\r\nContent-Length: 5\r\n",
        MAY_MALFORMED, 0, 0},
    {"smuggled chunks",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        MAY_MALFORMED, 0, 0},
};
const struct rows rows_header[2] = {ROWS(header, 13), ROWS(header, 13)};

/* --- Bodies. */
#define ODD_COMMAND "\"command\":\"shutdown\""
#define BODY_BAD                                                               \
	{"nothing", "", MAY_SESSION, 0, 0}, {"{}", "{}", MAY_SESSION, 0, 0},       \
	    {"a list", "[]", MAY_SESSION, 0, 0},                                 \
	    {"null", "null", MAY_SESSION, 0, 0},                                 \
	    {"a word", "shutdown", MAY_SESSION, 0, 0},                           \
	    {"a string", "\"shutdown\"", MAY_SESSION, 0, 0},                     \
	    {"a script", "#!/bin/sh\nrm -rf / &\n", MAY_SESSION, 0, 0},          \
	    {"a program", "\177ELF\2\1\1@Z@Z@Z", MAY_SESSION, 0, 0},             \
	    {"a signed order", ORDER, MAY_SESSION, 0, 0},                        \
	    {"a signed order in JSON",                                         \
	        "{\"payload\":\"eyJjbWQiOiJzaHV0ZG93biJ9\",\"protected\":"     \
	        "\"eyJhbGciOiJFUzM4NCJ9\",\"signature\":\"MGUCMQDy\"}",        \
	        MAY_SESSION, 0, 0},                                              \
	    {"an order", "{" ODD_COMMAND ",\"target\":\"gpu-0\"}", MAY_SESSION,  \
	        0, 0},                                                         \
	    {"an order as a status", "{\"status\":\"shutdown\",\"nonce\":"     \
	                             "\"@N\"}",                                \
	        MAY_SESSION, 0, 0},                                              \
	    {"status and state",                                               \
	        "{\"status\":\"waiting\",\"state\":\"waiting\",\"nonce\":"     \
	        "\"@N\"}",                                                     \
	        MAY_SESSION, 0, 0},                                              \
	    {"a number for a status", "{\"status\":1e999,\"nonce\":\"@N\"}",   \
	        MAY_SESSION, 0, 0},                                              \
	    {"nested", "{\"a\":@B", MAY_SESSION, 30000, 0},                      \
	    {"byte order mark", "\xef\xbb\xbf{\"status\":\"complete\"}",       \
	        MAY_SESSION, 0, 0},                                              \
	    {"not UTF-8", "{\"status\":\"\xc0\x80\xff\"}", MAY_SESSION, 0, 0},   \
	    {"NUL escaped", "{\"status\":\"waiting\\u0000\",\"nonce\":"        \
	                    "\"@N\"}",                                         \
	        MAY_SESSION, 0, 0},                                              \
	    {"a NUL", "{\"status\":@Z\"complete\"}", MAY_SESSION, 0, 0},         \
	    {"a bomb", "@I", MAY_SESSION, 0, 0},                                 \
	    {"entities", "<!DOCTYPE x [<!ENTITY a \"&b;&b;\">]><x>&a;</x>",    \
	        MAY_SESSION, 0, 0},                                              \
	    {"two objects",                                                    \
	        "{\"status\":\"complete\"}{\"status\":\"complete\"}",          \
	        MAY_SESSION, 0, 0},                                              \
	    {"not a number", "{\"status\":NaN}", MAY_SESSION, 0, 0},             \
	    {"150 kB", "{\"status\":\"@F\"}", MAY_LARGE, 150000, 0},

static const struct row session_body[] = {
    {"session", "{\"status\":\"waiting\",\"nonce\":\"@N\"}", 0, 0, 0},
    {"older session", "{\"state\":\"waiting\",\"nonce\":\"@N=\"}\n", 0, 0, 0},
    {"whole session",
        "{\"nonce\":\"@N\",\"expiry\":\"2030-01-01T00:00:00Z\",\"accept\":["
        "\"application/cmw+cbor\"],\"status\":\"waiting\"}",
        0, 0, 0},
    {"padded session", " \r\n\t{\"status\":\"waiting\",\"nonce\":\"@N\"}", 0,
        0, 0},
    {"an order beside",
        "{\"status\":\"waiting\",\"nonce\":\"@N\"," ODD_COMMAND "}", 0, 0, 1},
    {"a signed order beside",
        "{\"status\":\"waiting\",\"nonce\":\"@N\",\"jws\":\"" ORDER "\"}", 0, 0,
        1},
    {"settings beside",
        "{\"config\":{\"verifier\":\"http://evil.test\",\"interval\":0},"
        "\"status\":\"waiting\",\"nonce\":\"@N\"}",
        0, 0, 1},
    {"an update beside",
        "{\"status\":\"waiting\",\"nonce\":\"@N\",\"update\":"
        "\"http://evil.test/agent\"}",
        0, 0, 1},
    {"an escape in a name",
        "{\"status\":\"waiting\",\"nonce\":\"@N\",\"\\u001b]0;x\\u0007\":1}", 0,
        0, 1},
    {"no nonce", "{\"status\":\"waiting\"}", MAY_SESSION, 0, 0},
    {"nonce of 0", "{\"status\":\"waiting\",\"nonce\":\"\"}", MAY_NONCE, 0, 0},
    {"nonce of 1", "{\"status\":\"waiting\",\"nonce\":\"AA\"}", MAY_NONCE, 0, 0},
    {"nonce of 31",
        "{\"status\":\"waiting\",\"nonce\":"
        "\"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQQ\"}",
        MAY_NONCE, 0, 0},
    {"nonce of 33",
        "{\"status\":\"waiting\",\"nonce\":"
        "\"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\"}",
        MAY_NONCE, 0, 0},
    {"nonce of 64", "{\"status\":\"waiting\",\"nonce\":\"@N@N\"}",
        MAY_NONCE | MAY_SESSION, 0, 0},
    {"nonce of 9000", "{\"status\":\"waiting\",\"nonce\":\"@F\"}", MAY_NONCE,
        12000, 0},
    {"nonce in hexadecimal and signs",
        "{\"status\":\"waiting\",\"nonce\":\"0x@N\"}", MAY_NONCE | MAY_SESSION, 0,
        0},
    {"nonce in base64",
        "{\"status\":\"waiting\",\"nonce\":"
        "\"QUFB+/FBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE\"}",
        MAY_SESSION, 0, 0},
    {"nonce as a number", "{\"status\":\"waiting\",\"nonce\":32}", MAY_SESSION, 0,
        0},
    {"nonce as a list", "{\"status\":\"waiting\",\"nonce\":[\"@N\"]}",
        MAY_SESSION, 0, 0},
    {"nonce twice",
        "{\"status\":\"waiting\",\"nonce\":\"@N\",\"nonce\":\"@N\"}", MAY_SESSION,
        0, 0},
    {"an old session", "{\"status\":\"complete\",\"nonce\":\"@N\",\"result\":"
                       "\"" OLD "\"}",
        MAY_SESSION, 0, 0},
    {"a failed one", "{\"status\":\"failed\",\"nonce\":\"@N\"}", MAY_SESSION, 0,
        0},
    {"cut short", "{\"status\":\"waiting\",\"nonce\":\"@N\"", MAY_SESSION, 0, 0},
    BODY_BAD};
static const struct row receipt_body[] = {
    {"complete", "{\"status\":\"complete\",\"result\":\"" OLD "\"}", 0, 0, 0},
    {"processing", "{\"state\":\"processing\"}", 0, 0, 0},
    {"contraindicated",
        "{\"status\":\"complete\",\"result\":{\"ear.status\":96,"
        "\"enforce\":\"now\"}}",
        0, 0, 0},
    {"a script as a result",
        "{\"status\":\"complete\",\"result\":\"$(reboot); rm -rf / \\u0007\"}",
        0, 0, 0},
    {"an order as a result",
        "{\"status\":\"complete\",\"result\":\"" ORDER "\"}", 0, 0, 0},
    {"a long result", "{\"status\":\"complete\",\"result\":\"@F\"}", 0, 40000,
        0},
    {"an order beside", "{\"status\":\"complete\"," ODD_COMMAND "}", 0, 0, 1},
    {"the next nonce beside",
        "{\"status\":\"complete\",\"next\":{\"nonce\":\"@N\"}}", 0, 0, 1},
    {"failed", "{\"status\":\"failed\"}", MAY_STATUS, 0, 0},
    {"waiting again", "{\"status\":\"waiting\",\"nonce\":\"@N\"}", MAY_SESSION, 0,
        0},
    {"capitals", "{\"status\":\"COMPLETE\"}", MAY_SESSION, 0, 0},
    {"complete and failed",
        "{\"status\":\"complete\",\"state\":\"failed\"}", MAY_SESSION, 0, 0},
    {"complete twice",
        "{\"status\":\"complete\",\"status\":\"complete\"}", MAY_SESSION, 0, 0},
    BODY_BAD};
const struct rows rows_body[2] = {ROWS(session_body, 9), ROWS(receipt_body, 8)};

/* --- To who speaks TLS. */
static const struct row tls[] = {
    {"plain HTTP", "HTTP/1.1 201 Created\r\n\r\n", MAY_TLS, 0, 0},
    {"an order", "shutdown -h now\r\n", MAY_TLS, 0, 0},
    {"nothing", "", MAY_TLS, 0, 0},
    {"an alert", "\x15\x03\x03@Z\x02\x02\x28", MAY_TLS, 0, 0},
    {"a warning", "\x15\x03\x03@Z\x02\x01\x5a", MAY_TLS, 0, 0},
    {"close", "\x15\x03\x03@Z\x02\x01@Z", MAY_TLS, 0, 0},
    {"a record of 65535", "\x16\x03\x03\xff\xff@F", MAY_TLS, 9000, 0},
    {"an empty record", "\x16\x03\x03@Z@Z", MAY_TLS, 0, 0},
    {"SSL 3", "\x16\x03@Z@Z\x04\x02@Z@Z@Z", MAY_TLS, 0, 0},
    {"data at once", "\x17\x03\x03@Z\x05hello", MAY_TLS, 0, 0},
    {"a heartbeat", "\x18\x03\x03@Z\x03\x01\xff\xff", MAY_TLS, 0, 0},
    {"half a greeting", "\x16\x03\x03@Z\x7a\x02@Z@Z\x76\x03\x03@F", MAY_TLS, 60,
        0},
    {"a greeting of nonsense",
        "\x16\x03\x03@Z\x7a\x02@Z@Z\x76\x03\x03@F", MAY_TLS, 116, 0},
    {"the cipher of nobody",
        "\x16\x03\x03@Z\x2a\x02@Z@Z\x26\x03\x03@F@Z@Z@Z@Z", MAY_TLS, 32, 0},
};
const struct rows rows_tls = ROWS(tls, 0);
