/* key_file.h: files that hold private keys, which no output overwrites. */
#ifndef KEYS_KEY_FILE_H
#define KEYS_KEY_FILE_H

#include <stdbool.h>

#include "util/status.h"

/*
 * Whether path is a regular file that holds a private key: in PEM, with
 * whatever else is in there, or in DER, PKCS #8 or PKCS #12.  ST_FILE after
 * reporting that the file cannot be read, or is larger than FILE_READ_MAX.
 */
enum status key_file_find(bool *holds, const char *path);

/* ST_OK when there is none; ST_FILE after reporting that, or as above. */
enum status key_file_guard(const char *path);

/* The same for what may be larger, a CRL: FILE_READ_MAX bytes are searched. */
enum status key_file_guard_large(const char *path);

#endif
