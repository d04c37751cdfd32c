#include <stdio.h>
#include <string.h>

#include "http/proxy.h"
#include "ops/check_network.h"
#include "ops/check_tls.h"
#include "receiving.h"
#include "scep/caps.h"
#include "util/ascii.h"

#define DEAD_ADVICE \
	"the other addresses are used, but each run may lose time: have this " \
	"one taken out of the name service, or its server repaired"

/* Before each of the redirects: which requests follow it. */
#define BY_ANY      '+'
#define BY_GET_ONLY '-'

#define REDIRECT_ADVICE "use that URL: each message costs one more request"

/* Where the way comes from: the option, or why the environment has none. */
static const char *explain_way(const struct session *session)
{
	const char *variable = "";

	if (session->options->proxy != NULL)
		return " (-p)";
	if (proxy_find(&session->url, &variable) == NULL &&
	    ascii_is_same_word(variable, "no_proxy"))
		return ", as no_proxy exempts the host";
	return "";
}

static void tell_way(struct findings *f)
{
	const struct session *session = f->session;
	const char *hop = http_hop(session->http);
	struct buf url = {0};

	f->topic = "url";
	if (url_add_text(&url, &session->url))
		finding_ok(f, "%s: %s %s%s", buf_string(&url),
		    strncmp(hop, "proxy ", 6) == 0 ? "through" : "directly to",
		    hop, explain_way(session));
	buf_free(&url);
	if (!session->url.tls)
		finding_ok(f,
		    "http is not encrypted; SCEP protects its messages itself");
}

/* Each line of failed has become known only after another address was good. */
static void tell_failed(struct check_network *n)
{
	const char *line = buf_string(&n->failed);
	size_t len;

	for (; *line != '\0'; line += len + 1) {
		len = strcspn(line, "\n");
		finding_warn(n->f, n->connected ? DEAD_ADVICE : NULL, "%.*s",
		    (int)len, line);
	}
	buf_free(&n->failed);
}

static void name_address(char *out, size_t size, const struct http_try *tried)
{
	const char *format =
	    strcmp(tried->host, tried->address) == 0 ? "%s" : "%s (%s)";

	snprintf(out, size, format, tried->host, tried->address);
}

/* Of what has been told, such as of the same connection again, nothing is said. */
static bool is_told(const struct check_network *n, const char *line)
{
	struct buf whole = {0};
	bool told = !buf_addf(&whole, "\n%s\n", line) ||
	    strstr(buf_string(&n->told), buf_string(&whole)) != NULL;

	buf_free(&whole);
	return told;
}

static void set_told(struct check_network *n, const char *line)
{
	buf_addf(&n->told, "\n%s\n", line);
}

/* All addresses of a host and port are told, so they are so after the last. */
static bool is_fresh(struct check_network *n, const struct http_try *tried)
{
	struct buf name = {0};
	bool fresh = buf_addf(&name, "%s %u", tried->host, tried->port) &&
	    !is_told(n, buf_string(&name));

	if (fresh && tried->left == 0)
		set_told(n, buf_string(&name));
	buf_free(&name);
	return fresh;
}

/* The other addresses are wanted once only. */
static bool on_tried(const struct http_try *tried, void *arg)
{
	struct check_network *n = arg;
	char address[QUOTE_SIZE];

	n->fresh = is_fresh(n, tried);
	if (!n->fresh)
		return false;
	n->f->topic = "connection";
	name_address(address, sizeof(address), tried);
	if (tried->why == NULL) {
		n->connected = true;
		finding_ok(n->f, "connected to %s, port %u, in %lld ms",
		    address, tried->port, tried->milliseconds);
	} else {
		buf_addf(&n->failed, "no connection to %s, port %u: %s\n",
		    address, tried->port, tried->why);
	}
	if (tried->left > 0)
		return true;
	/* If there is only one, the error says it all. */
	if (n->connected ||
	    strchr(buf_string(&n->failed), '\n') !=
		strrchr(buf_string(&n->failed), '\n'))
		tell_failed(n);
	buf_free(&n->failed);
	n->connected = false;
	return true;
}

static void on_tunnelled(const char *proxy, const char *peer, void *arg)
{
	struct check_network *n = arg;

	n->f->topic = "connection";
	if (n->fresh)
		finding_ok(n->f, "%s has opened a tunnel to %s", proxy, peer);
}

static void on_secured(const struct http_tls *tls, void *arg)
{
	struct check_network *n = arg;

	n->f->topic = "tls";
	if (n->fresh)
		check_tls(n->f, tls);
}

/* What they are worth is known after the exchange: see below. */
static void on_redirected(
    int status, const char *from, const char *to, void *arg)
{
	char mark = status == 307 || status == 308 ? BY_ANY : BY_GET_ONLY;
	struct check_network *n = arg;
	struct buf line = {0};

	if (buf_addf(&line, "%s redirects to %s (%d)", from, to, status) &&
	    !is_told(n, buf_string(&line))) {
		set_told(n, buf_string(&line));
		buf_addf(&n->redirects, "%c%s\n", mark, buf_string(&line));
	}
	buf_free(&line);
}

static bool sends_by_post(const struct session *session)
{
	return session->options->dump_request == NULL &&
	    caps_have(session->caps, CAP_POSTPKIOPERATION);
}

void check_network_judge_redirects(
    struct check_network *n, bool looped, bool of_caps)
{
	bool post = of_caps && sends_by_post(n->f->session);
	const char *next = buf_string(&n->redirects), *line;
	int len;

	n->f->topic = "http";
	for (; !looped && *next != '\0'; next = line + len + 1) {
		line = next + 1;
		len = (int)strcspn(line, "\n");
		if (post && *next == BY_GET_ONLY)
			finding_fail(n->f, ST_NETWORK, "use that URL",
			    "%.*s, which is not followed with a POST, by which "
			    "requests are sent",
			    len, line);
		else
			finding_warn(n->f, REDIRECT_ADVICE, "%.*s", len, line);
	}
	buf_free(&n->redirects);
}

void check_network_begin(struct check_network *n, struct findings *f)
{
	struct http_observer observer = receiving_observer();

	*n = (struct check_network){.f = f};
	observer.arg = n;
	observer.tried = on_tried;
	observer.tunnelled = on_tunnelled;
	observer.secured = on_secured;
	observer.redirected = on_redirected;
	tell_way(f);
	f->topic = "connection";
	http_observe(f->session->http, &observer);
}

void check_network_end(struct check_network *n)
{
	const struct http_observer usual = receiving_observer();

	http_observe(n->f->session->http, &usual);
	buf_free(&n->told);
	buf_free(&n->failed);
	buf_free(&n->redirects);
}
