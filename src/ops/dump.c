#include "ops/dump.h"
#include "pki/pem.h"
#include "util/log.h"

enum status dump_request(const char *path, struct scep_request *request)
{
	struct buf message = {0};
	enum status st = scep_request_encode(&message, request);

	if (st == ST_OK)
		st = pem_write(path, "PKCS7", message.data, message.len);
	if (st == ST_OK)
		say("%s written as %s", scep_message_name(request->type), path);
	buf_free(&message);
	return st;
}
