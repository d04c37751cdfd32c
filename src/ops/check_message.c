#include "ops/check_parts.h"
#include "ops/enrolment.h"

/* Whether all is there that the message is made of. */
static bool is_whole(const struct check *c)
{
	const struct inputs *in = &c->in;

	return c->bundle_is_good && c->signer_is_good && in->csr != NULL;
}

/* Without the server, what does not depend on it. */
static bool find_algorithms(struct session *session)
{
	bool known =
	    session->caps_known || session_prepare_alone(session) == ST_OK;

	return known && session->digest != NULL;
}

void check_message(struct check *c)
{
	struct inputs *in = &c->in;
	struct session *session = c->session;
	const struct options *given = session->options;

	c->f->topic = "message";
	if (!is_whole(c))
		return;
	session->options = in->options;
	if (in->transaction_id.len == 0)
		inputs_set_transaction_id(in);
	if (find_algorithms(session) && inputs_make_signer(in) == ST_OK)
		enrolment_try(in);
	session->options = given;
}
