#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>

#include "util/json.h"
#include "util/report.h"

#define REPORT_NAME(constant, name) name,
static const char *const field_names[] = {REPORT_FIELD_LIST(REPORT_NAME)};
static const char *const list_names[] = {REPORT_LIST_LIST(REPORT_NAME)};
#undef REPORT_NAME

void report_set(struct report *r, enum report_field field, const char *text)
{
	OPENSSL_free(r->fields[field]);
	r->fields[field] = OPENSSL_strdup(text);
	if (r->fields[field] == NULL)
		r->failed = true;
}

void report_set_number(
    struct report *r, enum report_field field, long long number)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", number);
	report_set(r, field, text);
	r->numbers[field] = true;
}

static void add_comma(struct report *r, enum report_list list)
{
	if (r->lists[list].len > 0 && !buf_add_string(&r->lists[list], ","))
		r->failed = true;
}

void report_add_string(
    struct report *r, enum report_list list, const char *text)
{
	add_comma(r, list);
	if (!json_add_string(&r->lists[list], text))
		r->failed = true;
}

/*
 * A quotation mark within a string has a backslash before it: one that is behind
 * a comma begins a string.
 */
static char *find_string(const struct buf *list, const char *string)
{
	char *start = (char *)list->data, *p = start;

	while (p != NULL && (p = strstr(p, string)) != NULL) {
		if (p == start || p[-1] == ',')
			return p;
		p++;
	}
	return NULL;
}

void report_remove_string(
    struct report *r, enum report_list list, const char *text)
{
	struct buf *strings = &r->lists[list], string = {0};
	char *from = NULL, *end;

	if (!json_add_string(&string, text))
		r->failed = true;
	else if (strings->len > 0)
		from = find_string(strings, buf_string(&string));
	if (from != NULL) {
		end = from + string.len;
		if (*end == ',')
			end++;
		else if (from > (char *)strings->data)
			from--;
		memmove(from, end, strlen(end) + 1);
		strings->len -= (size_t)(end - from);
	}
	buf_free(&string);
}

void report_add_object(
    struct report *r, enum report_list list, const struct buf *object)
{
	add_comma(r, list);
	if (!buf_addf(&r->lists[list], "{%s}", buf_string(object)))
		r->failed = true;
}

static bool add_field(struct buf *out, const struct report *r, int i)
{
	if (!r->numbers[i])
		return json_add_member(out, field_names[i], r->fields[i]);
	return buf_addf(out, "%s\"%s\":%s", out->len > 0 ? "," : "",
	    field_names[i], r->fields[i]);
}

bool report_add_json(struct buf *out, const struct report *r, enum status st)
{
	struct buf members = {0};
	bool ok = !r->failed;
	int i;

	for (i = 0; ok && i < REPORT_FIELDS; i++)
		if (r->fields[i] != NULL)
			ok = add_field(&members, r, i);
	for (i = 0; ok && i < REPORT_LISTS; i++)
		if (r->lists[i].len > 0)
			ok = buf_addf(&members, "%s\"%s\":[%s]",
			    members.len > 0 ? "," : "", list_names[i],
			    buf_string(&r->lists[i]));
	ok = ok &&
	    buf_addf(out, "{%s%s\"exitCode\":%d}", buf_string(&members),
		members.len > 0 ? "," : "", (int)st);
	buf_free(&members);
	return ok;
}

void report_free(struct report *r)
{
	int i;

	for (i = 0; i < REPORT_FIELDS; i++)
		OPENSSL_free(r->fields[i]);
	for (i = 0; i < REPORT_LISTS; i++)
		buf_free(&r->lists[i]);
	memset(r, 0, sizeof(*r));
}
