/* grp.h: there are no groups with numbers. */
#ifndef COMPAT_WINDOWS_GRP_H
#define COMPAT_WINDOWS_GRP_H

struct group {
	unsigned int gr_gid;
};

#define getgrnam(name) ((void)(name), (const struct group *)NULL)

#endif
