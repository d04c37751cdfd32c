#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "compat/files.h"
#include "util/attributes.h"
#include "util/log.h"

/* The mode of a file that open(path, O_CREAT, 0666) would make. */
static mode_t default_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* Each by itself: we may give a file to a group of ours, but not away. */
static void set_owner(int fd, const char *name, const struct stat *old)
{
	struct stat now;
	bool ok;

	if (fstat(fd, &now) != 0)
		return;
	ok = old->st_gid == now.st_gid ||
	    fchown(fd, (uid_t)-1, old->st_gid) == 0;
	if (old->st_uid != now.st_uid &&
	    fchown(fd, old->st_uid, (gid_t)-1) != 0)
		ok = false;
	if (!ok)
		warn(WARN_OWNER_CHANGED,
		    "%s: its owner or group could not be kept: %s", name,
		    strerror(errno));
}

bool attributes_set(int fd, const char *name, const struct target *target)
{
	if (!target->exists)
		return fchmod(fd, default_mode()) == 0;
	set_owner(fd, name, &target->status);
	if (fchmod(fd, target->status.st_mode & 0777) != 0)
		return false;
	if (!compat_copy_access(fd, target->path))
		warn(WARN_ACCESS_CHANGED,
		    "%s: its access control list or label could not be kept: "
		    "%s",
		    name, strerror(errno));
	return true;
}
