#include <string.h>

#include <openssl/x509v3.h>

#include "keys/new_key.h"
#include "options/made_value.h"
#include "pki/altname_list.h"
#include "pki/due.h"
#include "pki/request.h"
#include "pki/subject.h"
#include "pki/usage.h"
#include "util/quote.h"

static bool check_subject(const char *text, struct problem *problem)
{
	X509_NAME *name = NULL;
	bool ok = subject_parse(&name, text, problem);

	X509_NAME_free(name);
	return ok;
}

static bool check_names(const char *text, struct problem *problem)
{
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	bool ok = names != NULL ? altname_list_add(names, text, problem)
				: problem_set(problem, "out of memory");

	GENERAL_NAMES_free(names);
	return ok;
}

static bool check_purposes(const char *text, struct problem *problem)
{
	EXTENDED_KEY_USAGE *purposes = NULL;
	bool ok = usage_add_purposes(&purposes, text, problem);

	EXTENDED_KEY_USAGE_free(purposes);
	return ok;
}

static bool check_new_key(
    const char *text, const char *types, struct problem *problem)
{
	const char *meant = new_key_find_meant(text);
	char shown[80];

	return new_key_find_type(text) != NULL ||
	    problem_set(problem, "unknown type of key %s%s%s%s, not one of %s",
		log_escape(shown, sizeof(shown), text, strlen(text)),
		meant != NULL ? " (did you mean " : "",
		meant != NULL ? meant : "", meant != NULL ? "?)" : "", types);
}

bool made_value_is_good(
    enum option_check check, const char *text, struct problem *problem)
{
	struct due_when when;

	switch (check) {
	case CHECK_SUBJECT:
		return check_subject(text, problem);
	case CHECK_ALTNAMES:
		return check_names(text, problem);
	case CHECK_PURPOSES:
		return check_purposes(text, problem);
	case CHECK_TEMPLATE:
		return request_check_template(text, problem);
	case CHECK_DUE:
		return due_parse(&when, text, problem);
	case CHECK_NEW_KEY:
		return check_new_key(text, new_key_types, problem);
	case CHECK_RENEWED_KEY:
		return strcmp(text, NEW_KEY_SAME) == 0 ||
		    check_new_key(text, new_key_types_or_same, problem);
	default:
		return true;
	}
}
