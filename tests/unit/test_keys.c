/*
 * Unit test of src/keys: names of keys, pass phrases and where they come from,
 * keys in files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include "fixtures.h"
#include "keys/key.h"
#include "keys/key_file.h"
#include "keys/key_name.h"
#include "keys/secret.h"
#include "keys/store.h"
#include "keys/token.h"
#include "pki/cert.h"
#include "pki/pem.h"
#include "util/log.h"

#define PHRASE    "swordfish"
#define CLOSED_FD 77
#define NO_ONE    "there is no terminal to prompt on (use --passin)"

/* key_name.c */

static void test_uris_are_told_from_files(void **state)
{
	static const char *const uris[] = {"pkcs11:", "pkcs11:token=x",
	    "handle:0x81000000", "file:/x", "tpm2tss:1", "a+b-c.d1:", "ab:"};
	static const char *const names[] = {"", ":", "a:", "C:\\x", "1ab:x",
	    "+ab:x", "./pkcs11:x", "pkcs11", "pkcs 11:x", "pkcs11/x:", "/a:b",
	    "a_b:x", "\xe4\xe4:x"};
	size_t i;

	(void)state;
	for (EACH_ROW(i, uris, uris[i]))
		if (!key_name_is_uri(uris[i]))
			fixture_fail("%s is a URI", uris[i]);
	for (EACH_ROW(i, names, names[i]))
		if (key_name_is_uri(names[i]))
			fixture_fail("%s is no URI", names[i]);
}

/* Each name, the URI without its PIN, and the PIN (NULL: none). */
static const struct {
	const char *name, *uri, *pin;
} splits[] = {
    {.name = "pkcs11:token=x", .uri = "pkcs11:token=x"},
    {.name = "pkcs11:", .uri = "pkcs11:"},
    {.name = "pkcs11:pin-value=1234", .uri = "pkcs11:", .pin = "1234"},
    {.name = "pkcs11:pin-value=1234;token=x",
	.uri = "pkcs11:token=x",
	.pin = "1234"},
    {.name = "pkcs11:token=x;pin-value=1234",
	.uri = "pkcs11:token=x",
	.pin = "1234"},
    {.name = "pkcs11:token=x;pin-value=1234;object=y",
	.uri = "pkcs11:token=x;object=y",
	.pin = "1234"},
    {.name = "pkcs11:token=x?pin-value=1234",
	.uri = "pkcs11:token=x",
	.pin = "1234"},
    {.name = "pkcs11:?pin-value=1234", .uri = "pkcs11:", .pin = "1234"},
    {.name = "pkcs11:token=x?pin-value=1234&module-name=m",
	.uri = "pkcs11:token=x?module-name=m",
	.pin = "1234"},
    {.name = "pkcs11:token=x?module-name=m&pin-value=1234",
	.uri = "pkcs11:token=x?module-name=m",
	.pin = "1234"},
    {.name = "pkcs11:token=x?a=b&pin-value=1234&module-name=m",
	.uri = "pkcs11:token=x?a=b&module-name=m",
	.pin = "1234"},
    {.name = "pkcs11:token=x;pin-value=1234?module-name=m",
	.uri = "pkcs11:token=x?module-name=m",
	.pin = "1234"},
    {.name = "pkcs11:pin-value=1234?module-name=m",
	.uri = "pkcs11:?module-name=m",
	.pin = "1234"},
    {.name = "pkcs11:token=x;pin-value=", .uri = "pkcs11:token=x", .pin = ""},
    {.name = "pkcs11:token=x; pin-value=1234",
	.uri = "pkcs11:token=x",
	.pin = "1234"},
    {.name = "pkcs11:token=x;\n pin-value=1234;object=y",
	.uri = "pkcs11:token=x;\n object=y",
	.pin = "1234"},
    {.name = "pkcs11:token=x;pin-value=%31%3b%26%3F%25%2f=",
	.uri = "pkcs11:token=x",
	.pin = "1;&?%/="},
    {.name = "pkcs11:token=x;pin-value=%c3%A4",
	.uri = "pkcs11:token=x",
	.pin = "\xc3\xa4"},
    {.name = "PKCS11:token=x;pin-value=1234",
	.uri = "PKCS11:token=x",
	.pin = "1234"},
    {.name = "pkcs11:token=x;PIN-VALUE=1234",
	.uri = "pkcs11:token=x",
	.pin = "1234"},
    /* Other attributes, and URIs of another scheme. */
    {.name = "pkcs11:xpin-value=1234", .uri = "pkcs11:xpin-value=1234"},
    {.name = "pkcs11:token=pin-value=1234",
	.uri = "pkcs11:token=pin-value=1234"},
    {.name = "pkcs11:pin-source=file:/x", .uri = "pkcs11:pin-source=file:/x"},
    {.name = "pkcs11:xpin-value=1;pin-value=2",
	.uri = "pkcs11:xpin-value=1",
	.pin = "2"},
    {.name = "handle:x;pin-value=1234", .uri = "handle:x;pin-value=1234"},
    {.name = "a;pin-value=1234", .uri = "a;pin-value=1234"},
    {.name = "", .uri = ""},
};

