#include <string.h>

#include <openssl/x509v3.h>

#include "compat/compat.h"
#include "keys/new_key.h"
#include "options/made.h"
#include "pki/altname_list.h"
#include "pki/subject.h"
#include "pki/usage.h"
#include "util/file.h"
#include "util/log.h"

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
	bool ok = usage_parse_purposes(&purposes, text, problem);

	EXTENDED_KEY_USAGE_free(purposes);
	return ok;
}

bool made_check_value(
    enum option_check check, const char *text, struct problem *problem)
{
	char shown[80];

	switch (check) {
	case CHECK_SUBJECT:
		return check_subject(text, problem);
	case CHECK_ALTNAMES:
		return check_names(text, problem);
	case CHECK_PURPOSES:
		return check_purposes(text, problem);
	case CHECK_NEW_KEY:
		return new_key_find_type(text) != NULL ||
		    problem_set(problem,
			"unknown type of key %s, not one of %s",
			log_escape(shown, sizeof(shown), text, strlen(text)),
			new_key_types);
	default:
		return true;
	}
}

/* An option that only a request which is made here can have; NULL: none. */
static const char *find_detail(const struct options *o)
{
	const struct {
		const char *name;
		bool given;
	} details[] = {
	    {"--san", o->altnames.count > 0},
	    {"--eku", o->purposes != NULL},
	    {"--ku", o->key_usage},
	    {"--template", o->cert_template != NULL},
	    {"--challenge", o->challenge != NULL},
	};
	size_t i;

	for (i = 0; i < COUNT_OF(details); i++)
		if (details[i].given)
			return details[i].name;
	return NULL;
}

static enum status check_request(const struct options *o)
{
	if (o->key == NULL)
		return fail_misuse(
		    "missing private key (-k, --key): the request is made for "
		    "it");
	if (o->subject == NULL && o->sign_cert == NULL)
		return fail_misuse(
		    "missing subject (--subject): that of the request that is "
		    "made with --new-key");
	if (o->subject != NULL && strcmp(o->subject, "/") == 0 &&
	    o->altnames.count == 0)
		return fail_misuse(
		    "--subject is empty, and there is no name in --san (RFC "
		    "5280, 4.2.1.6)");
	if (o->request != NULL && file_is_standard(o->request))
		return fail_misuse(
		    "the request that is made is not written to -r -: give the "
		    "name of a file, or leave -r out");
	if (o->new_key != NULL && file_is_standard(o->key))
		return fail_misuse(
		    "--new-key writes the key to a file: -k - is "
		    "not the name of one");
	return ST_OK;
}

enum status made_check_options(const struct options *o)
{
	const char *detail = find_detail(o);

	if (o->operation->op != OP_ENROLL)
		return ST_OK;
	if (o->key_passout != NULL && o->new_key == NULL)
		return fail_misuse("--key-passout needs --new-key");
	if (o->request == NULL || o->subject != NULL || o->new_key != NULL)
		return check_request(o);
	if (detail != NULL)
		return fail_misuse(
		    "%s needs --subject or --new-key: the request of -r is not "
		    "changed",
		    detail);
	return ST_OK;
}
