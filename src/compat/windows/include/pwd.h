/* pwd.h: there are no users with numbers. */
#ifndef COMPAT_WINDOWS_PWD_H
#define COMPAT_WINDOWS_PWD_H

struct passwd {
	unsigned int pw_uid;
};

#define getpwnam(name) ((void)(name), (const struct passwd *)NULL)

#endif
