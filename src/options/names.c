#include <string.h>

#include "options/names.h"

/* clang-format off */
#define TOLERATE(ROW) \
	ROW("nonce", TOLERATE_NONCE) \
	ROW("transaction-id", TOLERATE_TRANSACTION_ID) \
	ROW("issuer", TOLERATE_ISSUER) \
	ROW("clock", TOLERATE_CLOCK) \
	ROW("ra", TOLERATE_RA) \
	ROW("signer", TOLERATE_SIGNER)

#define RENEWAL(ROW) \
	ROW("auto", RENEWAL_AUTO) \
	ROW("17", RENEWAL_RENEWALREQ) \
	ROW("19", RENEWAL_PKCSREQ)
/* clang-format on */

#define ENTRY(name, value)      {name, value},
#define WITH_COMMA(name, value) "," name
#define WITH_BAR(name, value)   "|" name

const struct option_name names_tolerate[] = {TOLERATE(ENTRY){NULL, 0}};
const struct option_name names_renewal[] = {RENEWAL(ENTRY){NULL, 0}};

/* Without the first separator. */
const char *const names_tolerate_list = &(TOLERATE(WITH_COMMA))[1];
const char *const names_renewal_list = &(RENEWAL(WITH_BAR))[1];

const struct option_name *names_find(
    const struct option_name *names, const char *text, size_t len)
{
	for (; names->name != NULL; names++)
		if (strlen(names->name) == len &&
		    strncmp(names->name, text, len) == 0)
			return names;
	return NULL;
}
