#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ops/crlold.h"
#include "ops/describe.h"
#include "pki/crlhead.h"
#include "util/log.h"

static void warn_of(
    const char *name, const struct crl *crl, const struct crl *old)
{
	struct buf received = {0}, was = {0};

	if (describe_add_time(&received, crl->this_update) &&
	    describe_add_time(&was, old->this_update))
		warn(WARN_CRL_OLDER,
		    "CRL %s: the one received is older than that in the file: "
		    "thisUpdate %s, in the file %s%s: look whether the server "
		    "is behind",
		    name, buf_string(&received), buf_string(&was),
		    strcmp(buf_string(&received), buf_string(&was)) == 0
			? ", with a lower cRLNumber"
			: "");
	buf_free(&received);
	buf_free(&was);
}

void crlold_warn(const struct output *output, const struct crl *crl)
{
	const struct target *target = &output->target;
	struct crl old = {0};
	int fd;

	if (target->stream || !target->exists ||
	    !S_ISREG(target->status.st_mode))
		return;
	fd = open(target->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	if (crlhead_peek(&old, fd) && crlhead_is_newer(&old, crl))
		warn_of(output->name, crl, &old);
	crl_free(&old);
	close(fd);
}
