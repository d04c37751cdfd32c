#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* setgroups() */
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef HAVE_FGETXATTR
#include <sys/xattr.h>
#endif

#include <cmocka.h>

#include "fixtures.h"
#include "util/log.h"
#include "util/place.h"
#include "util/swap.h"

#define NOBODY    65534
#define PATH_SIZE 1024

static char self[PATH_SIZE]; /* this program */

/* -- Files ---------------------------------------------------------------- */

static const char *at(const char *directory, const char *name)
{
	static char paths[32][PATH_SIZE];
	static size_t next;
	char *path = paths[next++ % NITEMS(paths)];

	snprintf(path, sizeof(paths[0]), "%s/%s", directory, name);
	return path;
}

/* An empty directory below that of the fixtures, which anybody may search. */
static const char *make_directory(void)
{
	static char path[PATH_SIZE];
	static int number;
	char name[32];

	snprintf(name, sizeof(name), "swap%d", ++number);
	snprintf(path, sizeof(path), "%s", fixture_path(name));
	assert_int_equal(chmod(fixture_directory(), 0711), 0);
	assert_int_equal(mkdir(path, 0755), 0);
	return path;
}

static void put(const char *path, const char *text)
{
	fixture_write(path, text, strlen(text));
}

/* The contents, "none" if there is no such file. */
static const char *contents(const char *path)
{
	static char text[4][64];
	static size_t next;
	char *to = text[next++ % NITEMS(text)];
	FILE *f = fopen(path, "rb");
	size_t len;

	if (f == NULL)
		return "none";
	len = fread(to, 1, sizeof(text[0]) - 1, f);
	to[len] = '\0';
	fclose(f);
	return to;
}

static struct stat status_of(const char *path)
{
	struct stat sb;

	assert_int_equal(lstat(path, &sb), 0);
	return sb;
}

static mode_t mode_of(const char *path)
{
	return status_of(path).st_mode & 07777;
}

static enum status write_new(const struct swap_file *file, const char *text)
{
	struct buf bytes = {0};
	enum status st;

	assert_true(buf_add_string(&bytes, text));
	st = swap_write_new(file, &bytes);
	buf_free(&bytes);
	return st;
}

/* -- A renewal of a bundle, a key and a certificate ------------------------ */

