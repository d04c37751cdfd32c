/* docs.c: prints generated parts of manuals and scripts; for scripts/gen-docs. */

#include <stdio.h>
#include <string.h>

#include "compat/compat.h"
#include "options/print.h"
#include "util/warning.h"

static const char *class_text(enum warning_class class)
{
	switch (class) {
	case WARNING_ALWAYS:
		return "It cannot be silenced.\n";
	case WARNING_INFORMATION:
		return "It is printed with\n.Fl v\nonly.\n";
	case WARNING_USUAL:
		break;
	}
	return "";
}

/* The ids of warnings, for sscep(1). */
static void print_warnings(FILE *out)
{
	enum warning id;
	int i;

	for (i = 0; i < WARNING_COUNT; i++) {
		id = (enum warning)i;
		fprintf(out, ".It Cm %s\n%s.\n%s", warning_id(id),
		    warning_meaning(id), class_text(warning_class(id)));
	}
}

static const struct {
	const char *name;
	void (*print)(FILE *out);
} parts[] = {
    {"options", options_print_man_options},
    {"keys", options_print_man_keys},
    {"sample", options_print_sample},
    {"warnings", print_warnings},
    {"bash", options_print_bash},
    {"zsh", options_print_zsh},
    {"fish", options_print_fish},
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc == 2 && i < COUNT_OF(parts); i++) {
		if (strcmp(argv[1], parts[i].name) == 0) {
			parts[i].print(stdout);
			return fflush(stdout) == 0 ? 0 : 1;
		}
	}
	fputs("usage: sscep-docs options|keys|sample|warnings|bash|zsh|fish\n",
	    stderr);
	return 1;
}
