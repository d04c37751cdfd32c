/* status.h: what stat() tells of a file. */
#ifndef COMPAT_WINDOWS_STATUS_H
#define COMPAT_WINDOWS_STATUS_H

#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#undef S_ISLNK
#undef S_ISSOCK
#define S_IFLNK     0xa000
#define S_ISLNK(m)  (((m)&0xf000) == S_IFLNK)
#define S_ISSOCK(m) ((void)(m), 0)
#define S_ISVTX     01000
#undef S_IRWXG
#undef S_IRWXO
#undef S_IWGRP
#undef S_IWOTH
#define S_IRWXG 070
#define S_IRWXO 07
#define S_IWGRP 020
#define S_IWOTH 02

#define uid_t  unsigned int
#define gid_t  unsigned int
#define mode_t unsigned int
#define off_t  long long

/* What the compiler of Microsoft lacks. */
#ifndef S_ISREG
#define S_IFIFO     _S_IFIFO
#define S_ISREG(m)  (((m)&0xf000) == _S_IFREG)
#define S_ISDIR(m)  (((m)&0xf000) == _S_IFDIR)
#define S_ISCHR(m)  (((m)&0xf000) == _S_IFCHR)
#define S_ISFIFO(m) (((m)&0xf000) == _S_IFIFO)
#define S_ISBLK(m)  ((void)(m), 0)
#endif
#ifdef _MSC_VER
#define ssize_t long long
#define pid_t   long long
#endif

struct windows_stat {
	unsigned long long st_dev, st_ino; /* volume and file index */
	mode_t st_mode; /* 0600: the access control list has one user only */
	unsigned int st_nlink;
	uid_t st_uid;
	gid_t st_gid;
	off_t st_size, st_blocks;
	time_t st_mtime, st_ctime;
};

#undef stat
#undef fstat
#define stat  windows_stat
#define fstat windows_fstat
#define lstat windows_lstat

int stat(const char *path, struct stat *out);
int lstat(const char *path, struct stat *out);
int fstat(int fd, struct stat *out);

#endif
