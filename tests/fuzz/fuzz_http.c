/*
 * The answers of an HTTP server, to two requests of the real client, which follows
 * redirects, keeps connections and asks a proxy for a tunnel.  Input: a byte of
 * the bits below; what the server sends, with the marks of wire.h.
 */

#include <time.h>

#include "fuzz.h"
#include "http/date.h"
#include "http/http.h"
#include "refusal.h"
#include "wire.h"

#define BY_PROXY  1
#define POST      2
#define TLS       4
#define DRIPPING  8
#define IN_MEMORY 16

#define BODY_MAX 4096

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_start();
	return 0;
}

static void check_response(
    const struct http *http, const struct http_response *response)
{
	const struct refusal refusal = {.status = response->status};
	static const char *const types[] = {"text/plain", NULL};
	struct buf line = {0};
	long long date;

	FUZZ_CHECK(response->status >= 200 && response->status <= 999);
	FUZZ_CHECK(response->body.len <= BODY_MAX);
	FUZZ_CHECK(fuzz_is_printable(response->reason, false));
	FUZZ_CHECK(fuzz_is_printable(response->content_type, false));
	FUZZ_CHECK(fuzz_is_printable(response->proxy_error, false));
	FUZZ_CHECK(fuzz_is_printable(response->why, false));
	if (date_parse(&date, response->date, 1700000000))
		FUZZ_CHECK(date >= 0);
	FUZZ_CHECK(response_add_line(&line, response));
	FUZZ_CHECK(fuzz_is_printable(buf_string(&line), false));
	buf_free(&line);
	if (http_check_status(http, response) == ST_OK)
		FUZZ_CHECK(response->status / 100 == 2);
	if (response->status >= 400 && response->status <= 599)
		refusal_check_status(http, response, &refusal);
	refusal_find_error(response);
	refusal_check_body(response, types);
}

static void exchange(struct http *http, bool post, bool in_memory)
{
	struct spool_budget budget = {.max = 2 * BODY_MAX};
	struct http_request request = {
	    .query = "operation=GetCACaps&message=x",
	    .max_body = BODY_MAX,
	    .in_memory = in_memory,
	    .budget = &budget,
	};
	struct http_response response;
	enum status st;

	if (post) {
		request.content_type = "application/x-pki-message";
		request.body = "body";
		request.body_len = 4;
	}
	fuzz_forget();
	st = http_exchange(http, &request, &response);
	FUZZ_CHECK((st == ST_OK) == (*fuzz_last_failure() == '\0'));
	if (st == ST_OK)
		check_response(http, &response);
	else
		FUZZ_CHECK(response.body.len == 0);
	response_free(&response);
	FUZZ_CHECK(budget.used == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	const uint8_t kind = fuzz_take_byte(&in);
	const struct http_options options = {
	    .proxy = (kind & BY_PROXY) != 0 ? "me:pass@proxy.example:1" : NULL,
	    .timeout = 120,
	    .tls = {.insecure = true},
	};
	struct http *http = NULL;
	struct url url = {0};

	FUZZ_CHECK(url_parse(&url,
		       (kind & TLS) != 0 ? "https://ca.example/x"
					 : "http://ca.example/x") == ST_OK);
	wire_start(in, (kind & DRIPPING) != 0);
	FUZZ_CHECK(http_open(&http, &url, &options) == ST_OK);
	exchange(http, (kind & POST) != 0, (kind & IN_MEMORY) != 0);
	exchange(http, (kind & POST) != 0, (kind & IN_MEMORY) != 0);
	http_close(http);
	url_free(&url);
	return 0;
}
