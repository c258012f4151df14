/* SPDX-License-Identifier: Apache-2.0 */
#include "facts_json.h"

#include <string.h>

static const struct {
	enum fact_key key;
	const char *name;
} facts[] = {
#define FACT(constant, label, name, unit, type) {constant, name},
    FACTS(FACT)
#undef FACT
};

static const struct {
	enum fact_source source;
	const char *name;
} sources[] = {
#define SOURCE(constant, label, name) {constant, name},
    SOURCES(SOURCE)
#undef SOURCE
};

static bool
find_fact(const char *name, enum fact_key *out)
{
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		if (strcmp(facts[i].name, name) == 0) {
			*out = facts[i].key;
			return true;
		}
	return false;
}

static bool
find_source(const char *name, enum fact_source *out)
{
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (strcmp(sources[i].name, name) == 0) {
			*out = sources[i].source;
			return true;
		}
	return false;
}

static json_t *
devices(const json_t *all)
{
	return json_object_get(json_object_get(all, "data"), "devices");
}

enum status
facts_json_count(const json_t *all, size_t *count)
{
	*count = json_array_size(devices(all));
	return json_is_array(devices(all)) && *count <= DEVICES_MAX
	    ? OK
	    : FACTS_MALFORMED;
}

static bool
add(struct fact_list *list, enum fact_key key, enum fact_source source,
    const json_t *v)
{
	if (json_is_integer(v))
		return json_integer_value(v) >= 0 &&
		    fact_add_uint(list, key, source,
			(uint64_t)json_integer_value(v));
	return json_is_string(v) &&
	    fact_add_text(list, key, source,
		bytes_view(json_string_value(v), json_string_length(v)));
}

enum status
facts_json_read(const json_t *all, size_t i, struct facts_device *out)
{
	json_t *device = json_array_get(devices(all), i), *told, *v;
	const char *label = json_string_value(json_object_get(device, "label"));
	const char *name, *by;
	enum fact_source source;
	enum fact_key key;

	memset(out, 0, sizeof(*out));
	if (label == NULL || !device_label_ok(bytes_str(label)))
		return FACTS_MALFORMED;
	strcpy(out->label, label);
	out->simulated =
	    json_is_true(json_object_get(device, "simulated"));
	json_object_foreach(json_object_get(device, "facts"), name, told) {
		if (!find_fact(name, &key))
			return FACTS_MALFORMED;
		json_object_foreach(told, by, v)
			if (!find_source(by, &source) ||
			    !add(&out->list, key, source, v))
				return FACTS_MALFORMED;
	}
	return OK;
}
