/* Unit test of src/util/lock: one run at a time. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* F_OFD_SETLK */
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixtures.h"
#include "util/file.h"
#include "util/lock.h"
#include "util/log.h"

/* A child that holds the lock, until seconds have passed or it is killed. */
static pid_t hold(const char *path, double seconds)
{
	struct timespec time = {.tv_sec = (time_t)seconds,
	    .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
	struct lock lock;
	int ends[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(ends), 0);
	if ((pid = fork()) == 0) {
		close(ends[0]);
		if (lock_take(&lock, path, 0) != ST_OK ||
		    write(ends[1], "", 1) != 1)
			fixture_exit(1);
		nanosleep(&time, NULL);
		lock_release(&lock);
		fixture_exit(0);
	}
	assert_true(pid > 0);
	close(ends[1]);
	assert_int_equal(read(ends[0], &c, 1), 1);
	close(ends[0]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* The status, and in *text what was reported. */
static enum status take(
    struct lock *lock, const char *path, int seconds, const char **text)
{
	enum status st;

	capture_start(STDERR_FILENO);
	st = lock_take(lock, path, seconds);
	*text = capture_stop();
	return st;
}

/* The same of lock_look(). */
static enum status look(const char *path, const char **text)
{
	enum status st;

	capture_start(STDERR_FILENO);
	st = lock_look(path);
	*text = capture_stop();
	return st;
}

/* Nothing is made, and nothing locked, by who only looks. */
static void the_holder_is_found_without_a_trace(void **state)
{
	const char *path = fixture_path("looked-at.lock"), *text;
	struct stat before, after;
	char expected[512];
	pid_t pid;

	(void)state;
	assert_int_equal(look(path, &text), ST_OK);
	assert_int_equal(stat(path, &before), -1);
	pid = hold(path, 60);
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(look(path, &text), ST_LOCKED);
	snprintf(expected, sizeof(expected),
	    ": another run (process %ld) holds %s\n", (long)pid, path);
	assert_non_null(strstr(text, expected));
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	end(pid);
	assert_int_equal(look(path, &text), ST_OK);
}

/* The lock of an open file belongs to no process, as one over NFS seems to. */
static void a_lock_of_nobody_in_particular_is_busy(void **state)
{
#ifdef F_OFD_SETLK
	struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	const char *path = fixture_path("ofd.lock"), *text;
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	struct lock lock;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_OFD_SETLK, &all), 0);
	assert_int_equal(look(path, &text), ST_LOCKED);
	assert_non_null(strstr(text, ": another run holds "));
	assert_int_equal(take(&lock, path, 0, &text), ST_LOCKED);
	assert_non_null(strstr(text, ": another run holds "));
	close(fd);
	assert_int_equal(look(path, &text), ST_OK);
#else
	(void)state;
	skip();
#endif
}

static void expect_content(const char *path, const char *content)
{
	struct buf bytes = {0};

	assert_int_equal(file_read_any(&bytes, path, "lock"), ST_OK);
	assert_string_equal(buf_string(&bytes), content);
	buf_free(&bytes);
}

static void expect_number(const char *path)
{
	char number[32];

	snprintf(number, sizeof(number), "%ld\n", (long)getpid());
	expect_content(path, number);
}

static void test_a_free_lock_is_taken(void **state)
{
	const char *path = fixture_path("cert.lock");
	mode_t mask = umask(0);
	struct lock lock;
	struct stat sb;

	(void)state;
	assert_int_equal(lock_take(&lock, path, 0), ST_OK);
	umask(mask);
	assert_int_equal(stat(path, &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 0600);
	assert_true((fcntl(lock.fd, F_GETFD) & FD_CLOEXEC) != 0);
	expect_number(path);
	lock_release(&lock);
	lock_release(&lock);
	assert_int_equal(stat(path, &sb), 0);

	assert_int_equal(lock_take(&lock, path, 0), ST_OK);
	lock_release(&lock);
}

static void test_a_lock_that_is_held_is_busy(void **state)
{
	const char *path = fixture_path("busy.lock"), *text;
	pid_t pid = hold(path, 60);
	char expected[512];
	struct lock lock;

	(void)state;
	assert_int_equal(take(&lock, path, 0, &text), ST_LOCKED);
	snprintf(expected, sizeof(expected),
	    ": another run (process %ld) holds %s\n", (long)pid, path);
	assert_non_null(strstr(text, expected));
	assert_int_equal(lock.fd, 0);
	assert_int_equal(take(&lock, path, 1, &text), ST_LOCKED);
	assert_non_null(strstr(text, "busy.lock, after waiting for 1 s\n"));

	/* The system takes it from a process that is killed. */
	end(pid);
	assert_int_equal(lock_take(&lock, path, 0), ST_OK);
	expect_number(path);
	lock_release(&lock);
}

static void test_a_lock_is_waited_for(void **state)
{
	const char *path = fixture_path("wait.lock"), *text;
	pid_t pid = hold(path, 0.5);
	struct lock lock;

	(void)state;
	assert_int_equal(take(&lock, path, 30, &text), ST_OK);
	assert_string_equal(text, "");
	lock_release(&lock);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* Who waits for a file that is removed meanwhile locks the one that is there. */
static void test_a_lock_file_that_was_removed_is_made_again(void **state)
{
	const char *path = fixture_path("removed.lock"), *text;
	pid_t old = hold(path, 60), new;
	struct lock lock;

	(void)state;
	fixture_remove(path);
	new = hold(path, 60);
	assert_int_equal(take(&lock, path, 0, &text), ST_LOCKED);
	end(new);
	assert_int_equal(take(&lock, path, 0, &text), ST_OK);
	lock_release(&lock);
	end(old);
}

static void test_a_child_does_not_keep_the_lock(void **state)
{
	const char *path = fixture_path("child.lock");
	struct lock lock, other;
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(lock_take(&lock, path, 0), ST_OK);
	if ((pid = fork()) == 0) {
		silence_start();
		fixture_exit((int)lock_take(&other, path, 0));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), ST_LOCKED);
	lock_release(&lock);
}

static void test_a_link_is_no_lock_file(void **state)
{
	const char *path = fixture_path("link.lock"), *text;
	const char *aim = fixture_path("victim");
	struct lock lock;

	(void)state;
	fixture_write(aim, "", 0);
	assert_int_equal(symlink(aim, path), 0);
	assert_int_equal(look(path, &text), ST_FILE);
	assert_non_null(strstr(text, "is a symbolic link, which is not"));
	assert_int_equal(take(&lock, path, 0, &text), ST_FILE);
	assert_non_null(strstr(text, "is a symbolic link, which is not"));
	expect_content(aim, "");

	/* Nor is the file of another name written to. */
	fixture_remove(path);
	assert_int_equal(link(aim, path), 0);
	assert_int_equal(take(&lock, path, 0, &text), ST_OK);
	expect_content(aim, "");
	lock_release(&lock);
}

static void test_foreign_texts_in_a_lock_file_stay(void **state)
{
	static const char *const foreign[] = {"a text\n", "12", "12\n13\n",
	    "\n", "1234567890123456789012345678901234567890\n",
	    "123456789012345678901234567890\nand more\n"};
	const char *path = fixture_path("content.lock");
	struct lock lock;
	size_t i;

	(void)state;
	for (EACH_ROW(i, foreign, foreign[i])) {
		fixture_write(path, foreign[i], strlen(foreign[i]));
		assert_int_equal(lock_take(&lock, path, 0), ST_OK);
		expect_content(path, foreign[i]);
		lock_release(&lock);
	}
	fixture_write(path, "99999999999\n", 12);
	assert_int_equal(lock_take(&lock, path, 0), ST_OK);
	expect_number(path);
	lock_release(&lock);
}

static void test_the_lock_file_has_its_mode_whatever_the_umask(void **state)
{
	const char *path = fixture_path("umask.lock");
	mode_t mask = umask(0777);
	struct lock lock;
	struct stat sb;
	enum status st = lock_take(&lock, path, 0);

	(void)state;
	umask(mask);
	assert_int_equal(st, ST_OK);
	lock_release(&lock);
	assert_int_equal(stat(path, &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 0600);
	/* What the user has given it stays. */
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(lock_take(&lock, path, 0), ST_OK);
	lock_release(&lock);
	assert_int_equal(stat(path, &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 0640);
}

/* Both say the same of a name that cannot be locked. */
static void expect_bad(const char *path, const char *problem)
{
	const char *text;
	struct lock lock;

	assert_int_equal(look(path, &text), ST_FILE);
	assert_non_null(strstr(text, problem));
	assert_int_equal(take(&lock, path, 0, &text), ST_FILE);
	assert_non_null(strstr(text, problem));
}

static void what_is_no_file_is_no_lock(void **state)
{
	(void)state;
	expect_bad(fixture_directory(), "cannot lock: Is a directory");
	expect_bad(fixture_path("none/x.lock"), "cannot lock: No such file");
	assert_int_equal(mkfifo(fixture_path("fifo.lock"), 0600), 0);
	expect_bad(
	    fixture_path("fifo.lock"), "fifo.lock: is not a regular file\n");
	expect_bad("/dev/null", "/dev/null: is not a regular file\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_holder_is_found_without_a_trace),
	    cmocka_unit_test(a_lock_of_nobody_in_particular_is_busy),
	    cmocka_unit_test(test_a_free_lock_is_taken),
	    cmocka_unit_test(test_a_lock_that_is_held_is_busy),
	    cmocka_unit_test(test_a_lock_is_waited_for),
	    cmocka_unit_test(test_a_lock_file_that_was_removed_is_made_again),
	    cmocka_unit_test(test_a_child_does_not_keep_the_lock),
	    cmocka_unit_test(test_a_link_is_no_lock_file),
	    cmocka_unit_test(test_foreign_texts_in_a_lock_file_stay),
	    cmocka_unit_test(
		test_the_lock_file_has_its_mode_whatever_the_umask),
	    cmocka_unit_test(what_is_no_file_is_no_lock),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