/* The names of the files of a directory, without "." and "..", sorted. */
static const char *names_in(const char *directory)
{
	static char text[PATH_SIZE];
	struct dirent **entries;
	int i, count = scandir(directory, &entries, NULL, alphasort);

	assert_true(count >= 0);
	text[0] = '\0';
	for (i = 0; i < count; i++) {
		if (strcmp(entries[i]->d_name, ".") != 0 &&
		    strcmp(entries[i]->d_name, "..") != 0)
			snprintf(text + strlen(text),
			    sizeof(text) - strlen(text), "%s ",
			    entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return text;
}

#define COUNT 3

struct renewal {
	char path[COUNT][PATH_SIZE];
	struct swap_file files[COUNT];
};

/* The key is in another directory, and "key" is a link to it. */
static void name_files(struct renewal *r, const char *directory)
{
	static const char *const names[COUNT] = {"bundle", "key", "cert"};
	size_t i;

	memset(r, 0, sizeof(*r));
	for (i = 0; i < COUNT; i++) {
		snprintf(r->path[i], sizeof(r->path[i]), "%s",
		    at(directory, names[i]));
		r->files[i].path = r->path[i];
		r->files[i].secret = i < 2;
		r->files[i].keep_old = i > 0;
	}
}

static void make_files(const char *directory, const char *generation)
{
	static const char *const names[] = {
	    "bundle", "private/key", "cert", "private/key.old", "cert.old"};
	size_t i;

	assert_int_equal(mkdir(at(directory, "private"), 0755), 0);
	assert_int_equal(symlink("private/key", at(directory, "key")), 0);
	for (EACH_ROW(i, names, names[i])) {
		put(at(directory, names[i]), i < COUNT ? generation : "old");
		assert_int_equal(
		    chmod(at(directory, names[i]), i < 2 ? 0640 : 0444), 0);
	}
}

/* A key that is there is not made again. */
static enum status write_all(const struct renewal *r, const char *generation)
{
	enum status st = ST_OK;
	bool there;
	size_t i;

	for (i = 0; st == ST_OK && i < COUNT; i++) {
		st = swap_find_new(&there, &r->files[i]);
		if (st == ST_OK && (i != 1 || !there))
			st = write_new(&r->files[i], generation);
	}
	return st;
}

/* What a run does: it goes on with a swap, or makes one. */
static enum status run(const char *directory, const char *generation)
{
	struct renewal r;
	enum status st;
	bool due;

	name_files(&r, directory);
	if ((st = swap_find_new(&due, &r.files[COUNT - 1])) != ST_OK)
		return st;
	if (!due && strcmp(contents(r.path[COUNT - 1]), generation) != 0)
		st = write_all(&r, generation);
	return st == ST_OK ? swap_finish(r.files, COUNT) : st;
}

/* What is there whenever a run was killed: nothing is lost. */
static void check_between(const char *directory)
{
	const char *key = contents(at(directory, "key"));
	const char *cert = contents(at(directory, "cert"));

	assert_true(strcmp(key, "one") == 0 || strcmp(key, "two") == 0);
	if (strcmp(cert, "one") == 0 && strcmp(key, "two") == 0)
		assert_string_equal(contents(at(directory, "cert.new")), "two");
	else
		assert_string_equal(cert, key);
	assert_true(strcmp(contents(at(directory, "cert.old")), "none") != 0);
	assert_true(
	    strcmp(contents(at(directory, "private/key.old")), "none") != 0);
	if (strcmp(key, "two") == 0) {
		assert_string_equal(
		    contents(at(directory, "private/key.old")), "one");
		assert_string_equal(contents(at(directory, "cert.old")), "one");
	}
	if (strcmp(cert, "two") == 0)
		assert_string_equal(contents(at(directory, "bundle")), "two");
}

static void check_after(const char *directory)
{
	assert_string_equal(contents(at(directory, "bundle")), "two");
	assert_string_equal(contents(at(directory, "key")), "two");
	assert_string_equal(contents(at(directory, "cert")), "two");
	assert_string_equal(contents(at(directory, "private/key.old")), "one");
	assert_string_equal(contents(at(directory, "cert.old")), "one");
	assert_string_equal(
	    names_in(directory), "bundle cert cert.old key private ");
	assert_string_equal(names_in(at(directory, "private")), "key key.old ");
	assert_true(S_ISLNK(status_of(at(directory, "key")).st_mode));
	assert_int_equal(mode_of(at(directory, "private/key")), 0640);
	assert_int_equal(mode_of(at(directory, "private/key.old")), 0640);
	assert_int_equal(mode_of(at(directory, "cert")), 0444);
}

static void remove_files(const char *directory)
{
	static const char *const names[] = {"bundle", "cert", "cert.old", "key",
	    "private/key", "private/key.old"};
	size_t i;

	for (EACH_ROW(i, names, names[i]))
		assert_int_equal(unlink(at(directory, names[i])), 0);
	assert_int_equal(rmdir(at(directory, "private")), 0);
}

static void test_swap(void **state)
{
	const char *directory = make_directory();
	ino_t key, cert;

	(void)state;
	make_files(directory, "one");
	key = status_of(at(directory, "private/key")).st_ino;
	cert = status_of(at(directory, "cert")).st_ino;
	assert_int_equal(run(directory, "two"), ST_OK);
	check_after(directory);
	assert_int_equal(
	    status_of(at(directory, "private/key.old")).st_ino, key);
	assert_int_equal(status_of(at(directory, "cert.old")).st_ino, cert);

	/* Nothing is left to do. */
	assert_int_equal(run(directory, "two"), ST_OK);
	check_after(directory);
}

/* A program that holds a file open goes on with what it has opened. */
static void test_a_reader_keeps_what_it_has_opened(void **state)
{
	const char *directory = make_directory();
	FILE *key, *cert;

	(void)state;
	make_files(directory, "one");
	key = fopen(at(directory, "key"), "r");
	cert = fopen(at(directory, "cert"), "r");
	assert_non_null(key);
	assert_non_null(cert);
	assert_int_equal(run(directory, "two"), ST_OK);
	assert_int_equal(fgetc(key), 'o');
	assert_int_equal(fgetc(cert), 'o');
	fclose(key);
	fclose(cert);
}

/* Until the last NAME.new is there, the others are those of nothing. */
static void test_incomplete_new_files_are_not_taken(void **state)
{
	const char *directory = make_directory();
	struct renewal r;
	bool there;

	(void)state;
	make_files(directory, "one");
	name_files(&r, directory);
	assert_int_equal(write_new(&r.files[0], "two"), ST_OK);
	assert_int_equal(write_new(&r.files[1], "two"), ST_OK);
	assert_int_equal(swap_finish(r.files, COUNT), ST_OK);
	assert_string_equal(contents(at(directory, "key")), "one");
	assert_string_equal(contents(at(directory, "bundle")), "one");
	assert_string_equal(contents(at(directory, "private/key.old")), "old");
	assert_int_equal(swap_find_new(&there, &r.files[1]), ST_OK);
	assert_true(there);
	assert_int_equal(swap_find_new(&there, &r.files[2]), ST_OK);
	assert_false(there);

	assert_int_equal(swap_remove_new(&r.files[1]), ST_OK);
	assert_int_equal(swap_remove_new(&r.files[1]), ST_OK);
	assert_string_equal(names_in(at(directory, "private")), "key key.old ");
}

/* Without a NAME.new a file stays as it is. */
static void test_a_file_without_a_new_one_stays(void **state)
{
	const char *directory = make_directory();
	struct renewal r;

	(void)state;
	make_files(directory, "one");
	name_files(&r, directory);
	assert_int_equal(write_new(&r.files[2], "two"), ST_OK);
	assert_int_equal(swap_finish(r.files, COUNT), ST_OK);
	assert_string_equal(contents(at(directory, "key")), "one");
	assert_string_equal(contents(at(directory, "private/key.old")), "old");
	assert_string_equal(contents(at(directory, "cert")), "two");
	assert_string_equal(contents(at(directory, "cert.old")), "one");
}

static void test_new_files_are_written_beside(void **state)
{
	const char *directory = make_directory();
	struct swap_file file = {.path = at(directory, "file")};
	struct buf name = {0};
	mode_t mask = umask(0);

	(void)state;
	assert_int_equal(swap_path_beside(&name, file.path, ".new"), ST_OK);
	assert_string_equal(buf_string(&name), at(directory, "file.new"));
	assert_int_equal(write_new(&file, "first"), ST_OK);
	assert_int_equal(mode_of(at(directory, "file.new")), 0600);
	assert_int_equal(write_new(&file, "second"), ST_OK);
	assert_string_equal(contents(at(directory, "file.new")), "second");
	assert_string_equal(names_in(directory), "file.new ");

	assert_int_equal(swap_remove_new(&file), ST_OK);
	assert_string_equal(names_in(directory), "");
	umask(mask);
	buf_free(&name);
}

/* The companions are beside the file that a link leads to. */
static void test_companions_are_beside_the_target_of_a_link(void **state)
{
	const char *directory = make_directory();
	struct buf new = {0};

	(void)state;
	make_files(directory, "one");
	assert_int_equal(
	    swap_path_beside(&new, at(directory, "key"), ".new"), ST_OK);
	assert_string_equal(buf_string(&new), at(directory, "private/key.new"));
	buf_free(&new);
}

/* Somebody who may create links in the directory chooses no file for us. */
static void test_a_companion_that_is_a_link_is_not_followed(void **state)
{
	const char *directory = make_directory();
	struct swap_file file = {.path = at(directory, "cert")};
	struct buf bytes = {0};

	(void)state;
	put(at(directory, "other"), "other");
	assert_int_equal(symlink("other", at(directory, "cert.req")), 0);
	assert_true(buf_add_string(&bytes, "request"));
	assert_int_equal(swap_write_beside(&file, ".req", &bytes), ST_OK);
	assert_string_equal(contents(at(directory, "cert.req")), "request");
	assert_true(S_ISREG(status_of(at(directory, "cert.req")).st_mode));
	assert_string_equal(contents(at(directory, "other")), "other");
	buf_free(&bytes);
}

/* A link called NAME.old is replaced, and what it leads to stays. */
static void test_an_old_one_that_is_a_link_is_replaced(void **state)
{
	const char *directory = make_directory();

	(void)state;
	make_files(directory, "one");
	put(at(directory, "other"), "other");
	assert_int_equal(unlink(at(directory, "cert.old")), 0);
	assert_int_equal(symlink("other", at(directory, "cert.old")), 0);
	assert_int_equal(run(directory, "two"), ST_OK);
	assert_string_equal(contents(at(directory, "other")), "other");
	assert_int_equal(unlink(at(directory, "other")), 0);
	check_after(directory);
}

/* -- Owner and mode -------------------------------------------------------- */

/* The mode of the file after a swap; old is that of the one before, or 0. */
static mode_t swap_mode(const struct swap_file *file, mode_t old)
{
	unlink(file->path);
	if (old != 0) {
		put(file->path, "one");
		assert_int_equal(chmod(file->path, old), 0);
	}
	assert_int_equal(write_new(file, "two"), ST_OK);
	assert_int_equal(swap_finish(file, 1), ST_OK);
	assert_string_equal(contents(file->path), "two");
	return mode_of(file->path);
}

static void test_a_new_file_has_its_mode_by_the_umask(void **state)
{
	const char *directory = make_directory();
	struct swap_file file = {.path = at(directory, "file")};
	struct swap_file secret = {.path = file.path, .secret = true};
	mode_t mask = umask(0);

	(void)state;
	assert_int_equal(swap_mode(&file, 0), 0644);
	assert_int_equal(swap_mode(&secret, 0), 0600);
	umask(027);
	assert_int_equal(swap_mode(&file, 0), 0640);
	assert_int_equal(swap_mode(&secret, 0), 0600);
	assert_int_equal(swap_mode(&file, 0400), 0400);
	assert_int_equal(swap_mode(&secret, 0400), 0400);
	assert_int_equal(swap_mode(&secret, 0640), 0640);

	/* Given for the first one, and no other. */
	umask(077);
	file.first = (struct attributes){.mode_given = true, .mode = 0664};
	secret.first = (struct attributes){.mode_given = true, .mode = 0640};
	assert_int_equal(swap_mode(&file, 0), 0664);
	assert_int_equal(swap_mode(&secret, 0), 0640);
	assert_int_equal(swap_mode(&file, 0600), 0600);
	assert_int_equal(swap_mode(&secret, 0400), 0400);
	umask(mask);
}

/* The mode of a bundle that replaces this text of that mode. */
static mode_t bundle_mode(
    const struct swap_file *file, const char *text, mode_t old)
{
	put(file->path, text);
	assert_int_equal(chmod(file->path, old), 0);
	assert_int_equal(write_new(file, "new"), ST_OK);
	assert_int_equal(swap_finish(file, 1), ST_OK);
	return mode_of(file->path);
}

static void test_the_mode_of_a_file_without_a_key_is_not_kept(void **state)
{
	static const char key[] = "-----BEGIN EC PRIVATE KEY-----\n";
	static const char cert[] = "-----BEGIN CERTIFICATE-----\n";
	struct swap_file file = {
	    .path = at(make_directory(), "bundle"),
	    .secret = true,
	    .key_in_pem = true,
	};
	mode_t mask = umask(022);

	(void)state;
	assert_int_equal(bundle_mode(&file, key, 0644), 0644);
	assert_int_equal(bundle_mode(&file, cert, 0644), 0600);
	assert_int_equal(bundle_mode(&file, "", 0666), 0600);
	assert_int_equal(bundle_mode(&file, cert, 0444), 0400);
	assert_int_equal(unlink(file.path), 0);
	file.first = (struct attributes){.mode_given = true, .mode = 0660};
	assert_int_equal(bundle_mode(&file, cert, 0644), 0640);
	umask(mask);
}

static void test_the_owner_is_kept_as_root(void **state)
{
	const char *directory = make_directory();
	struct swap_file file = {
	    .path = at(directory, "file"), .secret = true, .keep_old = true};

	(void)state;
	if (geteuid() != 0)
		skip();
	put(file.path, "one");
	assert_int_equal(chown(file.path, NOBODY, NOBODY), 0);
	assert_int_equal(chmod(file.path, 0640), 0);
	assert_int_equal(write_new(&file, "two"), ST_OK);
	assert_int_equal(swap_finish(&file, 1), ST_OK);
	assert_int_equal(status_of(file.path).st_uid, NOBODY);
	assert_int_equal(status_of(file.path).st_gid, NOBODY);
	assert_int_equal(mode_of(file.path), 0640);
	assert_int_equal(status_of(at(directory, "file.old")).st_uid, NOBODY);

	assert_int_equal(unlink(file.path), 0);
	file.first = (struct attributes){.owner_given = true,
	    .owner = NOBODY,
	    .mode_given = true,
	    .mode = 0440};
	assert_int_equal(swap_check(&file, 1), ST_OK);
	assert_int_equal(write_new(&file, "three"), ST_OK);
	assert_int_equal(swap_finish(&file, 1), ST_OK);
	assert_int_equal(status_of(file.path).st_uid, NOBODY);
	assert_int_equal(status_of(file.path).st_gid, getegid());
	assert_int_equal(mode_of(file.path), 0440);
}

/* Does it as a user without rights, and returns the status of work(). */
static int as_nobody(int (*work)(const char *directory), const char *directory)
{
	int status;
	pid_t pid;

	if (geteuid() == 0)
		assert_int_equal(chown(directory, NOBODY, NOBODY), 0);
	capture_start(STDERR_FILENO);
	if ((pid = fork()) == 0) {
		if (geteuid() == 0 &&
		    (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 ||
			setuid(NOBODY) != 0))
			fixture_exit(99);
		fixture_exit(work(directory));
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int swap_secret(const char *directory)
{
	struct swap_file file = {.path = at(directory, "key"), .secret = true};

	return (int)(write_new(&file, "two") == ST_OK ? swap_finish(&file, 1)
						      : ST_ERROR);
}

/* Rights of a group that cannot be kept are not those of another one. */
static void test_a_lost_group_loses_its_rights_as_root(void **state)
{
	const char *directory = make_directory(), *text;
	int st;

	(void)state;
	if (geteuid() != 0)
		skip();
	put(at(directory, "key"), "one");
	assert_int_equal(chown(at(directory, "key"), NOBODY, 0), 0);
	assert_int_equal(chmod(at(directory, "key"), 0640), 0);
	st = as_nobody(swap_secret, directory);
	text = capture_stop();
	assert_int_equal(st, ST_OK);
	assert_non_null(strstr(text,
	    "key: its owner or group could not be kept: Operation not "
	    "permitted [owner-changed]\n"));
	assert_string_equal(contents(at(directory, "key")), "two");
	assert_int_equal(mode_of(at(directory, "key")), 0600);
}

#ifdef HAVE_FGETXATTR
/* user::rw- user:12345:r-- group::--- mask::r-- other::--- */
static void test_an_access_list_is_kept(void **state)
{
	static const unsigned char acl[] = {2, 0, 0, 0, 1, 0, 6, 0, 0xff, 0xff,
	    0xff, 0xff, 2, 0, 4, 0, 0x39, 0x30, 0, 0, 4, 0, 0, 0, 0xff, 0xff,
	    0xff, 0xff, 0x10, 0, 4, 0, 0xff, 0xff, 0xff, 0xff, 0x20, 0, 0, 0,
	    0xff, 0xff, 0xff, 0xff};
	static const char name[] = "system.posix_acl_access";
	const char *directory = make_directory();
	struct swap_file file = {.path = at(directory, "file"), .secret = true};
	unsigned char there[sizeof(acl) + 1];

	(void)state;
	put(file.path, "one");
	if (setxattr(file.path, name, acl, sizeof(acl), 0) != 0)
		skip();
	assert_int_equal(write_new(&file, "two"), ST_OK);
	assert_int_equal(swap_finish(&file, 1), ST_OK);
	assert_string_equal(contents(file.path), "two");
	assert_int_equal(
	    getxattr(file.path, name, there, sizeof(there)), sizeof(acl));
	assert_memory_equal(there, acl, sizeof(acl));
}
#endif

/* -- Errors ---------------------------------------------------------------- */

static int run_two(const char *directory)
{
	return (int)run(directory, "two");
}

/*
 * What a killed process has left is removed, even if it has got the mode of a
 * file that nobody may write to, and another name.
 */
static void test_leftovers_of_a_killed_process_are_removed(void **state)
{
	static const char *const names[] = {
	    ".key.new.sscep-tmp-000000", ".key.new.sscep-tmp-000001", "key"};
	const char *directory = make_directory();
	size_t i;
	int st;

	(void)state;
	put(at(directory, names[0]), "stale");
	put(at(directory, "key"), "one");
	assert_int_equal(
	    link(at(directory, "key"), at(directory, names[1])), 0);
	for (EACH_ROW(i, names, names[i])) {
		assert_int_equal(chmod(at(directory, names[i]), 0444), 0);
		if (geteuid() == 0)
			assert_int_equal(
			    chown(at(directory, names[i]), NOBODY, NOBODY), 0);
	}
	st = as_nobody(swap_secret, directory);
	assert_string_equal(capture_stop(), "");
	assert_int_equal(st, ST_OK);
	assert_string_equal(names_in(directory), "key ");
	assert_string_equal(contents(at(directory, "key")), "two");
}

static void test_temporary_files_are_removed_by_their_place(void **state)
{
	const char *directory = make_directory();
	const struct swap_file file = {.path = at(directory, "key")};

	(void)state;
	put(at(directory, ".key.new.sscep-tmp-000000"), "stale");
	put(at(directory, ".key.req.sscep-tmp-000000"), "stale");
	assert_int_equal(swap_remove_stale(&file, PLACE_NEW), ST_OK);
	assert_string_equal(names_in(directory), ".key.req.sscep-tmp-000000 ");
	assert_int_equal(swap_remove_stale(&file, ".req"), ST_OK);
	assert_string_equal(names_in(directory), "");
}

static void give_to_nobody(const char *directory)
{
	static const char *const names[] = {
	    "bundle", "cert", "private", "private/key"};
	size_t i;

	for (i = 0; geteuid() == 0 && i < NITEMS(names); i++)
		assert_int_equal(
		    chown(at(directory, names[i]), NOBODY, NOBODY), 0);
}

/* Nothing is replaced where one directory cannot be written to. */
static void test_nothing_is_replaced_in_part(void **state)
{
	const char *directory = make_directory(), *text;
	struct renewal r;
	int st;

	(void)state;
	make_files(directory, "one");
	give_to_nobody(directory);
	assert_int_equal(chmod(directory, 0555), 0);
	st = as_nobody(run_two, directory);
	text = capture_stop();
	assert_int_equal(chmod(directory, 0755), 0);
	assert_int_equal(st, ST_FILE);
	assert_non_null(
	    strstr(text, "bundle.new: cannot write: Permission denied\n"));
	assert_string_equal(contents(at(directory, "key")), "one");

	/* It was written to before. */
	name_files(&r, directory);
	assert_int_equal(write_all(&r, "two"), ST_OK);
	if (geteuid() == 0)
		assert_int_equal(
		    chown(at(directory, "bundle.new"), NOBODY, NOBODY) |
			chown(at(directory, "cert.new"), NOBODY, NOBODY) |
			chown(at(directory, "private/key.new"), NOBODY, NOBODY),
		    0);
	assert_int_equal(chmod(directory, 0555), 0);
	st = as_nobody(run_two, directory);
	text = capture_stop();
	assert_int_equal(chmod(directory, 0755), 0);
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text,
	    "/cert: cannot keep it as NAME.old: Permission denied; still to "
	    "take their places: "));
	assert_non_null(strstr(text, "cert.new; the next run goes on with "));
	assert_string_equal(contents(at(directory, "key")), "one");
	assert_string_equal(contents(at(directory, "cert")), "one");

	assert_int_equal(run(directory, "two"), ST_OK);
	check_after(directory);
}

static int finish_without_old(const char *directory)
{
	struct renewal r;

	name_files(&r, directory);
	r.files[2].keep_old = false;
	return (int)swap_finish(r.files + 1, 2);
}

/* The message says what is left to do after some were replaced. */
static void test_the_message_says_what_is_left_to_do(void **state)
{
	const char *directory = make_directory(), *text;
	struct renewal r;
	int st;

	(void)state;
	make_files(directory, "one");
	give_to_nobody(directory);
	name_files(&r, directory);
	assert_int_equal(write_new(&r.files[1], "two"), ST_OK);
	assert_int_equal(write_new(&r.files[2], "two"), ST_OK);
	if (geteuid() == 0)
		assert_int_equal(
		    chown(at(directory, "cert.new"), NOBODY, NOBODY) |
			chown(at(directory, "private/key.new"), NOBODY, NOBODY),
		    0);
	assert_int_equal(chmod(directory, 0555), 0);
	st = as_nobody(finish_without_old, directory);
	text = capture_stop();
	assert_int_equal(chmod(directory, 0755), 0);
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text,
	    "/cert: cannot replace it: Permission denied; still to take their "
	    "places: /"));
	assert_null(strstr(text, "key"));
	assert_string_equal(contents(at(directory, "key")), "two");
	assert_string_equal(contents(at(directory, "cert")), "one");
	assert_int_equal(swap_finish(r.files, COUNT), ST_OK);
	assert_string_equal(contents(at(directory, "cert")), "two");
}

