#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/key_file.h"
#include "ops/check_parts.h"
#include "ops/renew_ca.h"
#include "util/output.h"
#include "util/swap.h"
#include "util/target.h"

/* Whether there is no such directory as the name says. */
static bool lacks_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory;
	struct stat sb;
	bool yes;

	if (slash == NULL)
		return false;
	directory = strndup(path, (size_t)(slash - path) + 1);
	yes = directory != NULL && stat(directory, &sb) != 0 &&
	    (errno == ENOENT || errno == ENOTDIR);
	free(directory);
	return yes;
}

/* What to do about its directory; NULL: nothing, or the message has it. */
static const char *find_advice(const char *path)
{
	const char *advice = NULL;
	struct target target;
	char *directory;

	if (!target_find_quietly(&target, path))
		return lacks_directory(path)
		    ? "make its directory, or give another name"
		    : NULL;
	directory = target_directory(target.path);
	if (directory != NULL &&
	    faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) != 0)
		advice = "let this user write there, or run sscep as one who "
			 "may";
	free(directory);
	target_free(&target);
	return advice;
}

static void look(
    struct check *c, const char *path, const struct swap_file *file)
{
	struct log_capture capture;
	enum status st;

	if (path == NULL)
		return;
	log_capture_begin(&capture);
	st = file != NULL ? swap_look(file) : output_look(path, key_file_guard);
	if (check_report(c, st, &capture, find_advice(path)) == ST_OK)
		finding_ok(c->f, "output %s: it can be written", path);
}

/* As outputs_open() does. */
static void look_at_those_of_enroll(struct check *c)
{
	const struct options *o = c->given;

	if (o->sign_cert == NULL)
		look(c, o->selfsigned, NULL);
	if (o->dump_request != NULL) {
		look(c, o->dump_request, NULL);
		return;
	}
	look(c, o->local_cert, NULL);
	look(c, o->chain, NULL);
}

static void look_at_those_of_renew(struct check *c)
{
	const struct renewal_state *r = &c->r;
	struct log_capture unheard;
	bool there;
	size_t i;

	for (i = 0; i < r->count; i++)
		look(c, r->files[i].path, &r->files[i]);
	log_capture_begin(&unheard);
	if (renew_ca_find(&there, c->given->ca_cert) == ST_OK && !there)
		look(c, c->given->ca_cert, NULL);
	log_capture_end(&unheard);
}

void check_output(struct check *c)
{
	c->f->topic = "output";
	if (c->renews)
		look_at_those_of_renew(c);
	else if (c->own.operation != &op_renew)
		look_at_those_of_enroll(c);
}
