/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence in JSON, where bytes are numbers, hex or base64; keys as JWK. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <mbedtls/pem.h>

#include "unpack.h"

enum { SHA256_SIZE = 32 };

static size_t
from_base64(const char *text, size_t len, uint8_t *out, size_t cap)
{
	char *url = malloc(len + 1);
	ptrdiff_t n = -1;

	for (size_t i = 0; url != NULL && i < len; i++)
		url[i] = text[i] == '+' ? '-'
		    : text[i] == '/'	? '_'
					: text[i];
	if (url != NULL)
		n = bytes_from_base64url(url, len, true, out, cap);
	free(url);
	return n < 0 ? 0 : (size_t)n;
}

/* Bytes of VALUE in OUT, 0 when there are none. */
static size_t
json_bytes(const json_t *value, uint8_t *out, size_t cap)
{
	const char *text = json_string_value(value);
	size_t len = json_string_length(value), n = 0;
	json_t *each;
	ptrdiff_t hex;

	if (json_is_array(value) && json_array_size(value) <= cap)
		json_array_foreach (value, n, each)
			out[n] = (uint8_t)json_integer_value(each);
	if (text == NULL)
		return n;
	hex = bytes_from_hex(text, len, out, cap);
	return hex > 0 ? (size_t)hex : from_base64(text, len, out, cap);
}

/* DER: one head with its length, and what it is the head of. */
static void
put_der(struct writer *w, uint8_t tag, struct bytes head, struct bytes body)
{
	size_t n = head.n + body.n;

	write_u8(w, tag);
	if (n > 0xff) {
		write_u8(w, 0x82);
		write_be16(w, (uint16_t)n);
	} else {
		if (n > 0x7f)
			write_u8(w, 0x81);
		write_u8(w, (uint8_t)n);
	}
	write_bytes(w, head);
	write_bytes(w, body);
}

static int
store_pem(const char *folder, struct bytes spki)
{
	unsigned char pem[2048];
	size_t n = 0;

	if (mbedtls_pem_write_buffer("-----BEGIN PUBLIC KEY-----\n",
		"-----END PUBLIC KEY-----\n", spki.p, spki.n, pem,
		sizeof(pem), &n) != 0)
		return complain("the key is too large");
	return store(folder, "ak.pem", bytes_view(pem, n - 1));
}

/* SubjectPublicKeyInfo of an RSA key (RFC 8017, A.1). */
static int
store_rsa(const char *folder, struct bytes n, struct bytes e)
{
	static const uint8_t zero[1];
	static const uint8_t rsa[] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48,
	    0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
	uint8_t a[600], b[640], c[700];
	struct writer numbers = writer_of(a, sizeof(a));
	struct writer key = writer_of(b, sizeof(b));
	struct writer bits = writer_of(c, sizeof(c));
	struct writer spki;
	uint8_t d[760];

	/* INTEGERs of ours have their top bit set, or are 65537. */
	put_der(&numbers, 0x02, bytes_view(zero, n.p[0] >> 7), n);
	put_der(&numbers, 0x02, bytes_view(zero, e.p[0] >> 7), e);
	put_der(&key, 0x30, (struct bytes){NULL, 0}, writer_view(&numbers));
	put_der(&bits, 0x03, BYTES_OF(zero), writer_view(&key));
	spki = writer_of(d, sizeof(d));
	put_der(&spki, 0x30, BYTES_OF(rsa), writer_view(&bits));
	if (numbers.failed || key.failed || bits.failed || spki.failed)
		return complain("the key is too large");
	return store_pem(folder, writer_view(&spki));
}

/*
 * The HCL report: a header of 32 bytes, the report of the processor at 1184
 * bytes, a header of 20 bytes, then JSON with keys as JWK.
 */
static int
unpack_hcl(struct bytes in, const char *folder)
{
	enum { RUNTIME = 32 + 1184 };
	struct reader r = reader_of(in);
	struct bytes json;
	uint8_t n[512], e[8];
	size_t n_len = 0, e_len = 0, i;
	json_t *root, *key;

	read_bytes(&r, RUNTIME + 16);
	json = read_bytes(&r, read_le32(&r));
	root = json_loadb((const char *)json.p, json.n, 0, NULL);
	json_array_foreach (json_object_get(root, "keys"), i, key) {
		const char *kid =
		    json_string_value(json_object_get(key, "kid"));

		if (kid == NULL || strcmp(kid, "HCLAkPub") != 0)
			continue;
		n_len = json_bytes(json_object_get(key, "n"), n, sizeof(n));
		e_len = json_bytes(json_object_get(key, "e"), e, sizeof(e));
	}
	json_decref(root);
	if (n_len == 0 || e_len == 0)
		return complain("no HCLAkPub in the report");
	return store_rsa(folder, bytes_view(n, n_len), bytes_view(e, e_len));
}

int
unpack_report(struct bytes in, char **args)
{
	return unpack_hcl(in, args[0]);
}

/* Bytes under KEY, written to NAME. */
static int
store_json(const json_t *at, const char *key, const char *folder,
    const char *name)
{
	uint8_t out[1024];
	size_t n = json_bytes(json_object_get(at, key), out, sizeof(out));

	if (n == 0)
		return complain("no bytes in \"%s\"", key);
	return store(folder, name, bytes_view(out, n));
}

/* All these forms have 24 values of the SHA-256 bank, from PCR 0 on. */
static int
store_json_pcrs(const json_t *pcrs, const char *folder)
{
	uint8_t text[4096], value[SHA256_SIZE];
	char line[40 + 2 * SHA256_SIZE], hex[2 * SHA256_SIZE + 1];
	struct writer w = writer_of(text, sizeof(text));
	json_t *each;
	size_t i;

	json_array_foreach (pcrs, i, each) {
		if (json_bytes(each, value, sizeof(value)) != SHA256_SIZE)
			return complain("a PCR that is not SHA-256");
		bytes_to_hex(BYTES_OF(value), hex);
		snprintf(line, sizeof(line), "sha256:%zu=%s\n", i, hex);
		write_str(&w, line);
	}
	return store(folder, "pcrs", writer_view(&w));
}

/* The key, where this form has one. */
static int
store_json_key(const json_t *root, const char *folder)
{
	static const char *const reports[] = {"report", "hcl_report"};
	uint8_t out[4096];
	size_t n = json_bytes(
	    json_object_get(root, "ak_public"), out, sizeof(out));

	if (n > 0)
		return store_pem(folder, bytes_view(out, n));
	for (size_t i = 0; i < 2; i++) {
		n = json_bytes(
		    json_object_get(root, reports[i]), out, sizeof(out));
		if (n > 0)
			return unpack_hcl(bytes_view(out, n), folder);
	}
	return 0;
}

int
unpack_json(struct bytes in, char **args)
{
	const char *folder = args[0];
	json_t *root = json_loadb((const char *)in.p, in.n, 0, NULL);
	const json_t *quote = json_object_get(root, "quote");
	int rc;

	if (quote == NULL)
		quote = json_object_get(root, "tpm_quote");
	if (quote == NULL)
		quote = root;
	rc = store_json(quote, "message", folder, "msg");
	if (rc == 0)
		rc = store_json(quote, "signature", folder, "sig");
	if (rc == 0)
		rc = store_json_pcrs(json_object_get(quote, "pcrs"), folder);
	if (rc == 0)
		rc = store_json_key(root, folder);
	json_decref(root);
	return rc;
}