static void test_the_pin_is_split_from_a_uri(void **state)
{
	size_t i;

	(void)state;
	for (EACH_ROW(i, splits, splits[i].name)) {
		const char *want = splits[i].pin;
		struct buf uri = {0};
		struct pass pin = {0};

		assert_true(key_name_split(&uri, &pin, splits[i].name));
		if (strcmp(buf_string(&uri), splits[i].uri) != 0)
			fixture_fail(
			    "%s: %s", splits[i].name, buf_string(&uri));
		assert_int_equal(pin.given, want != NULL);
		assert_string_equal(pin.text, want != NULL ? want : "");
		assert_int_equal(key_name_is_secret(splits[i].name),
		    want != NULL || strncmp(splits[i].name, "handle:", 7) == 0);
		buf_free(&uri);
	}
}

static void test_bad_uris_are_refused(void **state)
{
	static const char *const bad[] = {"pkcs11:pin-value=%",
	    "pkcs11:pin-value=%1", "pkcs11:pin-value=12%3",
	    "pkcs11:pin-value=12%003", "pkcs11:pin-value=%3;token=x",
	    "pkcs11:pin-value=%zz", "pkcs11:pin-value=%1g",
	    "pkcs11:pin-value=% 1", "pkcs11:pin-value=%-1",
	    "pkcs11:token=x?pin-value=1%&a=b"};
	char shown[KEY_NAME_MAX];
	size_t i;

	(void)state;
	for (EACH_ROW(i, bad, bad[i])) {
		struct buf uri = {0};
		struct pass pin = {0};

		if (key_name_split(&uri, &pin, bad[i]))
			fixture_fail("%s", bad[i]);
		assert_false(pin.given);
		assert_true(key_name_is_secret(bad[i]));
		assert_string_equal(
		    key_name_shown(shown, bad[i]), "pkcs11:...");
		buf_free(&uri);
	}
}

static void test_a_pin_has_as_many_characters_as_allowed(void **state)
{
	static const char *const digits[] = {"1", "%31"};
	size_t i, len, n;

	(void)state;
	for (EACH_ROW(i, digits, digits[i])) {
		for (len = PASS_MAX; len <= PASS_MAX + 1; len++) {
			struct buf name = {0}, uri = {0};
			struct pass pin = {0};

			buf_add_string(&name, "pkcs11:token=x;pin-value=");
			for (n = 0; n < len; n++)
				assert_true(buf_add_string(&name, digits[i]));
			assert_int_equal(
			    key_name_split(&uri, &pin, buf_string(&name)),
			    len == PASS_MAX);
			if (len == PASS_MAX)
				assert_int_equal(strlen(pin.text), PASS_MAX);
			buf_free(&name);
			buf_free(&uri);
		}
	}
}

/* Of two PINs, neither is passed to a module or shown. */
static void test_of_two_pins_neither_is_taken(void **state)
{
	static const char *const names[] = {
	    "pkcs11:pin-value=1234;token=x;pin-value=5678",
	    "pkcs11:pin-value=1234;pin-value=5678;token=x",
	    "pkcs11:token=x;pin-value=1234?pin-value=5678",
	    "pkcs11:token=x?pin-value=1234&pin-value=5678",
	    "pkcs11:token=x;pin-value=1234;pin-value=5%zz",
	};
	char shown[KEY_NAME_MAX];
	size_t i;

	(void)state;
	for (EACH_ROW(i, names, names[i])) {
		struct buf uri = {0};
		struct pass pin = {0};

		assert_true(key_name_is_secret(names[i]));
		assert_false(key_name_split(&uri, &pin, names[i]));
		assert_false(pin.given);
		assert_string_equal(
		    key_name_shown(shown, names[i]), "pkcs11:...");
		buf_free(&uri);
	}
}

static void test_another_token_needs_another_pin(void **state)
{
	static const char scep[] = "pkcs11:token=scep;object=x";
	static const char *const others[] = {"pkcs11:token=old;object=x",
	    "pkcs11:object=x;token=sce", "pkcs11:token=scepter",
	    "pkcs11:token="};
	static const char *const same[] = {"pkcs11:token=scep;object=y",
	    "PKCS11:object=y;token=scep", "pkcs11:token=scep",
	    "pkcs11:object=x", "token=old", "pkcs11:xtoken=old", "",
	    "pkcs11:token=old?pin-source=file:/x"};
	size_t i;

	(void)state;
	for (EACH_ROW(i, others, others[i]))
		assert_true(key_name_needs_other_pin(scep, others[i]));
	for (EACH_ROW(i, same, same[i]))
		assert_false(key_name_needs_other_pin(scep, same[i]));
	assert_false(key_name_needs_other_pin("", scep));
}

