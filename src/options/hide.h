/* hide.h: secrets in values of options and keys; for this room only. */
#ifndef OPTIONS_HIDE_H
#define OPTIONS_HIDE_H

#include "options/table.h"

/*
 * What an argument that is not an option looks like, if it is something with a
 * secret in it: a text for messages.  NULL: there is none.
 */
const char *hide_find_secret(const char *arg);

/*
 * Overwrites the secret part of a value of the row, so that ps(1) does not show
 * it: a pass phrase, a PIN in the URI of a key, the user and password of a
 * proxy.  The length of the value stays the same.  The row is NULL for an
 * argument that is not an option; but for "pass:" it is overwritten as a whole.
 */
void hide_secret(const struct option_row *row, char *value);

/*
 * What is secret in a value of the row, for comments in a configuration: a text
 * that does not tell it.  NULL: nothing, the value may be printed.
 */
const char *hide_describe(const struct option_row *row, const char *value);

/*
 * Whether the value is the URI of a key with a PIN (RFC 7512), and the row takes
 * none: messages name its files, words and numbers as they are.
 */
bool hide_is_misplaced_pin(const struct option_row *row, const char *value);

/* Whether a value of the row may have user:password@ in it. */
bool hide_may_have_user(const struct option_row *row);

/* Whether the value of a command for an engine is a secret. */
bool hide_is_secret_command(const char *name, const char *value);

#endif
