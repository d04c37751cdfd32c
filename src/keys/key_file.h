/* key_file.h: files that hold private keys, which no output overwrites. */
#ifndef KEYS_KEY_FILE_H
#define KEYS_KEY_FILE_H

#include "util/status.h"

/*
 * ST_OK when path is no regular file, or one that holds no private key: neither
 * in PEM, with whatever else is in there, nor in DER, PKCS #8 or PKCS #12.
 * ST_FILE after reporting, also when the file cannot be read.
 */
enum status key_file_guard(const char *path);

#endif