static void test_names_with_secrets_are_told(void **state)
{
	static const char *const secrets[] = {"handle:0x81000000?1234",
	    "file:/x?y", "handle:?",
	    "pkcs11:a?pin-value=", "pkcs11:a;PIN-VALUE=1",
	    "handle:a;pin-value=1",
	    "org.openssl.engine:pkcs11:pkcs11:a=b;Pin-value=1"};
	static const char *const plain[] = {"local.key", "local.key?1234",
	    "handle:0x81000000", "pkcs11:token=x", "x:?1234", "./handle:x?y"};
	size_t i;

	(void)state;
	for (EACH_ROW(i, secrets, secrets[i]))
		if (!key_name_is_secret(secrets[i]))
			fixture_fail("%s", secrets[i]);
	for (EACH_ROW(i, plain, plain[i]))
		if (key_name_is_secret(plain[i]))
			fixture_fail("%s", plain[i]);
}

static void test_names_are_shown_without_secrets(void **state)
{
	static const struct {
		const char *name, *shown;
	} names[] = {
	    {.name = "local.key", .shown = "local.key"},
	    {.name = "pkcs11:token=x;pin-value=1234",
		.shown = "pkcs11:token=x"},
	    {.name = "handle:0x81000000?1234", .shown = "handle:0x81000000"},
	    {.name = "handle:a?pin-value=1234", .shown = "handle:a"},
	    {.name = "handle:a;b=c;PIN-VALUE=1234?x", .shown = "handle:a;b=c"},
	    {.name = "org.openssl.engine:e:pkcs11:pin-value=1234",
		.shown = "org.openssl.engine:e:pkcs11:"},
	    {.name = "a\n\033[31m\x7f", .shown = "a\\x0a\\x1b[31m\\x7f"},
	    {.name = "pkcs11:a\nb;pin-value=1234", .shown = "pkcs11:a\\x0ab"},
	    {.name = "handle:\t?1234", .shown = "handle:\\x09"},
	};
	char shown[KEY_NAME_MAX], name[4 * KEY_NAME_MAX];
	size_t i;

	(void)state;
	for (EACH_ROW(i, names, names[i].name)) {
		assert_ptr_equal(key_name_shown(shown, names[i].name), shown);
		assert_string_equal(shown, names[i].shown);
	}
	/* Long names are cut, and the cut must not reveal the PIN. */
	memset(name, 'n', sizeof(name));
	memcpy(name, "pkcs11:pin-value=1234;", 22);
	name[sizeof(name) - 1] = '\0';
	for (i = sizeof(name) - 1; i > 30; i--) {
		name[i] = '\0';
		memset(shown, 'X', sizeof(shown));
		key_name_shown(shown, name);
		assert_non_null(memchr(shown, '\0', sizeof(shown)));
		assert_memory_equal(shown, "pkcs11:nnnn", 11);
	}
	memset(name, '\n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	key_name_shown(shown, name);
	assert_true(strlen(shown) > 200 && strchr(shown, '\n') == NULL);
}

/* pass.c */

static void test_sources_of_pass_phrases_are_told(void **state)
{
	static const char *const sources[] = {"pass:", "pass:x", "env:X",
	    "file:x", "fd:0", "stdin", "pass:stdin"};
	static const char *const others[] = {"", "x", "pass", "Pass:x",
	    "stdin ", "stdi", "stdin:", " pass:x", "fdx:1", "env"};
	size_t i;

	(void)state;
	for (EACH_ROW(i, sources, sources[i]))
		if (!pass_is_source(sources[i]))
			fixture_fail("%s", sources[i]);
	for (EACH_ROW(i, others, others[i]))
		if (pass_is_source(others[i]))
			fixture_fail("%s", others[i]);
}

static enum status read_pass(
    struct pass *pass, const char *source, const char **said)
{
	enum status st;

	memset(pass, 'x', sizeof(*pass));
	capture_start(STDERR_FILENO);
	st = pass_read(pass, source, "--passin");
	*said = capture_stop();
	assert_int_equal(pass->given, st == ST_OK && source != NULL);
	return st;
}

static void assert_pass(const char *source, const char *want)
{
	struct pass pass;
	const char *said;
	enum status st = read_pass(&pass, source, &said);

	if (st != ST_OK || strcmp(pass.text, want) != 0)
		fixture_fail("%s: %d, %s%s", source, (int)st,
		    st == ST_OK ? pass.text : "", said);
	assert_string_equal(said, "");
}

static void assert_no_pass(
    const char *source, enum status want, const char *says)
{
	struct pass pass;
	const char *said;
	enum status st = read_pass(&pass, source, &said);

	if (st != want || strstr(said, says) == NULL)
		fixture_fail("%.40s: %d, %s", source, (int)st, said);
	/* One line. */
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

static void test_a_pass_phrase_is_read_from_each_source(void **state)
{
	struct pass pass;
	const char *said;

	(void)state;
	assert_int_equal(read_pass(&pass, NULL, &said), ST_OK);
	assert_string_equal(pass.text, "");
	assert_pass("pass:", "");
	assert_pass("pass:a b:c\n", "a b:c\n");
	assert_pass("pass:stdin", "stdin");
	setenv("SSCEP_TEST_PASS", "a=b\nc", 1);
	assert_pass("env:SSCEP_TEST_PASS", "a=b\nc");
	setenv("SSCEP_TEST_PASS", "", 1);
	assert_pass("env:SSCEP_TEST_PASS", "");
	unsetenv("SSCEP_TEST_PASS");
	assert_no_pass("env:SSCEP_TEST_PASS", ST_FILE,
	    "--passin: there is no environment variable SSCEP_TEST_PASS");
}

/* The contents of a file, and its first line. */
static const struct {
	const char *bytes;
	size_t len;
	const char *want;
} lines[] = {
    {.bytes = "a", .len = 1, .want = "a"},
    {.bytes = "a\n", .len = 2, .want = "a"},
    {.bytes = "a\r\n", .len = 3, .want = "a"},
    {.bytes = "a\r", .len = 2, .want = "a"},
    {.bytes = " a b \n", .len = 6, .want = " a b "},
    {.bytes = "a\nb\n", .len = 4, .want = "a"},
    {.bytes = "\nb\n", .len = 3, .want = ""},
    {.bytes = "\r\nb\r\n", .len = 5, .want = ""},
    {.bytes = "\xff\xfe\n", .len = 3, .want = "\xff\xfe"},
};

/* A source "fd:N" that reads the file; the caller closes *fd. */
static const char *open_source(const char *path, int *fd)
{
	static char source[32];

	*fd = open(path, O_RDONLY);
	assert_true(*fd >= 0);
	snprintf(source, sizeof(source), "fd:%d", *fd);
	return source;
}

static const char *file_source(const char *path)
{
	static char source[1024];

	snprintf(source, sizeof(source), "file:%s", path);
	return source;
}

static void test_a_pass_phrase_is_the_first_line(void **state)
{
	const char *path = fixture_path("pass");
	size_t i;
	int fd;

	(void)state;
	for (EACH_ROW(i, lines, lines[i].bytes)) {
		fixture_write(path, lines[i].bytes, lines[i].len);
		assert_pass(file_source(path), lines[i].want);
		assert_pass(open_source(path, &fd), lines[i].want);
		close(fd);
	}
}

static void test_the_next_pass_phrase_is_the_next_line(void **state)
{
	const char *path = fixture_path("pass"), *source;
	int fd, saved = dup(STDIN_FILENO);
	char number[32];

	(void)state;
	fixture_write(path, "a\r\n\nb\nc", 7);
	source = open_source(path, &fd);
	assert_pass(source, "a");
	assert_pass(source, "");
	assert_pass(source, "b");
	assert_pass(source, "c");
	assert_no_pass(source, ST_FILE, "--passin: there is no line to read");
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	assert_pass("stdin", "a");
	assert_pass("fd:0", "");
	assert_pass("stdin", "b");
	assert_pass("stdin", "c");
	assert_no_pass("stdin", ST_FILE, "--passin: there is no line to read");
	close(fd);
	assert_true(saved < 0 || dup2(saved, STDIN_FILENO) >= 0);
	close(saved);
	/* A descriptor that is not open. */
	close(CLOSED_FD);
	snprintf(number, sizeof(number), "fd:%d", CLOSED_FD);
	assert_no_pass(number, ST_FILE,
	    "--passin: cannot read the pass phrase: Bad file descriptor");
}

static void test_a_long_pass_phrase_is_refused(void **state)
{
	static const char *const ends[] = {"", "\n", "\r\n"};
	char text[PASS_MAX + 8], source[PASS_MAX + 16];
	const char *path = fixture_path("pass"), *fd_source;
	size_t i, len;
	int fd;

	(void)state;
	for (len = PASS_MAX; len <= PASS_MAX + 1; len++) {
		memset(text, 'p', sizeof(text));
		for (EACH_ROW(i, ends, ends[i])) {
			strcpy(text + len, ends[i]);
			fixture_write(path, text, strlen(text));
			fd_source = open_source(path, &fd);
			text[len] = '\0';
			if (len == PASS_MAX) {
				assert_pass(fd_source, text);
				assert_pass(file_source(path), text);
			} else {
				assert_no_pass(fd_source, ST_FILE,
				    "--passin: the pass phrase is longer than "
				    "1023 bytes");
				assert_no_pass(file_source(path), ST_FILE,
				    "longer than 1023 bytes");
			}
			close(fd);
		}
		snprintf(source, sizeof(source), "pass:%s", text);
		if (len == PASS_MAX)
			assert_pass(source, text);
		else
			assert_no_pass(source, ST_ERROR, "longer than 1023");
		setenv("SSCEP_TEST_PASS", text, 1);
		if (len == PASS_MAX)
			assert_pass("env:SSCEP_TEST_PASS", text);
		else
			assert_no_pass(
			    "env:SSCEP_TEST_PASS", ST_FILE, "longer than 1023");
		unsetenv("SSCEP_TEST_PASS");
	}
}

static void test_bad_sources_are_refused(void **state)
{
	static const char *const numbers[] = {"fd:", "fd:x", "fd:-1", "fd:1x",
	    "fd:2147483648", "fd:99999999999999999999"};
	const char *path = fixture_path("pass");
	size_t i;
	int fd;

	(void)state;
	for (EACH_ROW(i, numbers, numbers[i]))
		assert_no_pass(numbers[i], ST_ERROR,
		    "--passin: fd: wants the number of an open file");
	assert_no_pass("fd:2147483647", ST_FILE, "Bad file descriptor");
	fixture_write(path, "a\0b\n", 4);
	assert_no_pass(file_source(path), ST_FILE, "a NUL byte");
	assert_no_pass(open_source(path, &fd), ST_FILE, "a NUL byte");
	close(fd);
	fixture_remove(path);
	assert_no_pass(file_source(path), ST_FILE, "cannot open");
	fixture_write(path, "", 0);
	assert_no_pass(file_source(path), ST_FILE, "the file is empty");
	assert_no_pass(file_source(fixture_directory()), ST_FILE, "directory");
}

static void test_a_pass_phrase_is_wiped(void **state)
{
	static const struct pass none;
	struct pass pass;

	(void)state;
	assert_int_equal(pass_read(&pass, "pass:" PHRASE, "--passin"), ST_OK);
	pass_wipe(&pass);
	assert_false(pass.given);
	assert_memory_equal(pass.text, none.text, sizeof(none.text));
}

/* secret.c */

static void test_the_user_is_asked_for_a_pass_phrase(void **state)
{
	struct pass pass = {.given = true, .text = PHRASE};
	const struct key_place place = {
	    .name = "x", .what = "key", .option = "--passin", .pass = &pass};
	struct secret secret = {.place = &place};
	const int len = (int)strlen(PHRASE);
	char out[32];
	int size;

	(void)state;
	for (size = -1; size < len + 2; size++) {
		memset(out, 'x', sizeof(out));
		secret.asked = false;
		assert_int_equal(secret_give_password(out, size, 0, &secret),
		    size >= len ? len : -1);
		assert_true(secret.asked);
		assert_false(secret.no_terminal);
		assert_memory_equal(out,
		    size >= len ? PHRASE "x" : "xxxxxxxxxx", (size_t)len + 1);
	}
	/* The PIN of the URI is used first, even if it is empty. */
	secret.pin.given = true;
	strcpy(secret.pin.text, "1234");
	assert_int_equal(secret_give_password(out, sizeof(out), 0, &secret), 4);
	assert_memory_equal(out, "1234", 4);
	secret.pin.text[0] = '\0';
	assert_int_equal(secret_give_password(out, sizeof(out), 0, &secret), 0);
}

/* key.c; test_keys_read.c tests keys without a pass phrase. */

enum format { PKCS8_PEM, PKCS8_DER, TRADITIONAL, PLAIN };

static void write_key(
    const char *path, EVP_PKEY *key, enum format format, const char *phrase)
{
	const EVP_CIPHER *aes = EVP_aes_128_cbc();
	BIO *bio = BIO_new_file(path, "wb");
	int ok = 0, len = (int)strlen(phrase);
	unsigned char copy[PASS_MAX + 1];

	assert_non_null(bio);
	memcpy(copy, phrase, (size_t)len);
	switch (format) {
	case PKCS8_PEM:
		ok = PEM_write_bio_PKCS8PrivateKey(
		    bio, key, aes, (char *)copy, len, NULL, NULL);
		break;
	case PKCS8_DER:
		ok = i2d_PKCS8PrivateKey_bio(
		    bio, key, aes, (char *)copy, len, NULL, NULL);
		break;
	case TRADITIONAL:
		ok = PEM_write_bio_PrivateKey_traditional(
		    bio, key, aes, copy, len, NULL, NULL);
		break;
	case PLAIN:
		ok = i2d_PrivateKey_bio(bio, key);
		break;
	}
	assert_true(ok);
	BIO_free(bio);
}

static bool same_key(EVP_PKEY *a, EVP_PKEY *b)
{
	X509 *cert = fixture_cert(&(struct cert_spec){.cn = "x", .key = b});
	bool same = cert_has_key(cert, a);

	X509_free(cert);
	return same;
}

/* Reads a key without a terminal; *said is what was printed to stderr. */
static enum status read_key(const char *name, EVP_PKEY *want,
    const struct pass *pass, const char **said)
{
	const struct key_place place = {.name = name,
	    .what = "private key",
	    .option = "--passin",
	    .pass = pass};
	EVP_PKEY *key = NULL;
	enum status st;
	int status = -1;
	pid_t pid;

	capture_start(STDERR_FILENO);
	if ((pid = fork()) == 0) {
		if (setsid() < 0)
			fixture_exit(200);
		st = key_read(&key, &place);
		if (st == ST_OK ? key == NULL || ERR_peek_error() != 0
				: key != NULL)
			fixture_exit(201);
		if (st == ST_OK && !same_key(key, want))
			fixture_exit(202);
		EVP_PKEY_free(key);
		fixture_exit((int)st);
	}
	waitpid(pid, &status, 0);
	*said = capture_stop();
	assert_true(WIFEXITED(status));
	return (enum status)WEXITSTATUS(status);
}

static void assert_key(const char *name, EVP_PKEY *want, const char *phrase)
{
	struct pass pass = {.given = phrase != NULL};
	const char *said;
	enum status st;

	if (phrase != NULL)
		strcpy(pass.text, phrase);
	st = read_key(name, want, &pass, &said);
	if (st != ST_OK || said[0] != '\0')
		fixture_fail("%s: %d, %s", name, (int)st, said);
}

static void assert_no_key(
    const char *name, const char *phrase, const char *says)
{
	struct pass pass = {.given = phrase != NULL};
	const char *said;
	enum status st;

	if (phrase != NULL)
		strcpy(pass.text, phrase);
	st = read_key(name, NULL, &pass, &said);
	if (st != ST_FILE || strstr(said, says) == NULL)
		fixture_fail("%s: %d, %s", name, (int)st, said);
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
	assert_null(strstr(said, "swordfis"));
	assert_null(strstr(said, "73829104"));
}

static void test_encrypted_keys_need_their_pass_phrase(void **state)
{
	static const char wrong[] = "cannot decrypt it, the pass phrase is wro";
	EVP_PKEY *const keys[] = {fixture_rsa(0), fixture_ec()};
	const char *path = fixture_path("key");
	char longest[PASS_MAX + 1] = {0};
	enum format format;
	size_t i;

	(void)state;
	memset(longest, 'l', PASS_MAX);
	for (i = 0; i < NITEMS(keys); i++) {
		for (format = PKCS8_PEM; format <= TRADITIONAL; format++) {
			write_key(path, keys[i], format, PHRASE);
			assert_key(path, keys[i], PHRASE);
			assert_no_key(path, "swordfis", wrong);
			assert_no_key(path, "swordfishh", wrong);
			assert_no_key(path, "", wrong);
			assert_no_key(
			    path, NULL, "it is encrypted and " NO_ONE);
			write_key(path, keys[i], format, longest);
			assert_key(path, keys[i], longest);
		}
		write_key(path, keys[i], PLAIN, "");
		assert_key(path, keys[i], PHRASE);
		assert_key(path, keys[i], NULL);
	}
}

/* The key in PEM that is not encrypted, as PKCS#8 or as label says. */
static void add_plain_pem(struct buf *out, EVP_PKEY *key, const char *label)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	unsigned char *der = NULL;
	int len = strcmp(label, PEM_STRING_PKCS8INF) == 0
	    ? i2d_PKCS8_PRIV_KEY_INFO(info, &der)
	    : i2d_PrivateKey(key, &der);

	assert_true(len > 0);
	assert_true(pem_add(out, label, der, (size_t)len));
	OPENSSL_free(der);
	PKCS8_PRIV_KEY_INFO_free(info);
}

static void write_with_crlf(const char *path, const struct buf *text)
{
	struct buf out = {0};
	size_t i;

	for (i = 0; i < text->len; i++)
		assert_true(buf_add(&out,
		    text->data[i] == '\n' ? "\r\n"
					  : (const char *)text->data + i,
		    text->data[i] == '\n' ? 2 : 1));
	fixture_write(path, out.data, out.len);
	buf_free(&out);
}

/* Text and other objects before and after the key, and lines that end in CR. */
static void test_text_around_a_key_is_skipped(void **state)
{
	static const char parameters[] =
	    "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
	    "-----END EC PARAMETERS-----\n";
	static const char *const before[] = {
	    "", "Bag Attributes\n  x: y\n\n", parameters};
	const struct {
		const char *name;
		EVP_PKEY *key;
		const char *label;
	} keys[] = {
	    {.name = "RSA in PKCS #8",
		.key = fixture_rsa(0),
		.label = PEM_STRING_PKCS8INF},
	    {.name = "RSA", .key = fixture_rsa(0), .label = PEM_STRING_RSA},
	    {.name = "EC in PKCS #8",
		.key = fixture_ec(),
		.label = PEM_STRING_PKCS8INF},
	    {.name = "EC",
		.key = fixture_ec(),
		.label = PEM_STRING_ECPRIVATEKEY},
	};
	const char *path = fixture_path("key");
	size_t i, n;

	(void)state;
	for (i = 0; i < NITEMS(keys) * NITEMS(before); i++) {
		struct buf text = {0};

		n = i / NITEMS(before);
		assert_true(buf_add_string(&text, before[i % NITEMS(before)]));
		add_plain_pem(&text, keys[n].key, keys[n].label);
		add_plain_pem(&text, fixture_rsa(1), PEM_STRING_RSA);
		fixture_write(path, text.data, text.len);
		assert_key(path, keys[n].key, PHRASE);
		assert_key(path, keys[n].key, NULL);
		write_with_crlf(path, &text);
		assert_key(path, keys[n].key, NULL);
		buf_free(&text);
	}
}

/* A PKCS#8 key with attributes, or whose parameters are absent or odd. */
static void test_odd_pkcs8_keys_are_read(void **state)
{
	const char *path = fixture_path("key");
	ASN1_STRING *odd = ASN1_OCTET_STRING_new();
	const int kinds[] = {V_ASN1_NULL, V_ASN1_UNDEF, V_ASN1_OCTET_STRING};
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(fixture_rsa(0));
	const X509_ALGOR *algor;
	size_t i;

	(void)state;
	assert_true(ASN1_STRING_set(odd, "odd", 3));
	assert_true(PKCS8_pkey_add1_attr_by_NID(info, NID_friendlyName,
	    MBSTRING_ASC, (const unsigned char *)"name", 4));
	assert_true(PKCS8_pkey_get0(NULL, NULL, NULL, &algor, info));
	for (i = 0; i < NITEMS(kinds); i++) {
		BIO *bio = BIO_new_file(path, "wb");

		assert_true(X509_ALGOR_set0((X509_ALGOR *)(uintptr_t)algor,
		    OBJ_nid2obj(NID_rsaEncryption), kinds[i],
		    kinds[i] == V_ASN1_OCTET_STRING ? odd : NULL));
		assert_true(PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, info));
		BIO_free(bio);
		assert_key(path, fixture_rsa(0), NULL);
	}
	PKCS8_PRIV_KEY_INFO_free(info);
}

