/* dump.h: -m, a pkiMessage that is written instead of sent. */
#ifndef OPS_DUMP_H
#define OPS_DUMP_H

#include "scep/message.h"
#include "util/status.h"

/* Encodes the request and writes it to path, in PEM labelled PKCS7. */
enum status dump_request(const char *path, struct scep_request *request);

#endif
