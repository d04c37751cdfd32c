/* Unit test of src/util/spool.c: the same bytes in memory and in a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixtures.h"
#include "util/log.h"
#include "util/spool.h"

#define SIZE (3 * (size_t)SPOOL_WINDOW + 7)

static unsigned char pattern[SIZE];

static void fill_pattern(void)
{
	size_t i;

	for (i = 0; i < SIZE; i++)
		pattern[i] = (unsigned char)(i * 7 + i / 251);
}

/* A spool of len bytes of the pattern, added by step. */
static struct spool make(size_t max, size_t len, size_t step)
{
	struct spool spool = {
	    .directory = fixture_directory(), .memory_max = max};
	size_t at, n;

	for (at = 0; at < len; at += n) {
		n = len - at < step ? len - at : step;
		assert_int_equal(spool_add(&spool, pattern + at, n), ST_OK);
	}
	assert_int_equal(spool.len, len);
	assert_true(spool.in_file == (len > max));
	return spool;
}

static void check_peek(struct spool *spool, size_t at, size_t need)
{
	size_t len = 0, left = spool->len - at;
	const unsigned char *p = spool_peek(spool, at, need, &len);

	if (at >= spool->len) {
		assert_null(p);
		return;
	}
	assert_non_null(p);
	assert_true(len >= (need < left ? need : left));
	assert_true(len <= left);
	assert_memory_equal(p, pattern + at, len);
}

static void test_bytes_are_the_same_in_memory_and_in_a_file(void **state)
{
	static const size_t lens[] = {
	    2, 31, 100, SPOOL_WINDOW - 1, SPOOL_WINDOW, SPOOL_WINDOW + 1, SIZE};
	static const size_t steps[] = {1, 1000, SIZE};
	size_t i, j, at;

	(void)state;
	for (EACH_ROW(i, lens, NULL))
		for (j = 0; j < 2 * NITEMS(steps); j++) {
			struct spool spool =
			    make(j % 2 == 0 ? SIZE : lens[i] / 2, lens[i],
				steps[j / 2]);

			for (at = 0; at <= lens[i]; at += 1 + at / 3)
				check_peek(&spool, at, 32);
			check_peek(&spool, lens[i] - 1, 1);
			check_peek(&spool, 0, 1);
			check_peek(&spool, lens[i], 1);
			spool_free(&spool);
			assert_int_equal(spool.len, 0);
		}
}

/* What is added after something was read is not lost. */
static void test_what_is_added_after_reading_is_not_lost(void **state)
{
	struct spool spool = make(10, 100, 100);

	(void)state;
	check_peek(&spool, 50, 10);
	assert_int_equal(spool_add(&spool, pattern + 100, 100), ST_OK);
	assert_int_equal(spool_end(&spool), ST_OK);
	check_peek(&spool, 50, 150);
	check_peek(&spool, 0, 200);
	spool_free(&spool);
}

static void test_an_empty_spool_has_nothing(void **state)
{
	struct spool spool = {0};
	size_t len;

	(void)state;
	assert_null(spool_peek(&spool, 0, 1, &len));
	assert_int_equal(spool_add(&spool, "", 0), ST_OK);
	assert_int_equal(spool_expect(&spool, 0), ST_OK);
	spool_free(&spool);
}

/* The default limit, and a file as soon as more than that is expected. */
static void test_a_large_spool_is_a_file(void **state)
{
	struct spool spool = {0};
	char *zeros = calloc(1, SPOOL_MEMORY_MAX);

	(void)state;
	assert_non_null(zeros);
	assert_int_equal(spool_add(&spool, zeros, SPOOL_MEMORY_MAX), ST_OK);
	assert_false(spool.in_file);
	assert_int_equal(spool_add(&spool, "x", 1), ST_OK);
	assert_true(spool.in_file);
	assert_true(spool.bytes.size <= SPOOL_MEMORY_MAX);
	spool_free(&spool);
	assert_int_equal(spool_expect(&spool, SPOOL_MEMORY_MAX), ST_OK);
	assert_false(spool.in_file);
	assert_int_equal(spool_expect(&spool, SPOOL_MEMORY_MAX + 1), ST_OK);
	assert_true(spool.in_file);
	spool_free(&spool);
	free(zeros);
}

/* The file has no name, and nobody else may open it. */
static void test_the_file_has_no_name(void **state)
{
	int before = fixture_count_files(fixture_directory());
	struct spool spool = make(1, 10, 10);
	struct stat sb;

	(void)state;
	assert_int_equal(fixture_count_files(fixture_directory()), before);
	assert_int_equal(fstat(spool.fd, &sb), 0);
	assert_int_equal(sb.st_nlink, 0);
	assert_int_equal(sb.st_mode & 07777, 0600);
	assert_true((fcntl(spool.fd, F_GETFD) & FD_CLOEXEC) != 0);
	spool_free(&spool);
}