/* What a label does not promise is no key, and the next one is not taken. */
static void test_a_wrong_label_is_no_key(void **state)
{
	static const char what[] = "not a private key in PEM or DER";
	const char *path = fixture_path("key");
	struct buf text = {0};

	(void)state;
	add_plain_pem(&text, fixture_ec(), PEM_STRING_RSA);
	fixture_write(path, text.data, text.len);
	assert_no_key(path, PHRASE, what);
	text.len = 0;
	assert_true(pem_add(&text, PEM_STRING_PKCS8INF, "0\0", 2));
	fixture_write(path, text.data, text.len);
	assert_no_key(path, PHRASE, what);
	buf_free(&text);
}

static bool holds_key(const char *path)
{
	bool holds;

	errno = EINTR; /* of a call before, which is no reason to read again */
	assert_int_equal(key_file_find(&holds, path), ST_OK);
	return holds;
}

static void write_pkcs12(const char *path)
{
	BIO *bio = BIO_new_file(path, "wb");
	PKCS12 *store = PKCS12_create(
	    PHRASE, NULL, fixture_rsa(0), NULL, NULL, 0, 0, 0, 0, 0);

	assert_int_equal(i2d_PKCS12_bio(bio, store), 1);
	PKCS12_free(store);
	BIO_free(bio);
}

