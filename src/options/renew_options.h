/* renew_options.h: the options about renewals, a part of struct options. */
#ifndef OPTIONS_RENEW_OPTIONS_H
#define OPTIONS_RENEW_OPTIONS_H

#include <stdbool.h>

#define POLL_INTERVAL_RENEW  15
#define POLL_TIME_RENEW      60
#define HOOK_TIMEOUT_DEFAULT 300

/* --renewal: the messageType of a renewal (RFC 8894, 3.2.1.2). */
enum renewal {
	RENEWAL_AUTO = 0,
	RENEWAL_RENEWALREQ = 17,
	RENEWAL_PKCSREQ = 19
};

/* Of renew alone.  Owns its strings; NULL: not given. */
struct renew_options {
	char *with; /* "certificate", "challenge", "both" */
	char *bundle, *fullchain;
	char *key_mode, *cert_mode; /* octal */
	char *owner, *hook;
	int wait_lock, jitter, hook_timeout; /* seconds */
	bool force, forget, dry_run, hook_optional;
	const char *like_cert; /* set by renew: the request is for its names */
	bool hook_of_file;     /* the hook is from the configuration file */
};

#endif
