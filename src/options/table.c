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
#define TO_ACTION(a) .type = TYPE_ACTION, .action = (a)

#define ALL    TABLE_OPS_ALL
#define QUERY  (OP_GETCERT | OP_GETCRL)
#define ENROLS (OP_ENROLL | OP_CHECK)
#define RENEWS (OP_RENEW | OP_CHECK)
#define MAKES  (ENROLS | RENEWS)
#define SIGNED (MAKES | QUERY)
#define CA     (OP_GETCA | OP_GETNEXTCA)

#define KEY_PLACES \
	"The name of a file, the URI of a key in a token for a provider" \
	" (pkcs11:..., handle:...), or the name of a key in the engine of -g."

/* clang-format off */
const struct option_row table_rows[] = {
	/* All operations. */
	{ .letter = 'u', .name = "url", .ops = ALL, TO_STRING(url),
	  .arg = "url", .key = "URL", .what = "URL", .required = ALL,
	  .instead = " local ",
	  .common = true,
	  .help = "URL of the server, http[s]://host[:port][/path]",
	  .more = "An IPv6 address is written in brackets. The default path is"
		  " /cgi-bin/pkiclient.exe.",
	  .example = "http://scep.example.com/scep" },
	{ .letter = 'p', .name = "proxy", .ops = ALL, TO_STRING(proxy),
	  .arg = "host[:port]", .key = "Proxy",
	  .common = true,
	  .help = "Send requests through this HTTP proxy",
	  .more = "The default port is 80. user:password@ may precede it, with special characters"
		  " percent-encoded. https uses the CONNECT method.",
	  .example = "proxy.example.com:8080" },
	{ .letter = 'g', .name = "engine", .ops = ALL, TO_STRING(engine),
	  .arg = "engine", .key = "engine",
	  .help = "Use keys in this engine of libcrypto",
	  .more = "The id of the engine, or the section of the configuration"
		  " file that describes it. libcrypto 4.0 has no engines; use"
		  " --provider.",
	  .example = "sscep_engine" },
	{ .letter = 'f', .name = "config", .ops = ALL, TO_STRING(config),
	  .arg = "file", .check = CHECK_FILE,
	  .common = true,
	  .help = "Read this configuration file, too",
	  .more = "The command line overrides the file." },
	{ .letter = 'c', .name = "ca-cert", .ops = OP_GETCA,
	  .idle = OP_GETCAPS, TO_STRING(ca_cert), .set = true,
	  .check = CHECK_OUTPUT, .arg = "file", .key = "CACertFile",
	  .what = "CA certificate file", .required = OP_GETCA,
	  .common = true,
	  .help = "Write CA certificates: file, or file-0, file-1",
	  .more = "A certificate that is sent alone is written to file; those"
		  " of a PKCS#7 to file-0, file-1, and so on.",
	  .example = "./ca.crt" },
	{ .letter = 'c', .name = "ca-cert", .ops = OP_GETNEXTCA,
	  .idle = OP_GETCAPS, TO_STRING(ca_cert),
	  .over = " ca-chain ", .set = true,
	  .check = CHECK_OUTPUT, .arg = "file", .key = "CACertFile",
	  .what = "CA certificate file", .required = OP_GETNEXTCA,
	  .common = true,
	  .help = "Write the next CA certificates: file-0, file-1",
	  .example = "./ca.crt" },
	{ .letter = 'c', .name = "ca-cert", .ops = ENROLS | QUERY,
	  .idle = OP_GETCAPS, TO_STRING(ca_cert),
	  .set = true,
	  .check = CHECK_FILE, .arg = "file", .key = "CACertFile",
	  .what = "CA certificate file", .required = OP_ENROLL | QUERY,
	  .common = true,
	  .help = "CA and RA certificates: file, or file-0, file-1",
	  .more = "The file if it exists, else file-0, file-1, and so on.",
	  .example = "./ca.crt" },
	{ .letter = 'c', .name = "ca-cert", .ops = OP_RENEW, .idle = OP_GETCAPS,
	  TO_STRING(ca_cert),
	  .set = true,
	  .check = CHECK_FILE, .arg = "file", .key = "CACertFile",
	  .what = "CA certificate file", .required = OP_RENEW,
	  .common = true,
	  .help = "CA and RA certificates: file, or file-0, file-1",
	  .more = "If there are none, and --ca-fingerprint is given, they are"
		  " requested, and written to file, all in one.",
	  .example = "./ca.crt" },
	{ .letter = 'i', .name = "ca-identifier", .ops = ALL,
	  TO_STRING(ca_identifier), .check = CHECK_ANY,
	  .arg = "string", .key = "CAIdentifier",
	  .common = true,
	  .help = "Name of the CA, for servers with more than one",
	  .more = "Sent as the message parameter of GetCACaps, GetCACert and"
		  " GetNextCACert, which otherwise have none.",
	  .example = "mydomain.com" },
	{ .letter = 'E', .name = "enc-alg", .ops = ALL, TO_STRING(enc_alg),
	  .check = CHECK_CIPHER, .arg = "name", .key = "EncAlgorithm",
	  .guards = true,
	  .common = true,
	  .help = "Cipher for requests",
	  .more = "The default is the best one that the server announces, or"
		  " 3des. aes means aes128. Case is ignored, and other names"
		  " are AES-128, DES3 and those of openssl, such as"
		  " aes-256-cbc. Single DES is des or des-cbc.",
	  .example = "aes128" },
	{ .letter = 'S', .name = "sig-alg", .ops = ALL, TO_STRING(sig_alg),
	  .check = CHECK_DIGEST, .arg = "name", .key = "SigAlgorithm",
	  .guards = true,
	  .common = true,
	  .help = "Digest for signatures on requests",
	  .more = "The default is the best one that the server announces, or"
		  " sha1. Case is ignored, and other names are SHA-256 and those"
		  " of openssl, such as SHA2-256 and sha256WithRSAEncryption.",
	  .example = "sha256" },
	{ .letter = 'W', .name = "wait", .ops = ALL, TO_NUMBER(wait),
	  .arg = "secs", .key = "Wait",
	  .help = "Retry failed connections for this many seconds" },
	{ .letter = 'M', .name = "monitor", .ops = ALL, TO_LIST(monitor),
	  .check = CHECK_PAIR, .arg = "name=value",
	  .key = "MonitorInformation",
	  .help = "Add a parameter to the URL of each request; may be repeated",
	  .more = "Sent unchanged, except that blanks and control characters"
		  " are percent-encoded.",
	  .example = "device=4711" },
	{ .name = "timeout", .ops = ALL, TO_NUMBER(timeout),
	  .def = TIMEOUT_DEFAULT, .min = 1, .arg = "secs", .key = "Timeout",
	  .help = "Seconds an exchange may take",
	  .more = "From the look-up of the name of the server to the last byte"
		  " of the reply. A FIFO or a device that is named as a file"
		  " is waited for as long, but for standard input and output." },
	{ .name = "max-size", .ops = ALL, TO_NUMBER(max_size),
	  .min = 1, .arg = "bytes", .key = "MaxReplySize",
	  .help = "Maximum size of a reply, in bytes",
	  .more = "The default is 64 KiB for capabilities, 2 MiB for CA"
		  " certificates, enroll and getcert, and 64 MiB for getcrl,"
		  " which keeps a reply of more than 1 MiB in temporary files."
		  " In a directory, these take twice this size at most while"
		  " the reply is decoded, and once this size while the CRL is"
		  " written.",
	  .example = "2097152" },
	{ .name = "legacy", .ops = ALL, TO_FLAG(legacy), .key = "Legacy",
	  .help = "Use des and md5 if the server announces no cipher and digest",
	  .more = "Both are broken: only for servers that have nothing else." },
	{ .name = "capabilities", .ops = ALL, TO_STRING(capabilities),
	  .check = CHECK_CAPS, .arg = "list", .key = "Capabilities",
	  .guards = true,
	  .help = "Assume these capabilities, do not ask the server",
	  .more = "Keywords of GetCACaps, separated by commas. This saves a"
		  " request, and nobody between client and server can remove"
		  " any of them. getcaps asks the server in any case.",
	  .example = "AES,SHA-256,POSTPKIOperation" },
	{ .letter = 'v', .name = "verbose", .ops = ALL, TO_FLAG(verbose),
	  .key = "Verbose",
	  .common = true,
	  .help = "Print steps and effective options to stderr" },
	{ .letter = 'd', .name = "debug", .ops = ALL, TO_FLAG(debug),
	  .key = "Debug",
	  .common = true,
	  .help = "Print more details to stderr; includes -v" },
	{ .name = "quiet", .ops = ALL, TO_FLAG(quiet), .key = "Quiet",
	  .help = "Do not print status lines to stdout" },
	{ .name = "no-warn", .ops = ALL, .type = TYPE_NO_WARN,
	  .offset = AT(bool, no_warn[0]), .arg = "list", .key = "NoWarn",
	  .help = "Do not print these warnings to stderr",
	  .more = "The ids in brackets at the end of their lines, separated by"
		  " commas; see WARNINGS in sscep(1). Exit status and --json"
		  " are not changed.",
	  .example = "weak-algorithm,long-get" },
	{ .name = "json", .ops = ALL, TO_FLAG(json), .key = "JSON",
	  .common = true,
	  .help = "Print a JSON object instead of status lines",
	  .more = "It is one line, on stdout." },
	{ .name = "provider", .ops = ALL, TO_LIST(providers),
	  .arg = "name", .key = "Provider",
	  .help = "Load this provider of libcrypto; may be repeated",
	  .more = "A name such as pkcs11 or tpm2, for keys in tokens, or the"
		  " path of a module. The default provider is loaded first,"
		  " unless the configuration of libcrypto disables it.",
	  .example = "pkcs11" },
	{ .name = "provider-path", .ops = ALL, TO_LIST(provider_paths),
	  .check = CHECK_DIR, .arg = "dir", .key = "ProviderPath",
	  .help = "Search this directory for providers; may be repeated",
	  .example = "/usr/lib/ossl-modules" },
	{ .name = "tls-ca-file", .ops = ALL, TO_STRING(tls_ca_file),
	  .check = CHECK_FILE, .arg = "file", .key = "TLSCAFile",
	  .guards = true,
	  .help = "File with the CA certificates to verify TLS servers",
	  .more = "They replace those of the system. The certificates of -c"
		  " are not used for TLS.",
	  .example = "./tls-ca.pem" },
	{ .name = "tls-ca-dir", .ops = ALL, TO_STRING(tls_ca_dir),
	  .check = CHECK_DIR, .arg = "dir", .key = "TLSCADir",
	  .guards = true,
	  .help = "Directory with the CA certificates to verify TLS servers",
	  .more = "It must have been prepared by openssl rehash.",
	  .example = "/etc/ssl/certs" },
	{ .name = "tls-cert", .ops = ALL, TO_STRING(tls_cert),
	  .check = CHECK_FILE, .arg = "file", .key = "TLSCertFile",
	  .help = "Client certificate for TLS",
	  .more = "Intermediate CA certificates may follow it in the file.",
	  .example = "./tls.crt" },
	{ .name = "tls-key", .ops = ALL, TO_STRING(tls_key),
	  .check = CHECK_KEY, .arg = "file", .key = "TLSKeyFile",
	  .help = "Private key of the client certificate for TLS",
	  .more = "The default is the file of --tls-cert.",
	  .example = "./tls.key" },
	{ .name = "tls-passin", .ops = ALL, TO_STRING(tls_passin),
	  .check = CHECK_PASS, .arg = "source", .key = "TLSKeyPassword",
	  .help = "Source of the pass phrase of --tls-key, as for --passin",
	  .example = "file:./tls.pass" },
	{ .name = "tls-insecure", .ops = ALL, TO_FLAG(tls_insecure),
	  .key = "TLSInsecure",
	  .help = "Do not verify the TLS server",
	  .more = "Anybody between client and server can then read and change"
		  " everything. Each use is warned of." },
	{ .name = "dump-config", .ops = ALL, TO_FLAG(dump_config),
	  .help = "Print the effective configuration and exit",
	  .more = "What the command line and the file of -f set, as a file for"
		  " -f that sets the same; for secrets there are comments."
		  " Nothing is sent, no other file is read or written, and"
		  " required options may be missing. See sscep.conf(5)." },
	{ .letter = 'H', .ops = ALL, .type = TYPE_IGNORED,
	  .help = "Ignored; accepted for compatibility with sscep 0.10" },
	{ .letter = 'h', .name = "help", .ops = ALL, TO_ACTION(OPTIONS_HELP),
	  .common = true,
	  .help = "Print a short help",
	  .more = "After an operation, it is about this operation." },
	{ .name = "help-all", .ops = ALL, TO_ACTION(OPTIONS_HELP_ALL),
	  .common = true,
	  .help = "Print all operations and options" },
	{ .name = "version", .ops = ALL, TO_ACTION(OPTIONS_VERSION),
	  .help = "Print the version and the built-in features" },

	/* getca, getnextca */
	{ .letter = 'F', .name = "fingerprint", .ops = CA, TO_STRING(fp_alg),
	  .check = CHECK_DIGEST, .arg = "name", .key = "FingerPrint",
	  .common = true,
	  .help = "Digest for the fingerprints that are printed",
	  .more = "The default is the digest of the first --ca-fingerprint, or"
		  " else the best one that the server announces, or md5. Names"
		  " are as for -S.",
	  .example = "sha256" },
	{ .name = "ca-fingerprint", .ops = OP_GETCA | SIGNED,
	  TO_LIST(ca_fingerprints), .check = CHECK_FINGERPRINT,
	  .arg = "hex", .key = "CAFingerprint",
	  .guards = true,
	  .common = true,
	  .help = "Trust only the CA with this fingerprint",
	  .more = "Certificates issued below it are trusted, too. May be"
		  " repeated. Hexadecimal, with or without colons and blanks,"
		  " and with or without the name of the digest before it."
		  " Without a name, the length determines which digest of -F it"
		  " is.",
	  .example = "1D:3C:4C:DF:99:73:B8:FB:B4:EE:C4:56:A9:7C:37:A3" },
	{ .letter = 'C', .name = "ca-chain", .ops = OP_GETNEXTCA,
	  TO_STRING(ca_chain), .set = true, .check = CHECK_FILE, .arg = "file",
	  .key = "ChainRootCACertFile", .what = "current CA certificates",
	  .required = OP_GETNEXTCA,
	  .common = true,
	  .help = "Current CA certificates, to verify the signer",
	  .example = "./current-ca.crt" },
	{ .letter = 'w', .name = "signer-cert", .ops = OP_GETNEXTCA,
	  TO_STRING(output), .check = CHECK_OUTPUT, .arg = "file",
	  .key = "SignerCertificateFile",
	  .common = true,
	  .help = "Write the certificate of the signer to this file",
	  .example = "./signer.crt" },

	/* enroll */
	{ .letter = 'k', .name = "key", .ops = ENROLS, TO_STRING(key),
	  .check = CHECK_KEY, .arg = "file", .key = "PrivateKeyFile",
	  .what = "private key", .required = OP_ENROLL, .unless = "rKO",
	  .common = true,
	  .help = "Private key of the request",
	  .more = KEY_PLACES " A request that is made always needs it.",
	  .example = "./local.key" },
	{ .letter = 'r', .name = "request", .ops = ENROLS,
	  TO_STRING(request), .check = CHECK_FILE, .arg = "file",
	  .key = "CertReqFile",
	  .what = "certificate request", .required = OP_ENROLL,
	  .instead = " subject sign-cert ",
	  .hint = ", or --subject to make one",
	  .common = true,
	  .help = "Certificate request (PKCS#10), PEM or DER",
	  .more = "With --subject or --new-key the request is made, and written"
		  " to this file, if it is given, for its owner only. One that"
		  " is there is never overwritten: it is sent if it asks for"
		  " the same, or with -R. On the command line -r overrides"
		  " Subject, NewKey and their like in the configuration file.",
	  .example = "./local.csr" },
	{ .name = "subject", .ops = MAKES, TO_STRING(subject),
	  .check = CHECK_SUBJECT, .arg = "dn", .key = "Subject",
	  .common = true,
	  .help = "Make the request for this subject, /C=FI/CN=name",
	  .more = "As openssl(1) takes it: a slash before each attribute, or +"
		  " to join it with the one before; a backslash takes the next"
		  " character as it is. The characters are UTF-8. / is the empty"
		  " subject, for which a name of --san is required. An attribute"
		  " has a name of openssl, or E, S, G, I or T, or is an OID."
		  " One that is not that of -O: nothing is as in -O then.",
	  .example = "/C=FI/O=Example/CN=router1" },
	{ .name = "new-key", .ops = OP_ENROLL, TO_STRING(new_key),
	  .check = CHECK_NEW_KEY, .arg = "type", .key = "NewKey",
	  .common = true,
	  .help = "Make the key of -k if there is none",
	  .more = "It is written before anything is sent, for its owner only,"
		  " and never over a file. A key that is there is used, and"
		  " must be of this type, so that the same command can be"
		  " repeated. With --passin, --key-passout is required to make"
		  " one.",
	  .example = "ec:P-256" },
	{ .name = "key-passout", .ops = MAKES, TO_STRING(key_passout),
	  .check = CHECK_PASS, .arg = "source", .key = "NewKeyPassword",
	  .help = "Encrypt the new key; source of the pass phrase, as for"
		  " --passin",
	  .more = "In PKCS#8 with AES-256 and PBKDF2. It also opens a key that"
		  " is there, unless --passin is given, which must be the same"
		  " when a key is made.",
	  .example = "file:./local.pass" },
	{ .name = "challenge", .ops = MAKES, TO_STRING(challenge),
	  .check = CHECK_PASS, .arg = "source", .key = "Challenge",
	  .help = "Source of the challenge password of the request, as for"
		  " --passin",
	  .more = "A PrintableString if its characters allow that, else a"
		  " UTF8String; at most 255 characters.",
	  .example = "file:./challenge" },
	{ .name = "san", .ops = MAKES, TO_LIST(altnames),
	  .check = CHECK_ALTNAMES, .arg = "list", .key = "SubjectAltName",
	  .help = "Names for the subjectAltName of the request; may be repeated",
	  .more = "DNS:host, IP:address, email:user@host, URI:uri and"
		  " UPN:user@domain, separated by commas; a comma in a name has"
		  " a backslash before it. Names that are there twice are"
		  " dropped. For characters beyond ASCII a host has its A-label"
		  " (xn--...), and a URI %XX.",
	  .example = "DNS:router1.example.com,IP:192.0.2.1" },
	{ .name = "eku", .ops = MAKES, TO_LIST(purposes),
	  .check = CHECK_PURPOSES, .arg = "list", .key = "ExtendedKeyUsage",
	  .help = "Request these purposes, and key usages by the type of the"
		  " key; may be repeated",
	  .more = "Names such as serverAuth, clientAuth and ipsecIKE, or OIDs,"
		  " separated by commas or blanks. Those that are there twice"
		  " are dropped.",
	  .example = "serverAuth,clientAuth" },
	{ .name = "ku", .ops = MAKES, TO_FLAG(key_usage),
	  .key = "KeyUsage",
	  .help = "Request key usages by the type of the key",
	  .more = "digitalSignature and, with RSA, keyEncipherment, or with EC"
		  " keyAgreement." },
	{ .name = "template", .ops = MAKES, TO_STRING(cert_template),
	  .check = CHECK_TEMPLATE, .arg = "name", .key = "CertTemplateName",
	  .help = "Request this template of the CA (certTemplateName)",
	  .more = "The extension 1.3.6.1.4.1.311.20.2, which CAs of Microsoft"
		  " and OpenXPKI read, a UTF8String; at most 255 characters.",
	  .example = "pc-client" },
	{ .letter = 'l', .name = "cert", .ops = ENROLS,
	  TO_STRING(local_cert), .check = CHECK_OUTPUT, .arg = "file",
	  .key = "LocalCertFile",
	  .what = "file for the certificate", .required = OP_ENROLL,
	  .unless = "m", .over = " sign-cert tls-cert ",
	  .common = true,
	  .help = "Write the issued certificate to this file",
	  .example = "./local.crt" },
	{ .letter = 'K', .name = "sign-key", .ops = ENROLS,
	  TO_STRING(sign_key), .check = CHECK_KEY, .arg = "file",
	  .key = "SignKeyFile", .alias = "SignCertKey", .needs = 'O',
	  .common = true,
	  .help = "Private key of the certificate of -O",
	  .more = KEY_PLACES,
	  .example = "./old.key" },
	{ .letter = 'O', .name = "sign-cert", .ops = ENROLS,
	  TO_STRING(sign_cert), .check = CHECK_FILE, .arg = "file",
	  .key = "SignCertFile", .needs = 'K',
	  .common = true,
	  .help = "Certificate to renew, which signs the request",
	  .more = "Without -O and -K a self-signed certificate is made to sign"
		  " the request.",
	  .example = "./old.crt" },
	{ .letter = 'L', .name = "selfsigned", .ops = ENROLS,
	  TO_STRING(selfsigned), .check = CHECK_OUTPUT, .arg = "file",
	  .key = "SelfSignedFile",
	  .help = "Write the self-signed certificate to this file",
	  .more = "It is there before the request is sent, and stays whatever"
		  " the answer is.",
	  .example = "./selfsigned.crt" },
	{ .letter = 't', .name = "poll-interval", .ops = ENROLS,
	  TO_NUMBER(poll_interval), .def = POLL_INTERVAL_DEFAULT,
	  .arg = "secs", .key = "PollInterval",
	  .common = true,
	  .help = "Seconds between polls" },
	{ .letter = 'T', .name = "poll-time", .ops = ENROLS,
	  TO_NUMBER(poll_time), .def = POLL_TIME_DEFAULT,
	  .arg = "secs", .key = "MaxPollTime",
	  .common = true,
	  .help = "Seconds until polling stops" },
	{ .letter = 'n', .name = "poll-count", .ops = ENROLS,
	  TO_NUMBER(poll_count), .def = POLL_COUNT_DEFAULT,
	  .arg = "count", .key = "MaxPollCount",
	  .common = true,
	  .help = "Maximum number of polls; 0: none" },
	{ .letter = 'R', .name = "resume", .ops = ENROLS, TO_FLAG(resume),
	  .key = "Resume",
	  .common = true,
	  .help = "Resume a pending enrolment: poll first",
	  .more = "Requires the same -k and -r as before." },
	{ .name = "renewal", .ops = MAKES, .type = TYPE_RENEWAL,
	  .offset = AT(enum renewal, renewal), .arg = "type",
	  .key = "RenewalMessage",
	  .help = "messageType of a renewal: 17 (RenewalReq), 19 (PKCSReq)",
	  .more = "auto is RenewalReq if the server announces Renewal, and"
		  " PKCSReq otherwise, or if it answers RenewalReq with HTTP"
		  " status 400, 404, 405, 500 or 501.",
	  .example = "auto" },
	{ .name = "chain", .ops = MAKES | OP_GETCERT, TO_STRING(chain),
	  .check = CHECK_OUTPUT, .arg = "file", .key = "ChainFile",
	  .common = true,
	  .help = "Write the CA certificates of the reply here",
	  .example = "./chain.crt" },
	{ .name = "sign-passin", .ops = ENROLS, TO_STRING(sign_passin),
	  .serves = 'K', .check = CHECK_PASS, .arg = "source", .key = "SignKeyPassword",
	  .help = "Source of the pass phrase of -K, as for --passin",
	  .example = "file:./old.pass" },

	/* renew */
	{ .letter = 'k', .name = "key", .ops = OP_RENEW, TO_STRING(key),
	  .check = CHECK_KEY, .arg = "file", .key = "PrivateKeyFile",
	  .what = "private key", .required = OP_RENEW,
	  .common = true,
	  .help = "Private key of the certificate of -l",
	  .more = KEY_PLACES " A key in a token or the engine is kept, as is a file "
		  "that only these can read.",
	  .example = "./local.key" },
	{ .letter = 'l', .name = "cert", .ops = OP_RENEW,
	  TO_STRING(local_cert), .check = CHECK_OUTPUT, .arg = "file",
	  .key = "LocalCertFile",
	  .what = "file for the certificate", .required = OP_RENEW,
	  .over = " tls-cert ",
	  .common = true,
	  .help = "Certificate that is to stay valid",
	  .example = "./local.crt" },
	{ .letter = 'r', .name = "request", .ops = OP_RENEW,
	  TO_STRING(request), .check = CHECK_FILE, .arg = "file",
	  .key = "CertReqFile",
	  .help = "Certificate request to begin with, if there is no --subject",
	  .more = "It is sent while there is no certificate, and is never"
		  " written.",
	  .example = "./local.csr" },
	{ .name = "new-key", .ops = RENEWS, TO_STRING(new_key),
	  .check = CHECK_RENEWED_KEY, .arg = "type", .key = "NewKey",
	  .common = true,
	  .help = "Type of the new keys; same: keep the key",
	  .more = "The default is the type of the key that is there, and same"
		  " for one in a token or the engine.",
	  .example = "ec:P-256" },
	{ .name = "renew-before", .ops = RENEWS, TO_STRING(renew_before),
	  .check = CHECK_DUE, .arg = "time", .key = "RenewBefore",
	  .common = true,
	  .help = "Renew when less than this is left: 30d, 12h, 33%",
	  .more = "Days, hours, minutes (45m) or a percentage of the lifetime."
		  " The default is 33%.",
	  .example = "33%" },
	{ .name = "force", .ops = RENEWS, TO_FLAG(renew.force),
	  .common = true,
	  .help = "Renew even if it is not due" },
	{ .name = "dry-run", .ops = RENEWS, TO_FLAG(renew.dry_run),
	  .common = true,
	  .help = "Say what would be done; send and write nothing" },
	{ .name = "forget", .ops = RENEWS, TO_FLAG(renew.forget),
	  .help = "Forget a pending request and its new key, and begin again" },
	{ .name = "renew-with", .ops = RENEWS, TO_STRING(renew.with),
	  .check = CHECK_RENEW_WITH, .arg = "what", .key = "RenewWith",
	  .common = true,
	  .help = "Renew with certificate, challenge, or both",
	  .more = "certificate, the default: the old certificate and its key"
		  " sign the request. challenge: the request has the challenge"
		  " password, as the first one had, and a self-signed"
		  " certificate signs it. both: the request has the challenge"
		  " password, and the old certificate signs it. An expired"
		  " certificate is renewed with the challenge if there is one.",
	  .example = "certificate" },
	{ .name = "bundle", .ops = RENEWS, TO_STRING(renew.bundle),
	  .check = CHECK_OUTPUT, .arg = "file", .key = "BundleFile",
	  .help = "Write key, certificate and CA certificates to this file",
	  .more = "It is replaced at once: who reads it never gets a key and a"
		  " certificate that do not belong together.",
	  .example = "./bundle.pem" },
	{ .name = "fullchain", .ops = RENEWS, TO_STRING(renew.fullchain),
	  .check = CHECK_OUTPUT, .arg = "file", .key = "FullChainFile",
	  .help = "Write the certificate and the CA certificates to this file",
	  .example = "./fullchain.pem" },
	{ .name = "key-mode", .ops = RENEWS, TO_STRING(renew.key_mode),
	  .check = CHECK_MODE, .arg = "octal", .key = "KeyMode",
	  .help = "Mode of the first key and bundle; the default is 600",
	  .more = "Files that replace others have their owner, group, mode and"
		  " access control list.",
	  .example = "640" },
	{ .name = "cert-mode", .ops = RENEWS, TO_STRING(renew.cert_mode),
	  .check = CHECK_MODE, .arg = "octal", .key = "CertMode",
	  .help = "Mode of the first certificate and chain files",
	  .more = "The default is 644 less the umask.",
	  .example = "644" },
	{ .name = "owner", .ops = RENEWS, TO_STRING(renew.owner),
	  .arg = "user[:group]", .key = "Owner",
	  .help = "Owner and group of the first files",
	  .example = "www-data:www-data" },
	{ .name = "wait-lock", .ops = RENEWS, TO_NUMBER(renew.wait_lock),
	  .arg = "secs", .key = "WaitLock",
	  .help = "Seconds to wait for another run that is at work" },
	{ .name = "jitter", .ops = RENEWS, TO_NUMBER(renew.jitter),
	  .arg = "secs", .key = "Jitter",
	  .help = "Wait a random time of up to this many seconds first",
	  .more = "Not when standard error is a terminal.",
	  .example = "3600" },
	{ .name = "hook", .ops = RENEWS, TO_STRING(renew.hook),
	  .arg = "command", .key = "Hook",
	  .common = true,
	  .help = "Run this command when the new files are in place",
	  .more = "By the shell; see RENEW. In the configuration file single"
		  " quotes keep a # or $ in it.",
	  .example = "'systemctl reload nginx'" },
	{ .name = "hook-timeout", .ops = RENEWS,
	  TO_NUMBER(renew.hook_timeout), .def = HOOK_TIMEOUT_DEFAULT, .min = 1,
	  .arg = "secs", .key = "HookTimeout",
	  .help = "Seconds the hook may take" },
	{ .name = "hook-optional", .ops = RENEWS,
	  TO_FLAG(renew.hook_optional), .key = "HookOptional",
	  .help = "Only warn of a hook that fails" },
	{ .name = "transaction-id", .ops = OP_RENEW,
	  TO_STRING(transaction_id), .check = CHECK_PRINTABLE,
	  .arg = "string", .key = "TransactionID",
	  .help = "transactionID of the first enrolment",
	  .more = "And of what --renew-with challenge sends. A request that the"
		  " old certificate signs has one made from its key: each"
		  " renewal is another transaction.",
	  .example = "4711" },
	{ .letter = 't', .name = "poll-interval", .ops = OP_RENEW,
	  .alone = true, TO_NUMBER(poll_interval),
	  .def = POLL_INTERVAL_RENEW, .arg = "secs", .key = "PollInterval",
	  .help = "Seconds between polls" },
	{ .letter = 'T', .name = "poll-time", .ops = OP_RENEW, .alone = true,
	  TO_NUMBER(poll_time), .def = POLL_TIME_RENEW,
	  .arg = "secs", .key = "MaxPollTime",
	  .help = "Seconds until polling stops, for the next run to go on" },
	{ .letter = 'n', .name = "poll-count", .ops = OP_RENEW, .alone = true,
	  TO_NUMBER(poll_count), .def = POLL_COUNT_DEFAULT,
	  .arg = "count", .key = "MaxPollCount",
	  .help = "Maximum number of polls; 0: none" },

	/* check */
	{ .name = "local", .ops = OP_CHECK, TO_FLAG(check_local),
	  .common = true,
	  .help = "Do not connect to the server",
	  .more = "No URL is required then." },
	{ .name = "next", .ops = OP_CHECK, TO_FLAG(check_next),
	  .common = true,
	  .help = "Request the next CA certificates, too",
	  .more = "By GetNextCACert, as getnextca does." },

	/* getcert, getcrl */
	{ .name = "challenge", .ops = QUERY, TO_STRING(challenge),
	  .check = CHECK_PASS, .arg = "source", .key = "Challenge",
	  .fallback = OP_ENROLL,
	  .help = "Source of the challenge password for the envelopes, as for"
		  " --passin",
	  .more = "For a key that only signs (Ed25519, ML-DSA) or the"
		  " certificate of such a CA: reply or request are encrypted"
		  " with it. It is not read for other keys.",
	  .example = "file:./challenge" },
	{ .letter = 'k', .name = "key", .ops = QUERY, TO_STRING(key),
	  .check = CHECK_KEY, .arg = "file", .key = "PrivateKeyFile",
	  .what = "private key", .required = QUERY,
	  .common = true,
	  .help = "Private key of the certificate of -l",
	  .more = KEY_PLACES,
	  .example = "./local.key" },
	{ .letter = 'l', .name = "cert", .ops = QUERY, TO_STRING(local_cert),
	  .check = CHECK_FILE, .arg = "file", .key = "LocalCertFile",
	  .what = "own certificate", .required = QUERY,
	  .common = true,
	  .help = "Own certificate, which signs the request",
	  .example = "./local.crt" },
	{ .letter = 'O', .name = "issuer-cert", .ops = OP_GETCERT,
	  TO_STRING(sign_cert), .check = CHECK_FILE, .arg = "file",
	  .key = "SignCertFile", .fallback = OP_ENROLL,
	  .common = true,
	  .help = "Issuer of the requested certificate",
	  .more = "The default is the issuer of the certificate of -l.",
	  .example = "./issuer.crt" },
	{ .letter = 'O', .name = "target-cert", .ops = OP_GETCRL,
	  TO_STRING(sign_cert), .check = CHECK_FILE, .arg = "file",
	  .key = "SignCertFile", .fallback = OP_ENROLL,
	  .common = true,
	  .help = "Certificate whose CRL is requested",
	  .more = "The default is the certificate of -l.",
	  .example = "./target.crt" },
	{ .letter = 's', .name = "serial", .ops = OP_GETCERT,
	  TO_STRING(serial), .arg = "number", .key = "GetCertSerial",
	  .what = "serial number", .required = OP_GETCERT,
	  .common = true,
	  .help = "Serial number of the requested certificate",
	  .more = "Decimal, or hexadecimal if it starts with 0x, has colons"
		  " (AA:BB:CC) or has one of the digits a to f.",
	  .example = "12" },
	{ .letter = 's', .name = "serial", .ops = OP_GETCRL,
	  TO_STRING(serial), .arg = "number", .key = "GetCertSerial",
	  .fallback = OP_GETCERT,
	  .common = true,
	  .help = "Serial number, instead of that of -l or -O",
	  .example = "12" },
	{ .letter = 'w', .name = "output", .ops = OP_GETCERT,
	  TO_STRING(output), .check = CHECK_OUTPUT, .arg = "file",
	  .key = "GetCertFile",
	  .what = "file for the certificate", .required = OP_GETCERT,
	  .unless = "m", .over = " cert tls-cert ",
	  .common = true,
	  .help = "Write the certificate to this file",
	  .example = "./cert.crt" },
	{ .letter = 'w', .name = "output", .ops = OP_GETCRL,
	  TO_STRING(output), .check = CHECK_OUTPUT, .arg = "file",
	  .key = "GetCrlFile",
	  .what = "file for the CRL", .required = OP_GETCRL, .unless = "m",
	  .common = true,
	  .help = "Write the CRL to this file",
	  .example = "./crl.crl" },

	{ .name = "if-due", .ops = OP_GETCRL, TO_FLAG(if_due), .key = "IfDue",
	  .common = true,
	  .help = "Do nothing while the CRL of -w is not due",
	  .more = "It is due by --renew-before, and if there is none, if it is"
		  " cut short, has no nextUpdate or is of another issuer. A"
		  " file that holds no CRL is not replaced." },
	{ .name = "renew-before", .ops = OP_GETCRL, TO_STRING(renew_before),
	  .check = CHECK_DUE, .arg = "time", .key = "RenewBefore",
	  .common = true,
	  .help = "Time left when the CRL is due (--if-due)",
	  .more = "A number of days (30d), hours (12h) or minutes (45m), or of"
		  " percent (33%) of its whole life, from thisUpdate to"
		  " nextUpdate. The default is 50%.",
	  .example = "12h" },

	/* enroll, getcert, getcrl */
	{ .letter = 'e', .name = "enc-cert", .ops = SIGNED,
	  TO_STRING(enc_cert), .check = CHECK_FILE, .arg = "file",
	  .key = "EncCertFile",
	  .help = "Encrypt to this certificate, not to one of -c",
	  .example = "./enc.crt" },
	{ .letter = 'm', .name = "dump-request", .ops = ENROLS | QUERY,
	  TO_STRING(dump_request), .check = CHECK_OUTPUT, .arg = "file",
	  .key = "DumpRequestFile",
	  .help = "Write the pkiMessage to this file in PEM; do not send it",
	  .example = "./message.pem" },
	{ .name = "tolerate", .ops = CA | SIGNED,
	  .type = TYPE_TOLERATE, .offset = AT(unsigned int, tolerate),
	  .arg = "list", .key = "Tolerate",
	  .help = "Skip individual checks, for servers that fail them",
	  .more = "nonce: the recipientNonce of the reply is missing or wrong."
		  " transaction-id: the transactionID of the reply is wrong."
		  " issuer: the certificate does not verify against -c, or the"
		  " issuer of the CRL is not in -c."
		  " clock: certificates are expired or not yet valid, for"
		  " devices without a clock."
		  " ra: certificates issued below that of --ca-fingerprint are"
		  " accepted as RA certificates without being marked as such."
		  " signer: an RA signed the reply to GetNextCACert."
		  " Each use is warned of.",
	  .example = "nonce" },
	{ .name = "transaction-id", .ops = ENROLS | QUERY,
	  TO_STRING(transaction_id), .check = CHECK_PRINTABLE,
	  .arg = "string", .key = "TransactionID",
	  .help = "transactionID to use instead of the one made from the key",
	  .more = "Servers with cryptlib want the id of the user here, to"
		  " which the challenge password belongs.",
	  .example = "4711" },
	{ .name = "passin", .ops = SIGNED, TO_STRING(passin),
	  .check = CHECK_PASS, .arg = "source", .key = "KeyPassword",
	  .common = true,
	  .help = "Source of the pass phrase or PIN of -k",
	  .more = "As in openssl(1): pass:TEXT, which other users can see,"
		  " env:NAME, or the first line of file:NAME, fd:NUMBER or"
		  " stdin. Without this option, the user is prompted on the"
		  " terminal if a pass phrase is needed.",
	  .example = "file:./local.pass" },
	{ .name = "rsa-oaep", .ops = SIGNED, TO_FLAG(rsa_oaep),
	  .key = "RSAOAEP",
	  .help = "Encrypt requests with RSA-OAEP",
	  .more = "It uses the digest of -S. The default is PKCS#1 v1.5, which"
		  " all servers support." },
	{ .name = "rsa-pss", .ops = SIGNED, TO_FLAG(rsa_pss),
	  .key = "RSAPSS",
	  .help = "Sign requests with RSA-PSS",
	  .more = "The default is PKCS#1 v1.5, which all servers support." },
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

	if (letter == '?')
		letter = 'h';
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

bool table_names(const char *list, const struct option_row *row)
{
	char word[32];

	if (list == NULL || row->name == NULL)
		return false;
	snprintf(word, sizeof(word), " %s ", row->name);
	return strstr(list, word) != NULL;
}

bool table_has_key(const struct option_row *row, const char *text)
{
	return (row->key != NULL && ascii_is_same_word(row->key, text)) ||
	    (row->alias != NULL && ascii_is_same_word(row->alias, text));
}

unsigned int table_named_ops(const struct option_row *row)
{
	unsigned int ops = row->ops;
	size_t i;

	if (ops == TABLE_OPS_ALL)
		return ops;
	for (i = 0; i < OPS_COUNT; i++)
		if (ops_all[i]->borrows & row->ops)
			ops &= ~(unsigned int)ops_all[i]->op;
	return ops;
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
