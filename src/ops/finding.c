#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat/terminal.h"
#include "ops/finding.h"
#include "util/json.h"

struct look {
	const char *word, *colour;
};

static const struct look looks[FINDING_STATES] = {
    [FINDING_OK] = {"ok", "\033[32m"},
    [FINDING_WARNING] = {"warning", "\033[33m"},
    [FINDING_PROBLEM] = {"problem", "\033[31m"},
};

#define COLOUR_END "\033[m"
#define WORD_WIDTH 9

/* NO_COLOR: see no-color.org. */
static bool wants_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return (no == NULL || no[0] == '\0') &&
	    compat_is_terminal(STDOUT_FILENO);
}

static void report_finding(struct findings *f, enum finding_state state,
    const char *text, const char *advice)
{
	struct report *report = f->session->report;
	struct buf object = {0};

	if (!report->wanted)
		return;
	if (json_add_member(&object, "state", looks[state].word) &&
	    json_add_member(&object, "topic", f->topic) &&
	    json_add_member(&object, "text", text) &&
	    (advice == NULL || json_add_member(&object, "advice", advice)))
		report_add_object(report, REPORT_FINDINGS, &object);
	else
		report->failed = true;
	buf_free(&object);
}

/* A name of a file with a newline in it does not make a line of its own. */
static void print_finding(const struct findings *f, enum finding_state state,
    const char *text, const char *advice)
{
	const struct look *look = &looks[state];
	char whole[2 * LOG_LINE_MAX], line[4 * LOG_LINE_MAX];
	size_t len;

	snprintf(whole, sizeof(whole), "%s%s%s", text,
	    advice != NULL ? ": " : "", advice != NULL ? advice : "");
	len = (size_t)snprintf(line, sizeof(line), "%s%s%s%*s",
	    f->colour ? look->colour : "", look->word,
	    f->colour ? COLOUR_END : "", WORD_WIDTH - (int)strlen(look->word),
	    "");
	quote_line(line + len, sizeof(line) - len, whole, strlen(whole));
	log_print_line(line);
}

/* Remembers it, too; without memory it is told again. */
static bool is_told(struct findings *f, enum finding_state state,
    const char *text, const char *advice)
{
	const size_t start = f->told.len;
	const char *told, *line, *end;

	if (!buf_addf(&f->told, "%s %s: %s", looks[state].word, text,
		advice != NULL ? advice : "") ||
	    !buf_add(&f->told, "", 1)) {
		f->told.len = start;
		return false;
	}
	told = buf_string(&f->told);
	line = told + start;
	for (end = line; told < end; told += strlen(told) + 1)
		if (strcmp(told, line) == 0) {
			f->told.len = start;
			return true;
		}
	return false;
}

static void add_finding(struct findings *f, enum finding_state state,
    const char *advice, const char *text)
{
	const struct options *o = f->session->options;

	if (is_told(f, state, text, advice))
		return;
	report_finding(f, state, text, advice);
	if (!o->json && !(o->quiet && state == FINDING_OK))
		print_finding(f, state, text, advice);
}

static void add_problem(
    struct findings *f, enum status st, const char *advice, const char *text)
{
	if (f->status == ST_OK)
		f->status = st;
	add_finding(f, FINDING_PROBLEM, advice, text);
}

static void take_failure(enum status st, const char *text, void *arg)
{
	add_problem(arg, st, NULL, text);
}

static void take_warning(const char *text, void *arg)
{
	add_finding(arg, FINDING_WARNING, NULL, text);
}

void findings_begin(struct findings *f, struct session *session)
{
	memset(f, 0, sizeof(*f));
	f->session = session;
	f->colour = wants_colour();
	f->sink = (struct log_sink){
	    .failure = take_failure, .warning = take_warning, .arg = f};
	log_set_sink(&f->sink);
}

void findings_end(struct findings *f)
{
	enum status st;

	log_set_sink(NULL);
	buf_free(&f->told);
	if ((st = log_flush()) != ST_OK)
		f->status = st;
}

void finding_ok(struct findings *f, const char *format, ...)
{
	char text[LOG_LINE_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	add_finding(f, FINDING_OK, NULL, text);
}

void finding_warn(
    struct findings *f, const char *advice, const char *format, ...)
{
	char text[LOG_LINE_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	add_finding(f, FINDING_WARNING, advice, text);
}

void finding_fail(struct findings *f, enum status st, const char *advice,
    const char *format, ...)
{
	char text[LOG_LINE_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	add_problem(f, st, advice, text);
}