/* fsync() fails the time after so many; -1: never. */
static int syncs_left = -1;

int fsync(int fd)
{
	if (syncs_left >= 0 && syncs_left-- == 0) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fsync, fd);
}

/* The last file is in its place, but this may not be on the disk. */
static void test_a_failure_of_the_last_sync_is_told(void **state)
{
	const char *directory = make_directory(), *text;
	struct renewal r;
	enum status st;

	(void)state;
	make_files(directory, "one");
	name_files(&r, directory);
	r.files[2].keep_old = false;
	assert_int_equal(write_new(&r.files[2], "two"), ST_OK);
	capture_start(STDERR_FILENO);
	syncs_left = 1; /* that of the file itself */
	st = swap_finish(&r.files[2], 1);
	text = capture_stop();
	assert_int_equal(syncs_left, -1);
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text,
	    "/cert: cannot synchronize its directory: Input/output error; all "
	    "are in their places\n"));
	assert_string_equal(contents(at(directory, "cert")), "two");
	assert_string_equal(contents(at(directory, "cert.new")), "none");
}

static void expect_failure(
    enum status (*work)(const struct swap_file *, size_t),
    const struct swap_file *files, size_t count, const char *expected)
{
	const char *text;
	enum status st;

	capture_start(STDERR_FILENO);
	st = work(files, count);
	text = capture_stop();
	assert_int_equal(st, ST_FILE);
	if (strstr(text, expected) == NULL)
		fixture_fail("%s: expected %s", text, expected);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

/* A NAME.new that is no file of ours is not taken as one that was moved. */
static void test_what_is_no_regular_file_is_not_taken(void **state)
{
	const char *directory = make_directory();
	struct renewal r;

	(void)state;
	make_files(directory, "one");
	name_files(&r, directory);
	assert_int_equal(write_new(&r.files[2], "two"), ST_OK);
	assert_int_equal(
	    symlink("key.old", at(directory, "private/key.new")), 0);
	expect_failure(swap_finish, r.files, COUNT,
	    "private/key.new: is no regular file, expected the successor of /");
	assert_string_equal(contents(at(directory, "cert")), "one");
	assert_int_equal(unlink(at(directory, "private/key.new")), 0);
	assert_int_equal(unlink(at(directory, "bundle")), 0);
	assert_int_equal(mkdir(at(directory, "bundle"), 0755), 0);
	expect_failure(swap_finish, r.files, COUNT,
	    "/bundle: is no regular file, expected one, or none\n");
	r.files[0].path = "/dev/stdout";
	expect_failure(swap_finish, r.files, COUNT,
	    "/dev/stdout: is no regular file, expected one, or none\n");
	r.files[0].path = at(directory, "none/bundle");
	expect_failure(
	    swap_finish, r.files, COUNT, "none/bundle: there is no directory ");
}

static int check_all(const char *directory)
{
	struct renewal r;

	name_files(&r, directory);
	return (int)swap_check(r.files, COUNT);
}

static void test_what_would_fail_is_found_before(void **state)
{
	const char *directory = make_directory(), *text;
	struct renewal r;
	int st;

	(void)state;
	make_files(directory, "one");
	name_files(&r, directory);
	assert_int_equal(swap_check(r.files, COUNT), ST_OK);
	assert_string_equal(
	    names_in(directory), "bundle cert cert.old key private ");
	assert_string_equal(contents(at(directory, "key")), "one");

	snprintf(
	    r.path[0], sizeof(r.path[0]), "%s", at(directory, "private/key"));
	expect_failure(swap_check, r.files, COUNT,
	    "both need it; expected names of different files\n");
	snprintf(r.path[0], sizeof(r.path[0]), "%s", at(directory, "cert.new"));
	expect_failure(swap_check, r.files, COUNT, "/cert.new: /");
	name_files(&r, directory);
	assert_int_equal(unlink(at(directory, "cert.old")), 0);
	assert_int_equal(mkdir(at(directory, "cert.old"), 0755), 0);
	expect_failure(swap_check, r.files, COUNT,
	    "cert.old: is a directory, expected the file before /");
	assert_int_equal(rmdir(at(directory, "cert.old")), 0);
	give_to_nobody(directory);
	assert_int_equal(chmod(at(directory, "private"), 0555), 0);
	st = as_nobody(check_all, directory);
	text = capture_stop();
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text,
	    "private/key: cannot write to its directory: Permission denied\n"));
	assert_int_equal(chmod(at(directory, "private"), 0755), 0);
}

