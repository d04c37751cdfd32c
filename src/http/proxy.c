#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "compat/environment.h"
#include "http/proxy.h"

#define SEPARATORS ", \t"

/* Cuts the port off a name of the list; false if it is not that of url. */
static bool strip_port(const struct url *url, const char *name, size_t *len)
{
	const char *colon = memchr(name, ':', *len);
	char *end;

	if (colon == NULL ||
	    memchr(colon + 1, ':', (size_t)(name + *len - colon - 1)) != NULL)
		return true;
	*len = (size_t)(colon - name);
	return strtoul(colon + 1, &end, 10) == url->port;
}

/* A name stands for itself and for all names below it; "*" for all. */
static bool matches_name(const struct url *url, const char *name, size_t len)
{
	size_t host_len = strlen(url->host);

	if (len == 1 && *name == '*')
		return true;
	if (!strip_port(url, name, &len))
		return false;
	if (len > 0 && *name == '.') {
		name++;
		len--;
	}
	if (len == 0 || len > host_len ||
	    strncasecmp(url->host + host_len - len, name, len) != 0)
		return false;
	return len == host_len || url->host[host_len - len - 1] == '.';
}

bool proxy_is_excepted(const struct url *url, const char *list)
{
	size_t len;

	for (;;) {
		list += strspn(list, SEPARATORS);
		len = strcspn(list, SEPARATORS);
		if (len == 0)
			return false;
		if (matches_name(url, list, len))
			return true;
		list += len;
	}
}

static const char *get_variable(
    const char *lower, const char *upper, const char **variable)
{
	const char *value = compat_get_exact_variable(lower);

	*variable = lower;
	if (value == NULL && upper != NULL) {
		value = compat_get_exact_variable(upper);
		*variable = upper;
	}
	return value != NULL && *value != '\0' ? value : NULL;
}

const char *proxy_find(const struct url *url, const char **variable)
{
	const char *list = get_variable("no_proxy", "NO_PROXY", variable);

	if (list != NULL && proxy_is_excepted(url, list))
		return NULL;
	/* HTTP_PROXY is not read: a CGI program has the field Proxy in it. */
	return url->tls ? get_variable("https_proxy", "HTTPS_PROXY", variable)
			: get_variable("http_proxy", NULL, variable);
}

const char *proxy_explain_407(const struct url *proxy)
{
	return proxy->user != NULL
	    ? "it does not accept this user and password"
	    : "it requires authentication, expected user:password@host:port";
}
