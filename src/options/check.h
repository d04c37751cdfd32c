/* check.h: what the values of options are checked for; for this room only. */
#ifndef OPTIONS_CHECK_H
#define OPTIONS_CHECK_H

/* What a string, or each item of a list, is checked for. */
enum option_check {
	CHECK_TEXT, /* as all but CHECK_ANY: not empty */
	CHECK_ANY,
	CHECK_FILE,   /* a file that is read */
	CHECK_OUTPUT, /* a file that is written */
	CHECK_DIR,
	CHECK_KEY,  /* a file, a URI, or a name for the engine */
	CHECK_PASS, /* the source of a pass phrase; never printed */
	CHECK_DIGEST,
	CHECK_CIPHER,
	CHECK_PAIR,        /* name=value */
	CHECK_PRINTABLE,   /* PrintableString, not empty */
	CHECK_FINGERPRINT, /* what pin_parse() takes */
	CHECK_CAPS,        /* keywords of GetCACaps */
	CHECK_NEW_KEY,     /* what new_key_find_type() knows */
	CHECK_RENEWED_KEY, /* that, or "same" */
	CHECK_SUBJECT,     /* what subject_parse() takes */
	CHECK_ALTNAMES,    /* what altname_list_add() takes */
	CHECK_PURPOSES,    /* what usage_add_purposes() takes */
	CHECK_TEMPLATE,    /* what request_check_template() takes */
	CHECK_DUE,         /* what due_parse() takes */
	CHECK_RENEW_WITH,  /* certificate, challenge, both */
	CHECK_MODE         /* of a file, in octal */
};

#endif