static enum status refuse_three(const char *path, const void *arg)
{
	return strcmp(contents(path), arg) == 0 ? fail(ST_FILE, "%s: no", path)
						: ST_OK;
}

static void test_a_file_that_changed_meanwhile_is_not_replaced(void **state)
{
	const char *directory = make_directory();
	struct swap_file file = {.path = at(directory, "file"),
	    .keep_old = true,
	    .guard = refuse_three,
	    .guard_arg = "three"};

	(void)state;
	put(file.path, "one");
	assert_int_equal(swap_guard(&file, 1), ST_OK);
	assert_int_equal(write_new(&file, "two"), ST_OK);
	put(file.path, "three");
	expect_failure(swap_guard, &file, 1, "/file: no\n");
	expect_failure(swap_check, &file, 1, "/file: no\n");
	expect_failure(swap_finish, &file, 1, "/file: no\n");
	assert_string_equal(contents(file.path), "three");
	put(file.path, "one");
	put(at(directory, "file.old"), "three");
	expect_failure(swap_finish, &file, 1, "/file.old: no\n");
	assert_string_equal(contents(at(directory, "file.old")), "three");
	assert_int_equal(unlink(at(directory, "file.old")), 0);
	assert_int_equal(swap_finish(&file, 1), ST_OK);
	assert_string_equal(contents(file.path), "two");
	assert_string_equal(contents(at(directory, "file.old")), "one");
}

