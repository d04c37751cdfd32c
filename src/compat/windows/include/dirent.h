/* dirent.h: the names of the files in a directory, in UTF-8. */
#ifndef COMPAT_WINDOWS_DIRENT_H
#define COMPAT_WINDOWS_DIRENT_H

#define DIR      struct windows_directory
#define opendir  windows_opendir
#define readdir  windows_readdir
#define closedir windows_closedir

struct dirent {
	char d_name[1024];
};

DIR;

DIR *opendir(const char *path);
struct dirent *readdir(DIR *directory);
int closedir(DIR *directory);

#endif