/* A key is found behind as much other text as there is. */
static void test_a_key_behind_much_text_is_found(void **state)
{
	static const size_t before[] = {0, 1, 900, 1000, 1023, 1024, 1025, 2000,
	    262100, 262130, 262144, 300000, 600000};
	static const char mark[] = "-----BEGIN RSA PRIVATE KEY-----\n";
	const char *path = fixture_path("holds");
	struct buf text = {0};
	size_t i;

	(void)state;
	for (EACH_ROW(i, before, NULL)) {
		text.len = 0;
		assert_true(buf_reserve(&text, before[i]));
		memset(text.data, i % 2 ? 'x' : '\0', before[i]);
		text.len = before[i];
		fixture_write(path, text.data, text.len);
		assert_false(holds_key(path));
		assert_true(buf_add_string(&text, mark));
		fixture_write(path, text.data, text.len);
		assert_true(holds_key(path));
	}
	write_key(path, fixture_ec(), PLAIN, "");
	assert_true(holds_key(path));
	write_key(path, fixture_rsa(0), PKCS8_DER, PHRASE);
	assert_true(holds_key(path));
	write_pkcs12(path);
	assert_true(holds_key(path));
	fixture_write(path, "0\0", 2);
	assert_false(holds_key(path));
	assert_int_equal(ERR_peek_error(), 0);
	buf_free(&text);
}

