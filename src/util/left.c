#include <stdlib.h>
#include <unistd.h>

#include "util/left.h"
#include "util/log.h"

#define OTHERS_WRITE (S_IWGRP | S_IWOTH)

static void allow_owner(struct left_rule *rule, uid_t owner)
{
	if (rule->count < LEFT_OWNERS_MAX)
		rule->owners[rule->count++] = owner;
}

void left_allow(struct left_rule *rule, const struct stat *model)
{
	allow_owner(rule, model->st_uid);
	rule->mode |= model->st_mode;
}

void left_allow_first(struct left_rule *rule, const struct attributes *first)
{
	if (first->owner_given)
		allow_owner(rule, first->owner);
	if (first->mode_given)
		rule->mode |= first->mode;
}

static bool is_ours(const struct stat *sb)
{
	return sb->st_uid == geteuid() || sb->st_uid == 0;
}

static bool is_allowed(const struct left_rule *rule, const struct stat *sb)
{
	size_t i;

	for (i = 0; i < rule->count; i++)
		if (rule->owners[i] == sb->st_uid)
			return true;
	return is_ours(sb);
}

enum status left_check_owner(
    const struct left_rule *rule, const char *path, const struct stat *sb)
{
	if (is_allowed(rule, sb))
		return ST_OK;
	return fail(ST_FILE,
	    "%s: it is there, and belongs to user %lu, who may have put it "
	    "there; expected what an earlier run has left, of this user or "
	    "root (remove it)",
	    path, (unsigned long)sb->st_uid);
}

/* The mode of a symbolic link says nothing. */
enum status left_check(
    const struct left_rule *rule, const char *path, const struct stat *sb)
{
	enum status st = left_check_owner(rule, path, sb);

	if (st != ST_OK || S_ISLNK(sb->st_mode) ||
	    (sb->st_mode & ~rule->mode & OTHERS_WRITE) == 0)
		return st;
	return fail(ST_FILE,
	    "%s: it is there, and has mode %04o: others than its owner, user "
	    "%lu, may have written it; expected what an earlier run has left "
	    "(remove it)",
	    path, (unsigned int)(sb->st_mode & 07777U),
	    (unsigned long)sb->st_uid);
}

bool left_is_in_sticky_directory(const struct target *target)
{
	char *directory = target_directory(target->path);
	struct stat sb;
	bool yes;

	yes = directory != NULL && stat(directory, &sb) == 0 &&
	    (sb.st_mode & S_ISVTX) != 0;
	free(directory);
	return yes;
}

bool left_is_planted(const struct target *target)
{
	return target->exists && !target->stream && !is_ours(&target->status) &&
	    left_is_in_sticky_directory(target);
}
