#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/proxy.h"

#define SEPARATORS ", \t"

/* One name of the list: without its port, if that is the url's. */
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

static bool matches(const struct url *url, const char *name, size_t len)
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
		if (matches(url, list, len))
			return true;
		list += len;
	}
}

/* The upper-case http_proxy can be set by a remote user in a CGI. */
static const char *get(
    const char *lower, const char *upper, const char **variable)
{
	const char *value = getenv(lower);

	*variable = lower;
	if (value == NULL && upper != NULL) {
		value = getenv(upper);
		*variable = upper;
	}
	return value != NULL && *value != '\0' ? value : NULL;
}

const char *proxy_from_environment(const struct url *url, const char **variable)
{
	const char *list = get("no_proxy", "NO_PROXY", variable);

	if (list != NULL && proxy_is_excepted(url, list))
		return NULL;
	return url->tls ? get("https_proxy", "HTTPS_PROXY", variable)
			: get("http_proxy", NULL, variable);
}
