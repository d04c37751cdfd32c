#include "util/warning.h"

static const struct {
	const char *id, *meaning;
	enum warning_class class;
} warnings[] = {
#define WARNING_ROW(constant, id, class, meaning) {id, meaning, class},
    WARNINGS(WARNING_ROW)
#undef WARNING_ROW
};

enum warning_class warning_class(enum warning warning)
{
	return warnings[warning].class;
}

const char *warning_id(enum warning warning)
{
	return warnings[warning].id;
}

const char *warning_meaning(enum warning warning)
{
	return warnings[warning].meaning;
}