/* A store has one key, or none, and nothing of it is lost. */
static void test_a_store_has_one_key_or_none(void **state)
{
	const char *path = fixture_path("store");
	const struct key_place place = {.name = path, .what = "private key"};
	struct secret secret = {.place = &place};
	char uri[1024];
	EVP_PKEY *key;
	bool opened;

	(void)state;
	if (!store_is_built_in())
		skip();
	snprintf(uri, sizeof(uri), "file:%s", path);
	write_key(path, fixture_ec(), PLAIN, "");
	key = store_load_key(uri, &secret, &opened);
	assert_true(opened);
	assert_non_null(key);
	assert_int_equal(EVP_PKEY_bits(key), EVP_PKEY_bits(fixture_ec()));
	EVP_PKEY_free(key);
	fixture_write(path, "no key\n", 7);
	assert_null(store_load_key(uri, &secret, &opened));
	assert_true(opened);
	assert_null(store_load_key("nosuch:x", &secret, &opened));
	assert_false(opened);
	ERR_clear_error();
}

/* A key in a file leaves nothing to clean up, a provider does. */
static void test_only_a_provider_leaves_something_to_clean_up(void **state)
{
	char name[] = "default";
	char *const names[] = {name};
	const struct token_options none = {0};
	const struct token_options one = {
	    .providers = names, .provider_count = 1};
	const char *path = fixture_path("key");
	const struct key_place place = {.name = path, .what = "private key"};
	EVP_PKEY *key = NULL;
	enum status st;

	(void)state;
	write_key(path, fixture_rsa(0), PLAIN, "");
	assert_int_equal(token_open(&none), ST_OK);
	assert_int_equal(key_read(&key, &place), ST_OK);
	assert_false(token_needs_cleanup());
	EVP_PKEY_free(key);
	token_close();
	silence_start();
	st = token_open(&one);
	silence_stop();
	assert_true(st == ST_OK || st == ST_ERROR);
	assert_true(token_needs_cleanup());
	token_close();
}