/* Somebody else's file in a sticky directory, and an owner we cannot give. */
static void test_files_of_others_are_found_as_root(void **state)
{
	const char *directory = make_directory(), *text;
	struct swap_file file = {.path = at(directory, "file")};
	int st;

	(void)state;
	if (geteuid() != 0)
		skip();
	put(at(directory, "bundle"), "one");
	st = as_nobody(check_all, directory);
	capture_stop();
	assert_int_equal(st, ST_OK);
	assert_int_equal(chmod(directory, 01777), 0);
	st = as_nobody(check_all, directory);
	capture_stop();
	assert_int_equal(st, ST_OK);
	assert_int_equal(chown(directory, 0, 0), 0);
	file.first.owner_given = true;
	capture_start(STDERR_FILENO);
	st = -1;
	if (seteuid(NOBODY) == 0) {
		st = check_all(directory);
		if (st == ST_FILE)
			st = (int)swap_check(&file, 1);
	}
	text = seteuid(0) == 0 ? capture_stop() : "";
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text,
	    "bundle: cannot be replaced by another file: it is mounted, "
	    "immutable, or somebody else's in a sticky directory\n"));
	assert_non_null(
	    strstr(text, "file.new: cannot write: Operation not permitted\n"));
}

/* -- Killed at every system call ------------------------------------------- */

