/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recorded:DIR: a board read from DIR/board.ini, for tests and for looking
 * at a board that is elsewhere.  tests/fixtures/README.md has the format.
 * Recorded evidence answers the nonce of its day, whatever is asked.
 */
#include "platform.h"

#include "beneath.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BOARD_FILE_MAX = 64 * 1024, FILE_NAME_MAX = 64 };

/* Where a device's evidence lies; NAME is empty when it signs nothing. */
struct source {
	char name[FILE_NAME_MAX];
	char type[MEDIA_TYPE_MAX];
};

struct recorded {
	int dir;
	struct source source[DEVICES_MAX];
};

/* The facts a board may state, by name. */
enum fact_type { UINT, TSTR };

static const struct {
	const char *name;
	enum fact_key key;
	enum fact_type type;
} facts[] = {
#define FACT(constant, label, name, unit, type) {name, constant, type},
    FACTS(FACT)
#undef FACT
};

/* Without the spaces and tabs at both ends. */
static struct bytes
trim(struct bytes b)
{
	while (b.n > 0 && (b.p[0] == ' ' || b.p[0] == '\t'))
		b = bytes_sub(b, 1, b.n - 1);
	while (b.n > 0 && (b.p[b.n - 1] == ' ' || b.p[b.n - 1] == '\t'))
		b = bytes_sub(b, 0, b.n - 1);
	return b;
}

/* Cut the first part of TEXT, up to the byte END, off; the rest stays. */
static struct bytes
cut(struct bytes *text, uint8_t end)
{
	const uint8_t *at = text->n == 0 ? NULL : memchr(text->p, end, text->n);
	size_t n = at == NULL ? text->n : (size_t)(at - text->p);
	struct bytes part = bytes_sub(*text, 0, n);

	*text = at == NULL ? bytes_view(NULL, 0)
	                   : bytes_sub(*text, n + 1, text->n - n - 1);
	return part;
}

/* Copy T as a string into the CAP bytes at OUT, once. */
static bool
set_string(char *out, size_t cap, struct bytes t)
{
	if (out[0] != '\0' || t.n == 0 || t.n >= cap)
		return false;
	memcpy(out, t.p, t.n);
	out[t.n] = '\0';
	return true;
}

/* Decimal, or hexadecimal after "0x"; nothing else than digits. */
static bool
parse_number(struct bytes t, uint64_t *out)
{
	char text[24] = "";
	char *end;
	bool hex = t.n > 2 && t.p[0] == '0' && t.p[1] == 'x';
	const char *digits = hex ? "0123456789abcdef" : "0123456789";

	/* At most 16 digits of 16, or 19 of 10: both fit in 64 bits. */
	if (!set_string(text, hex ? 19 : 20, t))
		return false;
	if (strlen(text) != t.n ||
	    strspn(text + (hex ? 2 : 0), digits) != t.n - (hex ? 2 : 0))
		return false;
	*out = strtoull(text, &end, hex ? 16 : 10);
	return true;
}

static bool
set_fact(struct device *dev, struct bytes name, struct bytes value)
{
	uint64_t number;

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		if (!bytes_eq(name, bytes_str(facts[i].name)))
			continue;
		if (facts[i].type == TSTR)
			return value.n > 0 && value.n <= FACT_TEXT_MAX &&
			       fact_add_text(&dev->facts, facts[i].key,
			           SOURCE_RECORDED, value);
		return parse_number(value, &number) &&
		       fact_add_uint(
		           &dev->facts, facts[i].key, SOURCE_RECORDED, number);
	}
	return false;
}

/* One "key = value" of a device.  Unknown and repeated keys are refused. */
static bool
set_key(struct device *dev, struct source *source, struct bytes key,
    struct bytes value)
{
	if (bytes_eq(key, BYTES_LIT("model"))) {
		if (dev->model_len > 0 || value.n == 0 || value.n > MODEL_MAX)
			return false;
		memcpy(dev->model, value.p, value.n);
		dev->model_len = value.n;
		return true;
	}
	if (bytes_eq(key, BYTES_LIT("evidence")))
		return bytes_sub(value, 0, 1).n == 1 && value.p[0] != '.' &&
		       memchr(value.p, '/', value.n) == NULL &&
		       set_string(source->name, sizeof(source->name), value);
	if (bytes_eq(key, BYTES_LIT("evidence-type")))
		return set_string(source->type, sizeof(source->type), value);
	return set_fact(dev, key, value);
}

