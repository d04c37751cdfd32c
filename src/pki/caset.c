#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "pki/caset.h"
#include "util/ascii.h"
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

/* The number of the file in the set, -1 if it is not one of the set. */
static long number_of(const char *file, const char *base)
{
	size_t len = strlen(base);
	char *end;
	long i;

	if (strncmp(file, base, len) != 0 || file[len] != '-' ||
	    !ascii_is_digit(file[len + 1]))
		return -1;
	i = strtol(file + len + 1, &end, 10);
	return *end == '\0' && i < CASET_COUNT_MAX ? i : -1;
}

void caset_find_numbers(bool found[CASET_COUNT_MAX], const char *base)
{
	const char *slash = strrchr(base, '/');
	const struct dirent *entry;
	struct buf directory = {0};
	DIR *dir = NULL;
	long i;

	if (slash == NULL)
		dir = opendir(".");
	else if (buf_add(&directory, base, (size_t)(slash - base) + 1))
		dir = opendir(buf_string(&directory));
	buf_free(&directory);
	memset(found, dir == NULL, CASET_COUNT_MAX * sizeof(*found));
	if (dir == NULL)
		return;
	base = slash != NULL ? slash + 1 : base;
	while ((entry = readdir(dir)) != NULL)
		if ((i = number_of(entry->d_name, base)) >= 0)
			found[i] = true;
	closedir(dir);
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