/*
 * About one wrong pass phrase in 256 leaves valid padding when decrypted.  Where a
 * phrase is given nobody is asked for one, so that this needs no process of its own.
 */
static void test_wrong_pass_phrases_are_never_taken(void **state)
{
	static const char wrong[] = "cannot decrypt it, the pass phrase is wro";
	const char *path = fixture_path("key"), *said;
	struct pass pass = {.given = true};
	const struct key_place place = {.name = path,
	    .what = "private key",
	    .option = "--passin",
	    .pass = &pass};
	EVP_PKEY *key = NULL;
	enum status st;
	int i;

	(void)state;
	write_key(path, fixture_ec(), PKCS8_PEM, PHRASE);
	for (i = 0; i < 600; i++) {
		snprintf(pass.text, sizeof(pass.text), "wrong %d", i);
		capture_start(STDERR_FILENO);
		st = key_read(&key, &place);
		said = capture_stop();
		if (st != ST_FILE || key != NULL || strstr(said, wrong) == NULL)
			fixture_fail("%s: %d, %s", pass.text, (int)st, said);
		assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
	}
}

static void test_uris_that_cannot_be_loaded_are_told(void **state)
{
	static const char *const uris[] = {"pkcs11:token=x;pin-value=73829104",
	    "pkcs11:token=x?pin-value=73829104", "handle:0x81000000?73829104",
	    "nosuch:x"};
	char uri[1024], directory[1024];
	const char *path = fixture_path("key");
	size_t i;

	(void)state;
	for (EACH_ROW(i, uris, uris[i]))
		assert_no_key(uris[i], NULL,
		    store_is_built_in()
			? "no loaded provider handles this URI"
			: "this sscep is built without key URIs");
	assert_no_key("pkcs11:pin-value=73829104%", NULL,
	    "private key pkcs11:...: its pin-value is given twice or cannot be "
	    "decoded");
	write_key(path, fixture_rsa(0), PKCS8_PEM, PHRASE);
	snprintf(uri, sizeof(uri), "file:%s", path);
	assert_key(uri, fixture_rsa(0), PHRASE);
	assert_no_key(uri, "73829104", "private key /");
	snprintf(uri, sizeof(uri), "FILE://%s", path);
	assert_key(uri, fixture_rsa(0), PHRASE);
	assert_no_key(uri, NULL, NO_ONE);
	/* A file that is named like a URI is read as a file. */
	assert_non_null(getcwd(directory, sizeof(directory)));
	assert_int_equal(chdir(fixture_directory()), 0);
	write_key("pkcs11:x", fixture_ec(), PKCS8_DER, PHRASE);
	assert_key("pkcs11:x", fixture_ec(), PHRASE);
	assert_no_key("pkcs11:x", NULL, "it is encrypted");
	assert_key("file:pkcs11:x", fixture_ec(), PHRASE);
	assert_no_key("file:missing", NULL, "private key missing: cannot open");
	assert_int_equal(chdir(directory), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_uris_are_told_from_files),
	    cmocka_unit_test(test_the_pin_is_split_from_a_uri),
	    cmocka_unit_test(test_bad_uris_are_refused),
	    cmocka_unit_test(test_a_pin_has_as_many_characters_as_allowed),
	    cmocka_unit_test(test_of_two_pins_neither_is_taken),
	    cmocka_unit_test(test_another_token_needs_another_pin),
	    cmocka_unit_test(test_names_with_secrets_are_told),
	    cmocka_unit_test(test_names_are_shown_without_secrets),
	    cmocka_unit_test(test_sources_of_pass_phrases_are_told),
	    cmocka_unit_test(test_a_pass_phrase_is_read_from_each_source),
	    cmocka_unit_test(test_a_pass_phrase_is_the_first_line),
	    cmocka_unit_test(test_the_next_pass_phrase_is_the_next_line),
	    cmocka_unit_test(test_a_long_pass_phrase_is_refused),
	    cmocka_unit_test(test_bad_sources_are_refused),
	    cmocka_unit_test(test_a_pass_phrase_is_wiped),
	    cmocka_unit_test(test_the_user_is_asked_for_a_pass_phrase),
	    cmocka_unit_test(test_encrypted_keys_need_their_pass_phrase),
	    cmocka_unit_test(test_text_around_a_key_is_skipped),
	    cmocka_unit_test(test_odd_pkcs8_keys_are_read),
	    cmocka_unit_test(test_a_wrong_label_is_no_key),
	    cmocka_unit_test(test_wrong_pass_phrases_are_never_taken),
	    cmocka_unit_test(test_uris_that_cannot_be_loaded_are_told),
	    cmocka_unit_test(test_a_key_behind_much_text_is_found),
	    cmocka_unit_test(test_a_store_has_one_key_or_none),
	    cmocka_unit_test(test_only_a_provider_leaves_something_to_clean_up),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