/* "[gpu-0]": a new device, whose label is none of those before it. */
static struct device *
add_device(struct board *board, struct bytes line)
{
	struct bytes label = bytes_sub(line, 1, line.n - 2);
	struct device *dev;

	if (line.n < 3 || line.p[line.n - 1] != ']' ||
	    !device_label_ok(label) || board->count == DEVICES_MAX)
		return NULL;
	for (size_t i = 0; i < board->count; i++)
		if (bytes_eq(label, bytes_str(board->device[i].label)))
			return NULL;

	dev = &board->device[board->count];
	memset(dev, 0, sizeof(*dev));
	dev->handle = (uint32_t)board->count++;
	memcpy(dev->label, label.p, label.n);
	return dev;
}

/* A device has a model and a fact; evidence and its type go together. */
static bool
is_complete(const struct device *dev, const struct source *source)
{
	return dev->model_len > 0 && dev->facts.n > 0 &&
	       (source->name[0] == '\0') == (source->type[0] == '\0');
}

static enum status
parse_board(struct bytes text, struct recorded *rec, struct board *board)
{
	struct device *dev = NULL;

	board->count = 0;
	memset(rec->source, 0, sizeof(rec->source));
	if (!bytes_is_text(text))
		return BOARD_MALFORMED;

	/* Line by line: nothing, a comment, a section, or a key. */
	while (text.n > 0) {
		struct bytes line = trim(cut(&text, '\n'));
		bool has_value = line.n > 0 && memchr(line.p, '=', line.n);
		struct bytes key;

		if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';')
			continue;
		if (line.p[0] == '[') {
			if ((dev = add_device(board, line)) == NULL)
				return BOARD_MALFORMED;
			continue;
		}
		if (dev == NULL || !has_value)
			return BOARD_MALFORMED;
		key = trim(cut(&line, '='));
		if (!set_key(dev, &rec->source[dev->handle], key, trim(line)))
			return BOARD_MALFORMED;
	}

	for (size_t i = 0; i < board->count; i++) {
		dev = &board->device[i];
		if (!is_complete(dev, &rec->source[i]))
			return BOARD_MALFORMED;
		dev->signs = rec->source[i].name[0] != '\0';
	}
	return OK;
}

static enum status
recorded_survey(void *ctx, struct board *board)
{
	struct recorded *rec = ctx;
	uint8_t *text = malloc(BOARD_FILE_MAX);
	enum status st;
	size_t n;

	if (text == NULL)
		return NO_MEMORY;
	st = beneath_read(
	    rec->dir, "board.ini", false, text, BOARD_FILE_MAX, &n);
	if (st == OK)
		st = parse_board(bytes_view(text, n), rec, board);
	free(text);
	return st;
}

static enum status
recorded_evidence(void *ctx, const struct device *device,
    const uint8_t nonce[NONCE_LEN], char type[MEDIA_TYPE_MAX],
    struct writer *out)
{
	const struct recorded *rec = ctx;
	const struct source *source;
	uint8_t *data = NULL;
	enum status st;
	size_t n;

	(void)nonce; /* the recording answers the nonce it once got */
	if (device->handle >= DEVICES_MAX)
		return INTERNAL;
	source = &rec->source[device->handle];
	if ((data = malloc(DEVICE_EVIDENCE_MAX)) == NULL)
		return NO_MEMORY;

	st = beneath_read(
	    rec->dir, source->name, false, data, DEVICE_EVIDENCE_MAX, &n);
	if (st != OK)
		goto out;
	st = FILE_EMPTY;
	if (n == 0)
		goto out;
	write_bytes(out, bytes_view(data, n));
	st = EVIDENCE_TOO_LARGE;
	if (out->failed)
		goto out;
	memcpy(type, source->type, MEDIA_TYPE_MAX);
	st = OK;
out:
	free(data);
	return st;
}

static enum status
recorded_open(const char *arg, void **ctx)
{
	struct recorded *rec;
	enum status st;

	if (arg[0] == '\0')
		return USAGE;
	if ((rec = calloc(1, sizeof(*rec))) == NULL)
		return NO_MEMORY;
	if ((st = beneath_root(arg, &rec->dir)) != OK) {
		free(rec);
		return st;
	}
	*ctx = rec;
	return OK;
}

static void
recorded_close(void *ctx)
{
	struct recorded *rec = ctx;

	if (rec == NULL)
		return;
	close(rec->dir);
	free(rec);
}

const struct platform platform_recorded = {
    .name = "recorded",
    .simulated = false,
    .open = recorded_open,
    .survey = recorded_survey,
    .evidence = recorded_evidence,
    .close = recorded_close,
};