/* strace calls each by itself, and does not know all on every machine. */
static const char *const calls[] = {"rename", "renameat", "renameat2", "link",
    "linkat", "unlink", "unlinkat", "open", "openat", "write", "pwrite64",
    "ftruncate", "fsync", "fchmod", "fchown", "fallocate", "fsetxattr",
    "close"};

/* Starts this program for a run, under strace; returns its status. */
static int trace_to(char *log, const char *directory, const char *generation,
    char *const inject[])
{
	const char *asan = getenv("ASAN_OPTIONS");
	char options[PATH_SIZE];
	char *argv[32] = {"strace", "-y", "-qq", "-o", log};
	size_t n = 5;
	int status;
	pid_t pid;

	while (*inject != NULL) {
		argv[n++] = "-e";
		argv[n++] = *inject++;
	}
	argv[n++] = self;
	argv[n++] = "--run";
	argv[n++] = strdup(directory);
	argv[n++] = strdup(generation);
	if ((pid = fork()) == 0) {
		/* The leak sanitizer does not work under strace. */
		snprintf(options, sizeof(options), "%s%sdetect_leaks=0",
		    asan != NULL ? asan : "", asan != NULL ? ":" : "");
		setenv("ASAN_OPTIONS", options, 1);
		setenv("UBSAN_OPTIONS", options, 1);
		setenv("LSAN_OPTIONS", options, 1);
		execvp(argv[0], argv);
		_exit(127);
	}
	free(argv[n - 1]);
	free(argv[n - 2]);
	waitpid(pid, &status, 0);
	return status;
}

