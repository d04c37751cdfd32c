#include <errno.h>

#include "pki/octets.h"

struct der octets_in_memory(const void *bytes, size_t len)
{
	static const unsigned char none[1];

	return (struct der){
	    .p = bytes != NULL ? bytes : none, .left = (long)len};
}

struct der octets_in_spool(struct spool *spool)
{
	if (spool->in_file)
		return (struct der){.left = (long)spool->len, .spool = spool};
	return octets_in_memory(spool->bytes.data, spool->len);
}

void octets_replace(struct der *run, struct spool *spool, struct spool *copy)
{
	if (copy->len == 0)
		return;
	spool_replace(spool, copy);
	*run = octets_in_spool(spool);
}

const unsigned char *octets_peek(
    const struct der *run, size_t need, size_t *len)
{
	const unsigned char *p = run->p;

	*len = (size_t)run->left;
	if (run->left <= 0)
		return NULL;
	if (p == NULL)
		p = spool_peek(run->spool, run->at, need, len);
	if (*len > (size_t)run->left)
		*len = (size_t)run->left;
	return p;
}

void octets_skip(struct der *run, long len)
{
	if (run->p != NULL)
		run->p += len;
	run->at += (size_t)len;
	run->left -= len;
}

const unsigned char *octets_take(struct der *run, size_t *len)
{
	const unsigned char *p = octets_peek(run, 1, len);

	if (p != NULL)
		octets_skip(run, (long)*len);
	return p;
}

bool octets_add(struct buf *out, struct der run)
{
	const unsigned char *p;
	size_t len;

	while ((p = octets_take(&run, &len)) != NULL)
		if (!buf_add(out, p, len)) {
			errno = ENOMEM;
			return false;
		}
	return run.left == 0;
}

struct der octets_load(struct der run, struct buf *room)
{
	if (run.p != NULL)
		return run;
	room->len = 0;
	return octets_add(room, run) ? octets_in_memory(room->data, room->len)
				     : (struct der){0};
}
