/* no_tls.c: stands in for tls.c in a build without libssl. */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>

#include "http/tls.h"
#include "util/log.h"

#ifndef HAVE_LIBSSL

enum status tls_open(struct tls **out, const struct tls_options *options)
{
	(void)out;
	(void)options;
	return fail(ST_ERROR,
	    "https: TLS is not built in, this sscep was configured "
	    "--without-tls");
}

void tls_close(struct tls *tls)
{
	(void)tls;
}

enum conn_result tls_connect(struct conn **out, struct tls *tls,
    struct conn *lower, const char *host, const struct http_observer *observer,
    char *reason, size_t size)
{
	(void)out;
	(void)tls;
	(void)host;
	(void)observer;
	snprintf(reason, size, "TLS is not built in");
	lower->close(lower);
	return CONN_FAILED;
}

#endif
