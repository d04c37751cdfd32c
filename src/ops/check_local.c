#include "ops/check_local.h"

void check_local(struct findings *f)
{
	f->topic = "local";
}
