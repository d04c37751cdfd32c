#include <string.h>

#include "pki/algs.h"
#include "scep/caps.h"
#include "session.h"
#include "util/log.h"

/*
 * Bytes of base64 in a GET (RFC 8894, 4.1): some servers cut longer URLs, and no
 * usual one reads those beyond the maximum.
 */
#define GET_SAFE_MAX 2048
#define GET_MAX      65000

const char *session_name_caps(const struct session *session)
{
	return session->options->capabilities != NULL ? "--capabilities has"
						      : "the server announces";
}

/*
 * The algorithm that the user asked for; else the best that the server has
 * announced; else the parameter last, with --legacy the parameter legacy.  The
 * use of last is noted: GetCACaps is not
 * authenticated, so that an attacker can remove better algorithms from it.
 */
static const char *choose_one(const struct session *session, const char *asked,
    const char *announced, const char *last, const char *legacy)
{
	if (asked != NULL)
		return asked;
	if (announced == NULL && session->options->legacy)
		return legacy;
	if (announced != NULL &&
	    (session->options->capabilities != NULL ||
		strcmp(announced, last) != 0))
		return announced;
	warn(WARN_WEAK_ALGORITHM,
	    "%s nothing better: using %s (choose with -E or -S)",
	    session_name_caps(session), last);
	return last;
}

static enum status choose_algorithms(struct session *session)
{
	const struct options *o = session->options;
	const char *cipher = choose_one(session, o->enc_alg,
	    caps_best_cipher(session->caps), "3des", "des");
	const char *digest = session->fixed_digest != NULL
	    ? session->fixed_digest
	    : choose_one(session, o->sig_alg, caps_best_digest(session->caps),
		  "sha1", "md5");
	enum status st;

	verbose("encrypting with %s, signing with %s", cipher, digest);
	if ((st = algs_get_cipher(&session->cipher, cipher)) != ST_OK)
		return st;
	return algs_get_digest(&session->digest, digest);
}

/* Of the ciphers, any shows whether the message can be made. */
enum status session_prepare_alone(struct session *session)
{
	const struct options *o = session->options;
	const char *cipher = o->enc_alg != NULL ? o->enc_alg : "aes";
	const char *digest =
	    session->fixed_digest != NULL ? session->fixed_digest : o->sig_alg;
	enum status st;

	if (o->capabilities != NULL)
		return session_prepare(session);
	st = algs_get_cipher(&session->cipher, cipher);
	if (st == ST_OK && digest != NULL)
		st = algs_get_digest(&session->digest, digest);
	return st;
}

struct digest_policy session_digest_policy(const struct session *session)
{
	const struct options *o = session->options;
	const char *asked = o->sig_alg != NULL ? o->sig_alg : "";
	const char *best = caps_best_digest(session->caps);
	bool md5 = strcmp(asked, "md5") == 0, sha1 = strcmp(asked, "sha1") == 0;

	/*
	 * A server may sign its reply with the digest of the request: no
	 * warning of MD5 or SHA-1 where the request has them.
	 */
	if (md5 || sha1 || (best != NULL && strcmp(best, "sha1") == 0))
		best = NULL;
	return (struct digest_policy){
	    .md5 = md5 || o->legacy, .announced = best};
}

/*
 * Nothing depends on the answer of the server when nothing is sent to it (-m),
 * -E and -S choose the algorithms, and the operation does not care.
 */
static bool needs_caps(const struct options *o)
{
	if (o->dump_request == NULL || o->enc_alg == NULL || o->sig_alg == NULL)
		return true;
	return o->operation->needs_caps != NULL && o->operation->needs_caps(o);
}

bool session_asks_caps(const struct options *options)
{
	return options->capabilities == NULL && needs_caps(options);
}

enum status session_prepare(struct session *session)
{
	enum status st = ST_OK;

	if (needs_caps(session->options))
		st = session_query_caps(session);
	return st == ST_OK ? choose_algorithms(session) : st;
}

enum status session_check_get(struct session *session, size_t len)
{
	if (len > GET_MAX)
		return fail(ST_ERROR,
		    "%s no POST, and a GET of %zu bytes is longer than servers "
		    "take (%d): the keys and certificates in the message are "
		    "too large for this server; if it does take POST, set "
		    "--capabilities with POSTPKIOperation",
		    session_name_caps(session), len, GET_MAX);
	if (len > GET_SAFE_MAX && !session->long_get_warned) {
		session->long_get_warned = true;
		warn(WARN_LONG_GET,
		    "%s no POST: a GET of %zu bytes is cut by some servers and "
		    "proxies",
		    session_name_caps(session), len);
	}
	return ST_OK;
}