static int trace(
    const char *directory, const char *generation, char *const inject[])
{
	char log[] = "/dev/null";

	return trace_to(log, directory, generation, inject);
}

static bool can_trace(const char *directory)
{
	char *const nothing[] = {NULL};

	return trace(directory, "", nothing) == 0;
}

static bool was_killed(int status, int number)
{
	return (WIFSIGNALED(status) && WTERMSIG(status) == number) ||
	    (WIFEXITED(status) && WEXITSTATUS(status) == 128 + number);
}

/*
 * Interrupts a run at each call, before that is made, and lets the next one go
 * on; returns how often.  refuse is an injection that all have.
 */
static int interrupt_each(
    const char *directory, const char *call, int number, char *refuse)
{
	char inject[64], *const injects[] = {inject, refuse, NULL};
	int n, status;

	for (n = 1; n < 1000; n++) {
		make_files(directory, "one");
		snprintf(inject, sizeof(inject), "inject=?%s:signal=%d:when=%d",
		    call, number, n);
		status = trace(directory, "two", injects);
		if (!was_killed(status, number)) {
			assert_int_equal(status, 0);
			check_after(directory);
			remove_files(directory);
			return n - 1;
		}
		check_between(directory);
		assert_int_equal(run(directory, "two"), ST_OK);
		check_after(directory);
		remove_files(directory);
	}
	return n;
}

static void test_killed(void **state)
{
	const char *directory = make_directory();
	int times = 0;
	size_t i;

	(void)state;
	if (!can_trace(directory))
		skip();
	for (EACH_ROW(i, calls, calls[i]))
		times += interrupt_each(directory, calls[i], SIGKILL, NULL);
	assert_true(times > 50);
}

/* Where the file system has no links, NAME.old is a copy. */
static void test_killed_without_links(void **state)
{
	static char *const refusals[] = {"inject=?link,?linkat:error=EPERM",
	    "inject=?link,?linkat:error=EOPNOTSUPP"};
	const char *directory = make_directory();
	char *const refuse[] = {refusals[1], NULL};
	ino_t key;
	size_t i;

	(void)state;
	if (!can_trace(directory))
		skip();
	make_files(directory, "one");
	key = status_of(at(directory, "private/key")).st_ino;
	assert_int_equal(trace(directory, "two", refuse), 0);
	assert_true(status_of(at(directory, "private/key.old")).st_ino != key);
	check_after(directory);
	remove_files(directory);
	for (EACH_ROW(i, calls, calls[i]))
		if (strncmp(calls[i], "link", 4) != 0)
			interrupt_each(
			    directory, calls[i], SIGKILL, refusals[0]);
}

/* A run that goes on is killed, too, at each rename. */
static void test_killed_twice(void **state)
{
	const char *directory = make_directory();
	char first[64], second[64];
	char *const one[] = {first, NULL}, *const two[] = {second, NULL};
	int n, m, status = 1;

	(void)state;
	if (!can_trace(directory))
		skip();
	for (n = 1; status != 0 && n < 100; n++) {
		snprintf(first, sizeof(first),
		    "inject=?rename,?renameat:signal=KILL:when=%d", n);
		for (m = 1; m < 100; m++) {
			make_files(directory, "one");
			status = trace(directory, "two", one);
			snprintf(second, sizeof(second),
			    "inject=?rename,?renameat:signal=KILL:when=%d", m);
			if (status == 0 || trace(directory, "two", two) == 0)
				m = 100;
			check_between(directory);
			assert_int_equal(run(directory, "two"), ST_OK);
			check_after(directory);
			remove_files(directory);
		}
	}
	assert_true(n > 8);
}

/* Reads the log up to a line with all of the texts; false: there is none. */
static bool find_line(FILE *log, const char *call, const char *a, const char *b)
{
	char line[2 * PATH_SIZE];

	while (fgets(line, sizeof(line), log) != NULL)
		if (strncmp(line, call, strlen(call)) == 0 &&
		    strstr(line, a) != NULL && strstr(line, b) != NULL)
			return true;
	return false;
}

/*
 * What a power failure could undo is on the disk before anything is done that
 * relies on it.
 */
