#include <limits.h>
#include <string.h>

#include "pki/caset.h"
#include "util/file.h"
#include "util/log.h"

bool caset_set_name(struct buf *name, const char *base, int i)
{
	name->len = 0;
	return buf_addf(name, "%s-%d", base, i);
}

enum status caset_find_file(
    bool *exists, struct buf *name, const char *base, int i)
{
	const char *last;

	*exists = false;
	if (!caset_set_name(name, base, i))
		return fail_memory();
	last = strrchr(buf_string(name), '/');
	if (strlen(last != NULL ? last + 1 : buf_string(name)) > NAME_MAX)
		return ST_OK;
	return file_find(exists, buf_string(name));
}

enum status caset_find_base(bool *exists, const char *base)
{
	struct buf name = {0};
	bool numbered;
	enum status st;

	*exists = true;
	if (file_is_standard(base) || file_has_contents(base))
		return ST_OK;
	st = file_find(exists, base);
	if (st == ST_OK && *exists) {
		st = caset_find_file(&numbered, &name, base, 0);
		*exists = !numbered;
	}
	buf_free(&name);
	return st;
}

X509 *caset_find_missing(STACK_OF(X509) *certs, STACK_OF(X509) *others)
{
	int i;

	for (i = 0; i < sk_X509_num(certs); i++)
		if (!cert_is_in(others, sk_X509_value(certs, i)))
			return sk_X509_value(certs, i);
	return NULL;
}
