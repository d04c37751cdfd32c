#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>

#include "fuzz.h"
#include "util/log.h"

#define PATH_SIZE 512

static char directory[PATH_SIZE];
static char last_failure[LOG_LINE_MAX];
static bool controls_allowed;

void fuzz_broken(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	fprintf(stderr, "the last failure was: %s\n", last_failure);
	abort();
}

bool fuzz_is_printable(const char *text, bool newline)
{
	for (; *text != '\0'; text++)
		if (((unsigned char)*text < ' ' &&
			!(newline && *text == '\n')) ||
		    *text == 0x7f)
			return false;
	return true;
}

static void take_failure(enum status st, const char *text, void *arg)
{
	(void)arg;
	snprintf(last_failure, sizeof(last_failure), "%s", text);
	FUZZ_CHECK(st != ST_OK);
	FUZZ_CHECK(*text != '\0');
	FUZZ_CHECK(controls_allowed || fuzz_is_printable(text, false));
}

static void take_warning(const char *text, void *arg)
{
	(void)arg;
	FUZZ_CHECK(*text != '\0');
	FUZZ_CHECK(controls_allowed || fuzz_is_printable(text, false));
}

static const struct log_sink sink = {
    .failure = take_failure, .warning = take_warning};

void fuzz_allow_controls(bool allowed)
{
	controls_allowed = allowed;
}

const char *fuzz_last_failure(void)
{
	return last_failure;
}

void fuzz_forget(void)
{
	last_failure[0] = '\0';
	ERR_clear_error();
}

void fuzz_reset_log(void)
{
	static const bool none[WARNING_COUNT];

	log_set_level(LOG_WARNING);
	log_set_quiet(false);
	log_hold_warnings();
	log_release_warnings(none);
}

/* The files of fuzzers have no directories beside them. */
static void remove_directory(void)
{
	static const char *const names[] = {"a", "b", "c"};
	size_t i;

	for (i = 0; i < COUNT_OF(names); i++)
		unlink(names[i]);
	if (chdir("/") == 0)
		rmdir(directory);
}

void fuzz_start(void)
{
	static const char *const variables[] = {"http_proxy", "https_proxy",
	    "HTTPS_PROXY", "no_proxy", "NO_PROXY", "OPENSSL_CONF"};
	const char *tmp = getenv("TMPDIR");
	int nothing = open("/dev/null", O_RDONLY);
	size_t i;

	for (i = 0; i < COUNT_OF(variables); i++)
		unsetenv(variables[i]);
	snprintf(directory, sizeof(directory), "%s/sscep-fuzz.XXXXXX",
	    tmp != NULL && strlen(tmp) < PATH_SIZE / 2 ? tmp : "/tmp");
	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
	    mkdtemp(directory) == NULL || chdir(directory) != 0 ||
	    atexit(remove_directory) != 0) {
		perror(directory);
		abort();
	}
	close(nothing);
	log_set_program("sscep");
	log_set_sink(&sink);
}

void fuzz_check_request(const char *text, size_t len)
{
	static const char version[] = " HTTP/1.1", empty[] = "\r\n\r\n";
	const char *line = strstr(text, "\r\n"), *end = strstr(text, empty);
	const char *p;
	int blanks = 0;

	FUZZ_CHECK(line != NULL && end != NULL);
	for (p = text; p < line; p++)
		blanks += *p == ' ';
	FUZZ_CHECK(blanks == 2);
	FUZZ_CHECK(
	    strncmp(line - strlen(version), version, strlen(version)) == 0);
	for (p = text; p < end; p++) {
		if (*p == '\r' && p[1] == '\n')
			p++;
		else
			FUZZ_CHECK(*p >= ' ' && *p < 0x7f);
	}
	if (strncmp(text, "POST ", strlen("POST ")) != 0)
		FUZZ_CHECK(end + strlen(empty) == text + len);
}

uint8_t fuzz_take_byte(struct fuzz_input *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->next++;
}

static struct fuzz_input take(struct fuzz_input *in, size_t len)
{
	struct fuzz_input out = {in->next, len < in->left ? len : in->left};

	in->next += out.left;
	in->left -= out.left;
	return out;
}

struct fuzz_input fuzz_take_part(struct fuzz_input *in)
{
	size_t high = fuzz_take_byte(in);

	return take(in, high << 8 | fuzz_take_byte(in));
}

struct fuzz_input fuzz_take_until(struct fuzz_input *in, char separator)
{
	const uint8_t *end =
	    in->left > 0 ? memchr(in->next, separator, in->left) : NULL;
	struct fuzz_input out =
	    take(in, end != NULL ? (size_t)(end - in->next) : in->left);

	if (end != NULL)
		fuzz_take_byte(in);
	return out;
}

char *fuzz_copy_string(struct fuzz_input in)
{
	char *text = malloc(in.left + 1);

	if (text == NULL)
		abort();
	if (in.left > 0)
		memcpy(text, in.next, in.left);
	text[in.left] = '\0';
	return text;
}

void fuzz_write_file(const char *name, const void *bytes, size_t len)
{
	FILE *file = fopen(name, "wb");

	if (file == NULL || fwrite(bytes, 1, len, file) != len ||
	    fclose(file) != 0) {
		perror(name);
		abort();
	}
}

void fuzz_fill_spool(
    struct spool *spool, const void *bytes, size_t len, bool in_file)
{
	if (in_file)
		spool->memory_max = 1;
	if (spool_expect(spool, len) != ST_OK ||
	    spool_add(spool, bytes, len) != ST_OK || spool_end(spool) != ST_OK)
		abort();
}