static void test_order(void **state)
{
	static const struct {
		const char *call, *a, *b;
	} steps[] = {
	    /* NAME.new is complete, and then has its name. */
	    {.call = "fsync(", .a = "/.key.new.sscep-tmp-", .b = ">"},
	    {.call = "rename", .a = "/private/.key.new.", .b = "/key.new"},
	    {.call = "fsync(", .a = "/private>", .b = ""},
	    {.call = "fsync(", .a = "/.cert.new.sscep-tmp-", .b = ">"},
	    {.call = "rename", .a = "/.cert.new.", .b = "/cert.new"},
	    {.call = "fsync(", .a = "DIRECTORY>", .b = ""},
	    /* So are their attributes, and all NAME.old. */
	    {.call = "fchmod(", .a = "/key.new>", .b = "0640"},
	    {.call = "fsync(", .a = "/key.new>", .b = ""},
	    {.call = "fchmod(", .a = "/cert.new>", .b = "0444"},
	    {.call = "fsync(", .a = "/cert.new>", .b = ""},
	    {.call = "rename", .a = "/.key.old.", .b = "/key.old"},
	    {.call = "fsync(", .a = "/private>", .b = ""},
	    {.call = "rename", .a = "/.cert.old.", .b = "/cert.old"},
	    {.call = "fsync(", .a = "DIRECTORY>", .b = ""},
	    /* A name is, before the next one. */
	    {.call = "rename", .a = "/bundle.new", .b = "/bundle\""},
	    {.call = "fsync(", .a = "DIRECTORY>", .b = ""},
	    {.call = "rename", .a = "/private/key.new", .b = "/private/key\""},
	    {.call = "fsync(", .a = "/private>", .b = ""},
	    {.call = "rename", .a = "/cert.new", .b = "/cert\""},
	    {.call = "fsync(", .a = "DIRECTORY>", .b = ""},
	};
	const char *directory = make_directory(), *a;
	char path[PATH_SIZE], end[PATH_SIZE], *const nothing[] = {NULL};
	FILE *log;
	size_t i;

	(void)state;
	if (!can_trace(directory))
		skip();
	snprintf(path, sizeof(path), "%s", fixture_path("log"));
	snprintf(end, sizeof(end), "%s>", strrchr(directory, '/'));
	make_files(directory, "one");
	assert_int_equal(trace_to(path, directory, "two", nothing), 0);
	log = fopen(path, "r");
	assert_non_null(log);
	for (EACH_ROW(i, steps, steps[i].a)) {
		a = strcmp(steps[i].a, "DIRECTORY>") == 0 ? end : steps[i].a;
		if (!find_line(log, steps[i].call, a, steps[i].b))
			fixture_fail(
			    "no %s...%s...%s", steps[i].call, a, steps[i].b);
	}
	fclose(log);
}

/* A signal that comes once the first file takes its place waits for the last. */
static void test_signals(void **state)
{
	const char *directory = make_directory();
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct renewal r;
	char inject[64], *const injects[] = {inject, NULL};
	size_t i;

	(void)state;
	if (!can_trace(directory))
		skip();
	name_files(&r, directory);
	for (i = 0; i < NITEMS(numbers); i++) {
		make_files(directory, "one");
		assert_int_equal(write_all(&r, "two"), ST_OK);
		snprintf(inject, sizeof(inject),
		    "inject=?rename,?renameat:signal=%d:when=%zu", numbers[i],
		    i + 1);
		assert_true(
		    was_killed(trace(directory, "two", injects), numbers[i]));
		check_after(directory);
		remove_files(directory);
	}
	assert_true(interrupt_each(directory, "rename", SIGTERM, NULL) +
		interrupt_each(directory, "renameat", SIGTERM, NULL) >
	    0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_swap),
	    cmocka_unit_test(test_a_reader_keeps_what_it_has_opened),
	    cmocka_unit_test(test_incomplete_new_files_are_not_taken),
	    cmocka_unit_test(test_a_file_without_a_new_one_stays),
	    cmocka_unit_test(test_new_files_are_written_beside),
	    cmocka_unit_test(test_companions_are_beside_the_target_of_a_link),
	    cmocka_unit_test(test_a_companion_that_is_a_link_is_not_followed),
	    cmocka_unit_test(test_an_old_one_that_is_a_link_is_replaced),
	    cmocka_unit_test(test_a_new_file_has_its_mode_by_the_umask),
	    cmocka_unit_test(test_the_mode_of_a_file_without_a_key_is_not_kept),
	    cmocka_unit_test(test_the_owner_is_kept_as_root),
	    cmocka_unit_test(test_a_lost_group_loses_its_rights_as_root),
#ifdef HAVE_FGETXATTR
	    cmocka_unit_test(test_an_access_list_is_kept),
#endif
	    cmocka_unit_test(test_leftovers_of_a_killed_process_are_removed),
	    cmocka_unit_test(test_temporary_files_are_removed_by_their_place),
	    cmocka_unit_test(test_nothing_is_replaced_in_part),
	    cmocka_unit_test(test_the_message_says_what_is_left_to_do),
	    cmocka_unit_test(test_a_failure_of_the_last_sync_is_told),
	    cmocka_unit_test(test_what_is_no_regular_file_is_not_taken),
	    cmocka_unit_test(test_what_would_fail_is_found_before),
	    cmocka_unit_test(
		test_a_file_that_changed_meanwhile_is_not_replaced),
	    cmocka_unit_test(test_files_of_others_are_found_as_root),
	    cmocka_unit_test(test_killed),
	    cmocka_unit_test(test_killed_without_links),
	    cmocka_unit_test(test_killed_twice),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_signals),
	};

	if (argc == 4 && strcmp(argv[1], "--run") == 0)
		return *argv[3] != '\0' ? (int)run(argv[2], argv[3]) : 0;
	snprintf(self, sizeof(self), "%s", argv[0]);
	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
