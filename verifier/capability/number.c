/* SPDX-License-Identifier: Apache-2.0 */
#include "number.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DATE_LEN = 10 };

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

bool
number_parse(struct bytes text, uint64_t *milli)
{
	uint64_t v = 0;
	unsigned behind = 0;
	bool point = false;

	if (text.n == 0 || !is_digit(text.p[0]) ||
	    !is_digit(text.p[text.n - 1]) ||
	    (text.p[0] == '0' && text.n > 1 && text.p[1] != '.'))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '.' && !point) {
			point = true;
			continue;
		}
		if (!is_digit(text.p[i]) || (point && ++behind > 3))
			return false;
		v = v * 10 + (text.p[i] - '0');
		if (v > FIGURE_TOP)
			return false;
	}
	for (; behind < 3; behind++)
		v *= 10;
	*milli = v;
	return v <= FIGURE_TOP;
}

void
number_text(uint64_t milli, char out[NUMBER_TEXT])
{
	int n = snprintf(out, NUMBER_TEXT, "%llu.%03u",
	    (unsigned long long)(milli / MILLI), (unsigned)(milli % MILLI));

	while (n > 1 && out[n - 1] == '0')
		out[--n] = '\0';
	if (out[n - 1] == '.')
		out[n - 1] = '\0';
}

struct range
range_of(uint64_t milli)
{
	return (struct range){milli, milli};
}

struct range
range_unknown(void)
{
	return (struct range){0, FIGURE_TOP};
}

bool
range_known(struct range r)
{
	return r.low == r.high;
}

bool
date_parse(struct bytes text, int64_t *out)
{
	static const char form[] = "dddd-dd-dd";
	struct tm tm = {0}, back;
	int part[8];

	if (text.n != DATE_LEN)
		return false;
	for (size_t i = 0, k = 0; i < DATE_LEN; i++) {
		if (form[i] == 'd' ? !is_digit(text.p[i]) : text.p[i] != '-')
			return false;
		if (form[i] == 'd')
			part[k++] = text.p[i] - '0';
	}
	tm.tm_year = part[0] * 1000 + part[1] * 100 + part[2] * 10 + part[3] -
	    1900;
	tm.tm_mon = part[4] * 10 + part[5] - 1;
	tm.tm_mday = part[6] * 10 + part[7];

	/* timegm takes the 30th of February for a day in March. */
	back = tm;
	*out = timegm(&back);
	return *out >= 0 && back.tm_mday == tm.tm_mday &&
	    back.tm_mon == tm.tm_mon;
}

void
date_text(int64_t seconds, char out[NUMBER_TEXT])
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(out, NUMBER_TEXT, "%Y-%m-%d", &tm) == 0)
		strcpy(out, "?");
}
