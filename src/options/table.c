#include <stdio.h>
#include <string.h>

#include "compat/compat.h"
#include "options/table.h"
#include "util/ascii.h"

/* As offsetof(), but does not compile unless the field has that type. */
#define AT(ctype, field) \
	offsetof(struct options, field) + \
	    0 * sizeof((ctype *)0 == &((struct options *)0)->field)
#define TO_STRING(f) .type = TYPE_STRING, .offset = AT(char *, f)
#define TO_NUMBER(f) .type = TYPE_NUMBER, .offset = AT(int, f)
#define TO_FLAG(f)   .type = TYPE_FLAG, .offset = AT(bool, f)
#define TO_LIST(f)   .type = TYPE_LIST, .offset = AT(struct list, f)

#define ALL    TABLE_OPS_ALL
#define QUERY  (OP_GETCERT | OP_GETCRL)
#define SIGNED (OP_ENROLL | QUERY)
#define CA     (OP_GETCA | OP_GETNEXTCA)

#define KEY_PLACES \
	"A file, or a key in a token: pkcs11:..., handle:... or another URI" \
	" that a provider opens, or what the engine of -g calls it."

/* clang-format off */
const struct option_row table_rows[] = {
	/* All operations. */
	{ .letter = 'u', .name = "url", .ops = ALL, TO_STRING(url),
	  .arg = "url", .key = "URL", .what = "URL", .required = ALL,
	  .help = "SCEP server to talk to, http[s]://host[:port][/path]",
	  .more = "An IPv6 address goes in brackets. Without a path it is"
		  " /cgi-bin/pkiclient.exe.",
	  .example = "http://scep.example.com/scep" },
	{ .letter = 'p', .name = "proxy", .ops = ALL, TO_STRING(proxy),
	  .arg = "host:port", .key = "Proxy",
	  .help = "HTTP proxy that the requests go through",
	  .more = "user:password@ may stand in front, with what is special in"
		  " it percent-encoded. https goes through by CONNECT.",
	  .example = "proxy.example.com:8080" },
	{ .letter = 'g', .name = "engine", .ops = ALL, TO_STRING(engine),
	  .arg = "engine", .key = "engine",
	  .help = "Engine of libcrypto that holds the keys",
	  .more = "Its id, or the section of the configuration file that"
		  " describes it. libcrypto 4.0 has no engines: see --provider.",
	  .example = "sscep_engine" },
	{ .letter = 'f', .name = "config", .ops = ALL, TO_STRING(config),
	  .arg = "file", .check = CHECK_FILE,
	  .help = "Read the configuration file as well",
	  .more = "The command line wins over the file." },
	{ .letter = 'c', .name = "ca-cert", .ops = CA, .idle = OP_GETCAPS,
	  TO_STRING(ca_cert),
	  .over = " ca-chain ", .set = true,
	  .check = CHECK_OUTPUT, .arg = "file", .key = "CACertFile",
	  .what = "CA certificate file", .required = CA,
	  .help = "Write the CA certificate here, or several to file-0,"
		  " file-1, and so on",
	  .example = "./ca.crt" },
	{ .letter = 'c', .name = "ca-cert", .ops = SIGNED, .idle = OP_GETCAPS,
	  TO_STRING(ca_cert),
	  .set = true,
	  .check = CHECK_FILE, .arg = "file", .key = "CACertFile",
	  .what = "CA certificate file", .required = SIGNED,
	  .help = "CA and RA certificates: one file, or the base name of"
		  " file-0, file-1, and so on",
	  .example = "./ca.crt" },
	{ .letter = 'i', .name = "ca-identifier", .ops = ALL,
	  TO_STRING(ca_identifier), .check = CHECK_ANY,
	  .arg = "string", .key = "CAIdentifier",
	  .help = "Name of the CA, for servers that run more than one",
	  .more = "It is sent as the message of GetCACaps, GetCACert and"
		  " GetNextCACert; without this option none is sent.",
	  .example = "mydomain.com" },
	{ .letter = 'E', .name = "enc-alg", .ops = ALL, TO_STRING(enc_alg),
	  .check = CHECK_CIPHER, .arg = "name", .key = "EncAlgorithm",
	  .help = "Cipher of requests",
	  .more = "Without it: the best that the server announces, or 3des."
		  " aes is aes128.",
	  .example = "aes128" },
	{ .letter = 'S', .name = "sig-alg", .ops = ALL, TO_STRING(sig_alg),
	  .check = CHECK_DIGEST, .arg = "name", .key = "SigAlgorithm",
	  .help = "Digest of the signature on requests",
	  .more = "Without it: the best that the server announces, or sha1.",
	  .example = "sha256" },
	{ .letter = 'W', .name = "wait", .ops = ALL, TO_NUMBER(wait),
	  .arg = "secs", .key = "Wait",
	  .help = "Keep trying to connect for so many seconds" },
	{ .letter = 'M', .name = "monitor", .ops = ALL, TO_LIST(monitor),
	  .check = CHECK_PAIR, .arg = "name=value",
	  .key = "MonitorInformation",
	  .help = "Add to the query of every request; may be repeated",
	  .more = "Sent as given, but blanks and control bytes are"
		  " percent-encoded.",
	  .example = "device=4711" },
	{ .name = "timeout", .ops = ALL, TO_NUMBER(timeout),
	  .def = TIMEOUT_DEFAULT, .min = 1, .arg = "secs", .key = "Timeout",
	  .help = "Limit of each exchange with the server, in seconds" },
	{ .name = "max-size", .ops = ALL, TO_NUMBER(max_size),
	  .min = 1, .arg = "bytes", .key = "MaxReplySize",
	  .help = "Largest reply that is read, in bytes",
	  .more = "Without it: 64 KiB of capabilities, 2 MiB of CA certificates,"
		  " 2 MiB for enroll and getcert, 64 MiB for getcrl.",
	  .example = "2097152" },
	{ .name = "legacy", .ops = ALL, TO_FLAG(legacy), .key = "Legacy",
	  .help = "Use des and md5 when the server announces nothing",
	  .more = "For servers of the 1990s only: both are broken." },
	{ .name = "capabilities", .ops = ALL, TO_STRING(capabilities),
	  .check = CHECK_CAPS, .arg = "list", .key = "Capabilities",
	  .help = "What the server can do; it is not asked",
	  .more = "Keywords of GetCACaps between commas: one request less, and"
		  " nobody on the way can take from them. getcaps asks"
		  " nevertheless.",
	  .example = "AES,SHA-256,POSTPKIOperation" },
	{ .letter = 'v', .name = "verbose", .ops = ALL, TO_FLAG(verbose),
	  .key = "Verbose",
	  .help = "Say on stderr what is done, and with which options" },
	{ .letter = 'd', .name = "debug", .ops = ALL, TO_FLAG(debug),
	  .key = "Debug",
	  .help = "Say still more on stderr; includes -v" },
	{ .name = "quiet", .ops = ALL, TO_FLAG(quiet), .key = "Quiet",
	  .help = "No status lines on stdout" },
	{ .name = "json", .ops = ALL, TO_FLAG(json), .key = "JSON",
	  .help = "One JSON object on stdout instead of the status lines" },
	{ .name = "provider", .ops = ALL, TO_LIST(providers),
	  .arg = "name", .key = "Provider",
	  .help = "Load a provider of libcrypto; may be repeated",
	  .more = "For keys in tokens: pkcs11, tpm2. The default provider is"
		  " loaded first, unless libcrypto is configured to do without"
		  " it. A path names the module itself.",
	  .example = "pkcs11" },
	{ .name = "provider-path", .ops = ALL, TO_LIST(provider_paths),
	  .check = CHECK_DIR, .arg = "dir", .key = "ProviderPath",
	  .help = "Directory to look for providers in; may be repeated",
	  .example = "/usr/lib/ossl-modules" },
	{ .name = "tls-ca-file", .ops = ALL, TO_STRING(tls_ca_file),
	  .check = CHECK_FILE, .arg = "file", .key = "TLSCAFile",
	  .help = "CA certificates that may vouch for a TLS server",
	  .more = "They stand instead of the system's. The certificates of -c"
		  " have no say in this.",
	  .example = "./tls-ca.pem" },
	{ .name = "tls-ca-dir", .ops = ALL, TO_STRING(tls_ca_dir),
	  .check = CHECK_DIR, .arg = "dir", .key = "TLSCADir",
	  .help = "Directory of such CA certificates",
	  .more = "Prepared by openssl rehash.",
	  .example = "/etc/ssl/certs" },
	{ .name = "tls-cert", .ops = ALL, TO_STRING(tls_cert),
	  .check = CHECK_FILE, .arg = "file", .key = "TLSCertFile",
	  .help = "Certificate to log in to a TLS server with",
	  .more = "Certificates of CAs above it may follow in the file.",
	  .example = "./tls.crt" },
	{ .name = "tls-key", .ops = ALL, TO_STRING(tls_key),
	  .check = CHECK_KEY, .arg = "file", .key = "TLSKeyFile",
	  .help = "Private key of that certificate",
	  .more = "Without it: the key is in the file of --tls-cert, too.",
	  .example = "./tls.key" },
	{ .name = "tls-passin", .ops = ALL, TO_STRING(tls_passin),
	  .check = CHECK_PASS, .arg = "source", .key = "TLSKeyPassword",
	  .help = "Pass phrase source of the TLS key, as for --passin",
	  .example = "file:./tls.pass" },
	{ .name = "tls-insecure", .ops = ALL, TO_FLAG(tls_insecure),
	  .key = "TLSInsecure",
	  .help = "Do not verify the TLS server",
	  .more = "Whoever is on the way can then read and change everything;"
		  " each use is warned of." },
	{ .letter = 'H', .ops = ALL, .type = TYPE_IGNORED,
	  .help = "Does nothing; sscep 0.10 took it" },
	{ .letter = 'h', .name = "help", .ops = ALL, .type = TYPE_HELP,
	  .help = "Print the operations and options" },
	{ .name = "version", .ops = ALL, .type = TYPE_VERSION,
	  .help = "Print the version and what is built in" },

	/* getca, getnextca */
	{ .letter = 'F', .name = "fingerprint", .ops = CA, TO_STRING(fp_alg),
	  .check = CHECK_DIGEST, .arg = "name", .key = "FingerPrint",
	  .help = "Digest of the fingerprints that are printed",
	  .more = "Without it: that of the first --ca-fingerprint, or the"
		  " best that the server announces, or md5.",
	  .example = "sha256" },
	{ .name = "ca-fingerprint", .ops = OP_GETCA | SIGNED,
	  TO_LIST(ca_fingerprints), .check = CHECK_FINGERPRINT,
	  .arg = "hex", .key = "CAFingerprint",
	  .help = "Trust only the CA certificate of this fingerprint, and"
		  " what is below it; may be repeated",
	  .more = "As it was printed: with colons, blanks, or the name of its"
		  " digest in front. Without a name the length tells it: md5,"
		  " sha1, sha224, sha256, sha384, sha512.",
	  .example = "1D:3C:4C:DF:99:73:B8:FB:B4:EE:C4:56:A9:7C:37:A3" },
	{ .letter = 'C', .name = "ca-chain", .ops = OP_GETNEXTCA,
	  TO_STRING(ca_chain), .set = true, .check = CHECK_FILE, .arg = "file",
	  .key = "ChainRootCACertFile", .what = "current CA certificates",
	  .required = OP_GETNEXTCA,
	  .help = "Current CA certificates in PEM, which verify the signer",
	  .example = "./current-ca.crt" },
	{ .letter = 'w', .name = "signer-cert", .ops = OP_GETNEXTCA,
	  TO_STRING(output), .check = CHECK_OUTPUT, .arg = "file",
	  .key = "SignerCertificateFile",
	  .help = "Write the certificate of the signer here",
	  .example = "./signer.crt" },

	/* enroll */
	{ .letter = 'k', .name = "key", .ops = OP_ENROLL, TO_STRING(key),
	  .check = CHECK_KEY, .arg = "file", .key = "PrivateKeyFile",
	  .what = "private key", .required = OP_ENROLL, .unless = "KO",
	  .help = "Private key of the request",
	  .more = KEY_PLACES,
	  .example = "./local.key" },
	{ .letter = 'r', .name = "request", .ops = OP_ENROLL,
	  TO_STRING(request), .check = CHECK_FILE, .arg = "file",
	  .key = "CertReqFile",
	  .what = "certificate request", .required = OP_ENROLL,
	  .help = "Certificate request (PKCS#10), PEM or DER",
	  .example = "./local.csr" },
	{ .letter = 'l', .name = "cert", .ops = OP_ENROLL,
	  TO_STRING(local_cert), .check = CHECK_OUTPUT, .arg = "file",
	  .key = "LocalCertFile",
	  .what = "file for the certificate", .required = OP_ENROLL,
	  .unless = "m", .over = " sign-cert tls-cert ",
	  .help = "Write the issued certificate here",
	  .example = "./local.crt" },
	{ .letter = 'K', .name = "sign-key", .ops = OP_ENROLL,
	  TO_STRING(sign_key), .check = CHECK_KEY, .arg = "file",
	  .key = "SignKeyFile", .alias = "SignCertKey", .needs = 'O',
	  .help = "Private key of the certificate of -O",
	  .more = KEY_PLACES,
	  .example = "./old.key" },
	{ .letter = 'O', .name = "sign-cert", .ops = OP_ENROLL,
	  TO_STRING(sign_cert), .check = CHECK_FILE, .arg = "file",
	  .key = "SignCertFile", .needs = 'K',
	  .help = "Existing certificate that signs the request, for renewal",
	  .more = "Without -O and -K the request is signed with a self-signed"
		  " certificate made for it.",
	  .example = "./old.crt" },
	{ .letter = 'L', .name = "selfsigned", .ops = OP_ENROLL,
	  TO_STRING(selfsigned), .check = CHECK_OUTPUT, .arg = "file",
	  .key = "SelfSignedFile",
	  .help = "Write the self-signed certificate here",
	  .example = "./selfsigned.crt" },
	{ .letter = 't', .name = "poll-interval", .ops = OP_ENROLL,
	  TO_NUMBER(poll_interval), .def = POLL_INTERVAL_DEFAULT,
	  .arg = "secs", .key = "PollInterval",
	  .help = "Seconds between polls while the request is pending" },
	{ .letter = 'T', .name = "poll-time", .ops = OP_ENROLL,
	  TO_NUMBER(poll_time), .def = POLL_TIME_DEFAULT,
	  .arg = "secs", .key = "MaxPollTime",
	  .help = "Give up polling after so many seconds" },
	{ .letter = 'n', .name = "poll-count", .ops = OP_ENROLL,
	  TO_NUMBER(poll_count), .def = POLL_COUNT_DEFAULT,
	  .arg = "count", .key = "MaxPollCount",
	  .help = "Give up after so many polls; 0: do not poll" },
	{ .letter = 'R', .name = "resume", .ops = OP_ENROLL, TO_FLAG(resume),
	  .key = "Resume",
	  .help = "Resume an enrolment that was left pending: poll first",
	  .more = "Give the same -k and -r as before." },
	{ .name = "renewal", .ops = OP_ENROLL, .type = TYPE_RENEWAL,
	  .offset = AT(enum renewal, renewal), .arg = "type",
	  .key = "RenewalMessage",
	  .help = "messageType with -K and -O: 17 is RenewalReq, 19 PKCSReq",
	  .more = "auto sends RenewalReq to a server that announces Renewal,"
		  " else PKCSReq.",
	  .example = "auto" },
	{ .name = "chain", .ops = OP_ENROLL | OP_GETCERT, TO_STRING(chain),
	  .check = CHECK_OUTPUT, .arg = "file", .key = "ChainFile",
	  .help = "Write the CA certificates of the reply here",
	  .example = "./chain.crt" },
	{ .name = "sign-passin", .ops = OP_ENROLL, TO_STRING(sign_passin),
	  .check = CHECK_PASS, .arg = "source", .key = "SignKeyPassword",
	  .help = "Pass phrase source of the key of -K, as for --passin",
	  .example = "file:./old.pass" },

	/* getcert, getcrl */
	{ .letter = 'k', .name = "key", .ops = QUERY, TO_STRING(key),
	  .check = CHECK_KEY, .arg = "file", .key = "PrivateKeyFile",
	  .what = "private key", .required = QUERY,
	  .help = "Private key of the certificate of -l",
	  .more = KEY_PLACES,
	  .example = "./local.key" },
	{ .letter = 'l', .name = "cert", .ops = QUERY, TO_STRING(local_cert),
	  .check = CHECK_FILE, .arg = "file", .key = "LocalCertFile",
	  .what = "own certificate", .required = QUERY,
	  .help = "Own certificate, which signs the request",
	  .example = "./local.crt" },
	{ .letter = 'O', .name = "issuer-cert", .ops = OP_GETCERT,
	  TO_STRING(sign_cert), .check = CHECK_FILE, .arg = "file",
	  .key = "SignCertFile", .fallback = OP_ENROLL,
	  .help = "Issuer of the certificate asked for",
	  .more = "Without it: the issuer of the certificate of -l.",
	  .example = "./issuer.crt" },
	{ .letter = 'O', .name = "target-cert", .ops = OP_GETCRL,
	  TO_STRING(sign_cert), .check = CHECK_FILE, .arg = "file",
	  .key = "SignCertFile", .fallback = OP_ENROLL,
	  .help = "Certificate whose CRL is asked for",
	  .more = "Without it: the certificate of -l.",
	  .example = "./target.crt" },
	{ .letter = 's', .name = "serial", .ops = OP_GETCERT,
	  TO_STRING(serial), .arg = "number", .key = "GetCertSerial",
	  .what = "serial number", .required = OP_GETCERT,
	  .help = "Serial number of the certificate asked for",
	  .more = "Decimal, or hexadecimal with 0x, with colons (AA:BB:CC)"
		  " or with the digits a to f.",
	  .example = "12" },
	{ .letter = 's', .name = "serial", .ops = OP_GETCRL,
	  TO_STRING(serial), .arg = "number", .key = "GetCertSerial",
	  .fallback = OP_GETCERT,
	  .help = "Serial number to name instead of that of -l or -O",
	  .example = "12" },
	{ .letter = 'w', .name = "output", .ops = OP_GETCERT,
	  TO_STRING(output), .check = CHECK_OUTPUT, .arg = "file",
	  .key = "GetCertFile",
	  .what = "file for the certificate", .required = OP_GETCERT,
	  .unless = "m", .over = " cert tls-cert ",
	  .help = "Write the certificate here",
	  .example = "./cert.crt" },
	{ .letter = 'w', .name = "output", .ops = OP_GETCRL,
	  TO_STRING(output), .check = CHECK_OUTPUT, .arg = "file",
	  .key = "GetCrlFile",
	  .what = "file for the CRL", .required = OP_GETCRL, .unless = "m",
	  .help = "Write the CRL here",
	  .example = "./crl.crl" },

	/* enroll, getcert, getcrl */
	{ .letter = 'e', .name = "enc-cert", .ops = SIGNED,
	  TO_STRING(enc_cert), .check = CHECK_FILE, .arg = "file",
	  .key = "EncCertFile",
	  .help = "Encrypt to this certificate, not to one of -c",
	  .example = "./enc.crt" },
	{ .letter = 'm', .name = "dump-request", .ops = SIGNED,
	  TO_STRING(dump_request), .check = CHECK_OUTPUT, .arg = "file",
	  .help = "Write the pkiMessage here in PEM; do not send it" },
	{ .name = "tolerate", .ops = CA | SIGNED,
	  .type = TYPE_TOLERATE, .offset = AT(unsigned int, tolerate),
	  .arg = "list", .key = "Tolerate",
	  .help = "Waive single checks, for servers that cannot pass them",
	  .more = "nonce: the recipientNonce of the reply is missing or wrong."
		  " transaction-id: its transactionID is."
		  " issuer: the certificate does not verify against -c, or the"
		  " issuer of the CRL is not in it."
		  " clock: certificates are out of their time, for devices"
		  " without a clock."
		  " ra: certificates below the one of --ca-fingerprint are taken"
		  " for an RA's though nothing marks them."
		  " signer: an RA of -C signs what getnextca gets."
		  " Each use is warned of.",
	  .example = "nonce" },
	{ .name = "transaction-id", .ops = SIGNED,
	  TO_STRING(transaction_id), .check = CHECK_PRINTABLE,
	  .arg = "string", .key = "TransactionID",
	  .help = "transactionID to use instead of one made from the key",
	  .example = "4711" },
	{ .name = "passin", .ops = SIGNED, TO_STRING(passin),
	  .check = CHECK_PASS, .arg = "source", .key = "KeyPassword",
	  .help = "Where the pass phrase or PIN of the key of -k is",
	  .more = "As in openssl(1): pass:TEXT, which others can see, env:NAME,"
		  " or the first line of file:NAME, fd:NUMBER or stdin. Without"
		  " it, and where one is wanted, it is asked for on the"
		  " terminal.",
	  .example = "file:./local.pass" },
	{ .name = "rsa-oaep", .ops = SIGNED, TO_FLAG(rsa_oaep),
	  .key = "RSAOAEP",
	  .help = "Encrypt requests with RSA-OAEP",
	  .more = "With the digest of -S; without this option by PKCS#1 v1.5,"
		  " which every server reads." },
	{ .name = "rsa-pss", .ops = SIGNED, TO_FLAG(rsa_pss),
	  .key = "RSAPSS",
	  .help = "Sign requests with RSA-PSS",
	  .more = "Without this option by PKCS#1 v1.5, which every server"
		  " reads." },
};
/* clang-format on */

