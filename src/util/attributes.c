#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compat/files.h"
#include "util/attributes.h"
#include "util/log.h"

/* What the umask leaves of a mode, as it does for open(). */
static mode_t less_umask(mode_t mode)
{
	mode_t mask = umask(0);

	umask(mask);
	return mode & ~mask;
}

/*
 * Each by itself: we may give a file to a group of ours, but not away.  Returns
 * whether the group is that of old.
 */
static bool set_owner(int fd, const char *name, const struct stat *old)
{
	struct stat now;
	bool group, user;
	int error = 0;

	if (fstat(fd, &now) != 0)
		return false;
	group = old->st_gid == now.st_gid ||
	    fchown(fd, (uid_t)-1, old->st_gid) == 0;
	if (!group)
		error = errno;
	user = old->st_uid == now.st_uid ||
	    fchown(fd, old->st_uid, (gid_t)-1) == 0;
	if (!user)
		error = errno;
	if (!group || !user)
		warn(WARN_OWNER_CHANGED,
		    "%s: its owner or group could not be kept: %s", name,
		    strerror(error));
	return group;
}

static bool copy_mode(
    int fd, const char *name, const struct target *target, bool secret)
{
	if (!compat_copy_mode(fd, target->status.st_mode & 0777))
		return false;
	if (!compat_copy_access(fd, target->path, secret))
		warn(WARN_ACCESS_CHANGED,
		    "%s: its access control list or label could not be kept: "
		    "%s",
		    name, strerror(errno));
	return true;
}

bool attributes_copy(int fd, const char *name, const struct target *target)
{
	set_owner(fd, name, &target->status);
	return copy_mode(fd, name, target, false);
}

bool attributes_copy_secret(
    int fd, const char *name, const struct target *target)
{
	if (set_owner(fd, name, &target->status))
		return copy_mode(fd, name, target, true);
	return fchmod(fd, target->status.st_mode & 0707) == 0;
}

/* Another name of the file may be one in a directory of somebody else. */
static bool is_ours_alone(int fd)
{
	struct stat sb;

	return fstat(fd, &sb) == 0 && S_ISREG(sb.st_mode) &&
	    sb.st_uid == geteuid() && sb.st_nlink == 1;
}

void attributes_give(
    int fd, const struct target *like, const struct attributes *first)
{
	struct attributes to = *first;

	if (geteuid() != 0 || !is_ours_alone(fd))
		return;
	if (like->exists)
		to = (struct attributes){
		    .owner_given = true,
		    .owner = like->status.st_uid,
		    .group_given = true,
		    .group = like->status.st_gid,
		};
	to.mode_given = true;
	to.mode = 0600;
	if (!attributes_set(fd, &to, 0600))
		verbose("%s: its owner could not be given another file: %s",
		    like->path, strerror(errno));
}

mode_t attributes_first_mode(const struct attributes *first, mode_t usual)
{
	return first->mode_given ? first->mode : less_umask(usual);
}

bool attributes_set(int fd, const struct attributes *first, mode_t usual)
{
	uid_t owner = first->owner_given ? first->owner : (uid_t)-1;
	gid_t group = first->group_given ? first->group : (gid_t)-1;

	if ((first->owner_given || first->group_given) &&
	    fchown(fd, owner, group) != 0)
		return false;
	return fchmod(fd, attributes_first_mode(first, usual)) == 0;
}
