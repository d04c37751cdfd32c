/*
 * URLs, proxies, and the targets of redirects.  Input: what it is, '\n', a URL,
 * '\n', and for a redirect a Location, for a URL a list as in no_proxy.
 */

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "http/proxy.h"
#include "http/redirect.h"
#include "http/request.h"
#include "http/url.h"
#include "util/buf.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_start();
	return 0;
}

/* Nothing in it can end a line of a request, nor the request-target. */
static bool is_safe(const char *text)
{
	return strpbrk(text, "\r\n \t") == NULL &&
	    fuzz_is_printable(text, false);
}

static void check_request(const struct url *url, const struct url *proxy)
{
	const struct http_request request = {
	    .query = "operation=GetCACert&message=x"};
	struct buf head = {0};

	FUZZ_CHECK(request_format(&head, url, &request, proxy));
	fuzz_check_request(buf_string(&head), head.len);
	buf_free(&head);
	FUZZ_CHECK(
	    request_format_connect(&head, url, proxy != NULL ? proxy : url));
	fuzz_check_request(buf_string(&head), head.len);
	buf_free(&head);
}

/* What is printed of a URL is one for the same server, and printed as such. */
static void check_text(const struct url *url)
{
	struct buf text = {0}, more = {0};
	struct url again = {0};

	FUZZ_CHECK(url_add_text(&text, url));
	FUZZ_CHECK(is_safe(buf_string(&text)));
	FUZZ_CHECK(url_parse(&again, buf_string(&text)) == ST_OK);
	FUZZ_CHECK(url->tls == again.tls && url->port == again.port);
	FUZZ_CHECK(strcmp(url->host, again.host) == 0);
	FUZZ_CHECK(*again.query == '\0');
	FUZZ_CHECK(url_add_text(&more, &again));
	FUZZ_CHECK(strcmp(buf_string(&text), buf_string(&more)) == 0);
	url_free(&again);
	buf_free(&text);
	buf_free(&more);
}

static void check_url(const struct url *url)
{
	FUZZ_CHECK(url->port >= 1 && url->port <= 65535);
	FUZZ_CHECK(*url->host != '\0' && is_safe(url->host));
	FUZZ_CHECK(strpbrk(url->host, "/?#@[]") == NULL);
	FUZZ_CHECK(*url->path == '/');
	FUZZ_CHECK(strpbrk(url->path, "?#") == NULL);
	FUZZ_CHECK(strchr(url->query, '#') == NULL);
	check_request(url, NULL);
}

static void try_proxy(const char *text)
{
	struct url url = {0}, proxy = {0};

	FUZZ_CHECK(url_parse(&url, "http://h.example/p?q") == ST_OK);
	if (url_parse_proxy(&proxy, text, "proxy") == ST_OK) {
		FUZZ_CHECK(!proxy.tls);
		FUZZ_CHECK(proxy.port >= 1 && proxy.port <= 65535);
		FUZZ_CHECK(is_safe(proxy.host));
		FUZZ_CHECK(proxy_explain_407(&proxy) != NULL);
		check_request(&url, &proxy);
	}
	url_free(&proxy);
	url_free(&url);
}

static void try_redirect(const struct url *from, const char *location)
{
	struct url to = {0};
	char why[64];
	int status;

	if (redirect_resolve(&to, from, location) == ST_OK) {
		check_url(&to);
		for (status = 301; status <= 308; status++) {
			if (!redirect_is_status(status) ||
			    !redirect_is_allowed(
				why, sizeof(why), from, &to, status, true))
				continue;
			FUZZ_CHECK(status >= 307);
			FUZZ_CHECK(to.tls || !from->tls);
			FUZZ_CHECK(to.ipv6 == from->ipv6);
			FUZZ_CHECK(
			    to.ipv6 || strlen(to.host) == strlen(from->host));
		}
	}
	url_free(&to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct fuzz_input kind = fuzz_take_until(&in, '\n');
	char *text = fuzz_copy_string(fuzz_take_until(&in, '\n'));
	char *more = fuzz_copy_string(in);
	struct url url = {0};

	fuzz_forget();
	if (kind.left > 0 && *kind.next == 'p') {
		try_proxy(text);
	} else if (url_parse(&url, text) == ST_OK) {
		check_url(&url);
		check_text(&url);
		if (kind.left > 0 && *kind.next == 'r')
			try_redirect(&url, more);
		else
			proxy_is_excepted(&url, more);
	}
	url_free(&url);
	free(text);
	free(more);
	return 0;
}
