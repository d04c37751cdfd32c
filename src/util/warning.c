#include "util/warning.h"

static const struct {
	const char *id, *meaning;
} warnings[] = {
#define WARNING_ROW(constant, id, meaning) {id, meaning},
    WARNINGS(WARNING_ROW)
#undef WARNING_ROW
};

const char *warning_id(enum warning warning)
{
	return warnings[warning].id;
}

const char *warning_meaning(enum warning warning)
{
	return warnings[warning].meaning;
}
