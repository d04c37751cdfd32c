#include "ops/check_server.h"

void check_server(struct findings *f)
{
	f->topic = "server";
}