/* A directory that does not exist is not used, if there is another. */
static void test_another_directory_is_used(void **state)
{
	struct spool_budget budget = {.max = 10};
	struct spool spool = {
	    .directory = "/nonexistent", .memory_max = 1, .budget = &budget};
	struct spool other = spool_like(&spool);

	(void)state;
	assert_string_equal(other.directory, "/nonexistent");
	assert_int_equal(other.memory_max, 1);
	assert_ptr_equal(other.budget, &budget);
	assert_int_equal(setenv("TMPDIR", fixture_directory(), 1), 0);
	assert_int_equal(spool_add(&spool, "xyz", 3), ST_OK);
	assert_true(spool.in_file);
	assert_int_equal(unsetenv("TMPDIR"), 0);
	spool_free(&spool);
}

/* There is none: the line names all that were tried. */
static void test_directories_that_were_tried_are_named(void **state)
{
	struct spool spool = {.directory = "/nonexistent", .memory_max = 1};

	(void)state;
	assert_int_equal(setenv("TMPDIR", "/nonexistent/tmp", 1), 0);
	capture_start(STDERR_FILENO);
	assert_int_equal(spool_add(&spool, "xyz", 3), ST_FILE);
	assert_string_equal(capture_stop(),
	    "sscep: /nonexistent: cannot keep the answer in a temporary file, "
	    "after 0 bytes: No such file or directory; nor in "
	    "/nonexistent/tmp, after 0 bytes: No such file or directory; free "
	    "some space, or set TMPDIR\n");
	spool_free(&spool);
	assert_int_equal(unsetenv("TMPDIR"), 0);
}

static void expect_over(struct spool *spool, size_t len)
{
	capture_start(STDERR_FILENO);
	assert_int_equal(spool_add(spool, pattern, len), ST_NETWORK);
	assert_string_equal(capture_stop(),
	    "sscep: reply: with a copy of its content it is over twice the "
	    "limit of 1000 bytes (--max-size)\n");
}

/* Spools share a budget, in memory and in files, and give back what they had. */
static void test_spools_share_a_budget(void **state)
{
	size_t max;

	(void)state;
	for (max = 1; max <= SIZE; max += SIZE - 1) {
		struct spool_budget budget = {.max = 2000};
		struct spool spool = {.directory = fixture_directory(),
		    .memory_max = max,
		    .budget = &budget};
		struct spool copy = spool_like(&spool);

		assert_int_equal(spool_add(&spool, pattern, 1200), ST_OK);
		assert_int_equal(spool_add(&copy, pattern, 700), ST_OK);
		expect_over(&copy, 101);
		expect_over(&spool, 101);
		assert_int_equal(spool_add(&copy, pattern + 700, 100), ST_OK);
		assert_int_equal(budget.used, 2000);
		spool_replace(&spool, &copy);
		assert_int_equal(budget.used, 800);
		assert_int_equal(spool.len, 800);
		assert_int_equal(copy.len, 0);
		check_peek(&spool, 0, 800);
		assert_int_equal(spool_add(&copy, pattern, 1200), ST_OK);
		spool_free(&copy);
		spool_free(&spool);
		assert_int_equal(budget.used, 0);
	}
}

/* Has the file open for reading only, so that writing to it fails. */
static bool close_for_writing(const struct spool *spool)
{
	char link[64];
	int fd;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", spool->fd);
	if ((fd = open(link, O_RDONLY)) < 0)
		return false;
	assert_int_equal(dup2(fd, spool->fd), spool->fd);
	close(fd);
	return true;
}

/* A file that does not take any more is copied to the next directory. */
static void test_a_full_directory_is_left_for_the_next(void **state)
{
	static const size_t steps[] = {1000, SPOOL_WINDOW + 1};
	size_t i, n, at, before = 2 * SPOOL_WINDOW;
	struct stat old, new;

	(void)state;
	assert_int_equal(setenv("TMPDIR", ".", 1), 0);
	for (i = 0; i < NITEMS(steps); i++) {
		struct spool spool = make(1, before, before);

		if (!close_for_writing(&spool))
			skip();
		assert_int_equal(fstat(spool.fd, &old), 0);
		for (at = before; at < SIZE; at += n) {
			n = SIZE - at < steps[i] ? SIZE - at : steps[i];
			assert_int_equal(
			    spool_add(&spool, pattern + at, n), ST_OK);
		}
		assert_int_equal(spool_end(&spool), ST_OK);
		assert_int_equal(fstat(spool.fd, &new), 0);
		assert_true(
		    old.st_ino != new.st_ino || old.st_dev != new.st_dev);
		assert_int_equal(new.st_size, SIZE);
		for (at = 0; at < SIZE; at += 1000)
			check_peek(&spool, at, 1000);
		spool_free(&spool);
	}
	assert_int_equal(unsetenv("TMPDIR"), 0);
}