const size_t table_row_count = COUNT_OF(table_rows);
_Static_assert(COUNT_OF(table_rows) <= TABLE_ROWS_MAX, "TABLE_ROWS_MAX");

size_t table_index(const struct option_row *row)
{
	return (size_t)(row - table_rows);
}

void *table_field(struct options *options, const struct option_row *row)
{
	return (char *)options + row->offset;
}

const void *table_field_const(
    const struct options *options, const struct option_row *row)
{
	return (const char *)options + row->offset;
}

const char *table_spelling(
    char *out, size_t size, const struct option_row *row, const char *between)
{
	if (row->name == NULL)
		snprintf(out, size, "-%c", row->letter);
	else if (row->letter == 0)
		snprintf(out, size, "--%s", row->name);
	else
		snprintf(
		    out, size, "-%c%s--%s", row->letter, between, row->name);
	return out;
}

const struct option_row *table_find_letter(char letter, enum op op)
{
	const struct option_row *row, *any = NULL;
	size_t i;

	for (i = 0; letter != 0 && i < table_row_count; i++) {
		row = &table_rows[i];
		if (row->letter != letter)
			continue;
		if (row->ops & op)
			return row;
		any = row;
	}
	return any;
}

const struct option_row *table_find_key(const char *key, enum op op)
{
	const struct option_row *row, *any = NULL;
	size_t i;

	for (i = 0; i < table_row_count; i++) {
		row = &table_rows[i];
		if (!table_has_key(row, key))
			continue;
		if (row->ops & op)
			return row;
		any = row;
	}
	return any;
}

bool table_has_key(const struct option_row *row, const char *text)
{
	return (row->key != NULL && ascii_is_same_word(row->key, text)) ||
	    (row->alias != NULL && ascii_is_same_word(row->alias, text));
}

unsigned int table_key_ops(const struct option_row *row)
{
	unsigned int ops = 0;
	size_t i;

	for (i = 0; i < table_row_count; i++)
		if (table_has_key(&table_rows[i], row->key))
			ops |= table_rows[i].ops | table_rows[i].idle;
	return ops;
}

bool table_key_is_repeated(const struct option_row *row)
{
	const struct option_row *r;

	for (r = table_rows; r < row; r++)
		if (table_has_key(r, row->key))
			return true;
	return false;
}