/* The next directory does not take it, either. */
static void test_without_room_anywhere_it_fails(void **state)
{
	struct spool spool = make(1, 10000, 10000);
	char wanted[512];

	(void)state;
	assert_int_equal(spool_end(&spool), ST_OK);
	if (!close_for_writing(&spool))
		skip();
	assert_int_equal(setenv("TMPDIR", "/nonexistent", 1), 0);
	capture_start(STDERR_FILENO);
	assert_int_equal(spool_add(&spool, pattern, SIZE), ST_FILE);
	snprintf(wanted, sizeof(wanted),
	    "sscep: %s: cannot keep the answer in a temporary file, after "
	    "10000 bytes: Bad file descriptor; nor in /nonexistent, after 0 "
	    "bytes: No such file or directory; free some space, or set "
	    "TMPDIR\n",
	    fixture_directory());
	assert_string_equal(capture_stop(), wanted);
	/* And again, when the caller goes on. */
	capture_start(STDERR_FILENO);
	assert_int_equal(spool_add(&spool, pattern, SIZE), ST_FILE);
	assert_string_equal(capture_stop(), wanted);
	spool_free(&spool);
	assert_int_equal(unsetenv("TMPDIR"), 0);
}

/* An empty TMPDIR is none: it does not make the file in the root directory. */
static void test_an_empty_tmpdir_is_none(void **state)
{
	struct spool spool = {.memory_max = 1};
	char link[64], name[256] = "";
	struct stat sb;

	(void)state;
	assert_int_equal(setenv("TMPDIR", "", 1), 0);
	assert_int_equal(spool_add(&spool, "xyz", 3), ST_OK);
	assert_int_equal(unsetenv("TMPDIR"), 0);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", spool.fd);
	if (lstat(link, &sb) == 0 && readlink(link, name, sizeof(name) - 1) > 0)
		assert_memory_equal(name, "/tmp/", 5);
	spool_free(&spool);
}

static void fill_up(size_t len)
{
	enum status st;
	struct spool spool = {
	    .directory = fixture_directory(), .memory_max = 1};
	struct rlimit limit = {.rlim_cur = 5000, .rlim_max = 5000};

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
		fixture_exit(1);
	st = spool_add(&spool, pattern, len);
	if (st == ST_OK)
		st = spool_end(&spool);
	fixture_exit((int)st);
}

/* One line, of the file status, when the file cannot grow. */
static void test_a_full_disk_is_told_in_one_line(void **state)
{
	static const size_t lens[] = {SIZE, 5001};
	const char *text;
	int status;
	pid_t pid;
	size_t i;

	(void)state;
	for (EACH_ROW(i, lens, NULL)) {
		capture_start(STDERR_FILENO);
		if ((pid = fork()) == 0)
			fill_up(lens[i]);
		waitpid(pid, &status, 0);
		text = capture_stop();
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), ST_FILE);
		assert_non_null(strstr(text,
		    "cannot keep the answer in a temporary file, "
		    "after 5000 bytes: File too large"));
		assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	}
}

/* A file that was cut short is an error, not the end. */
static void test_a_file_that_was_cut_is_an_error(void **state)
{
	struct spool spool = make(1, SIZE, SIZE);
	size_t len;

	(void)state;
	assert_int_equal(ftruncate(spool.fd, 10), 0);
	assert_null(spool_peek(&spool, 0, SIZE, &len));
	assert_null(spool_peek(&spool, 20, 1, &len));
	assert_true(spool.failed);
	capture_start(STDERR_FILENO);
	assert_int_equal(spool_report(&spool, ST_REPLY, "reply: bad"), ST_FILE);
	assert_string_equal(capture_stop(),
	    "sscep: cannot read the temporary file of the answer\n");
	capture_start(STDERR_FILENO);
	assert_int_equal(
	    spool_report(&spool, ST_ERROR, "out of memory"), ST_FILE);
	assert_string_equal(capture_stop(),
	    "sscep: cannot read the temporary file of the answer\n");
	assert_int_equal(spool_report(&spool, ST_OK, ""), ST_OK);
	spool_free(&spool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bytes_are_the_same_in_memory_and_in_a_file),
	    cmocka_unit_test(test_what_is_added_after_reading_is_not_lost),
	    cmocka_unit_test(test_an_empty_spool_has_nothing),
	    cmocka_unit_test(test_a_large_spool_is_a_file),
	    cmocka_unit_test(test_the_file_has_no_name),
	    cmocka_unit_test(test_another_directory_is_used),
	    cmocka_unit_test(test_directories_that_were_tried_are_named),
	    cmocka_unit_test(test_spools_share_a_budget),
	    cmocka_unit_test(test_a_full_directory_is_left_for_the_next),
	    cmocka_unit_test(test_without_room_anywhere_it_fails),
	    cmocka_unit_test(test_an_empty_tmpdir_is_none),
	    cmocka_unit_test(test_a_full_disk_is_told_in_one_line),
	    cmocka_unit_test(test_a_file_that_was_cut_is_an_error),
	};

	fill_pattern();
	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
