# Completion of sscep for fish.

function __sscep_needs_operation
    test (count (commandline -opc)) -eq 1
end

# Whether the operation is one of the arguments, or any if there are none.
function __sscep_is
    set -l words (commandline -opc)
    test (count $words) -gt 1
    or return
    if test (count $argv) -gt 0
        contains -- $words[2] $argv
    else
        not string match -q -- '-*' $words[2]
        and not contains -- $words[2] help version
    end
end

# Whether an option that needs no operation can follow.
function __sscep_asks
    __sscep_needs_operation
    or __sscep_is
end

# Whether the name of an operation can follow.
function __sscep_names
    set -l words (commandline -opc)
    test (count $words) -eq 1
    or test (count $words) -eq 2 -a "$words[2]" = help
end

# What precedes the item in the list that is typed, and each item.
function __sscep_list
    set -l typed (string replace -r -- '^--?[^=]*=' '' (commandline -ct))
    string replace -r -- '^' (string replace -r -- '[^,]*$' '' $typed) $argv
end

# The words; a file after file:, a variable after env:.
function __sscep_source
    set -l typed (string replace -r -- '^--[^=]*=' '' (commandline -ct))
    switch "$typed"
        case 'file:*'
            set -l name (string replace -- file: '' $typed)
            string replace -r -- '^' file: (__fish_complete_path $name)
        case 'env:*'
            string replace -r -- '^' env: (set -nx)
        case '*'
            string join \n -- $argv
    end
end

complete -c sscep -f
complete -c sscep -n __sscep_needs_operation -a help -d 'Print a short help'
complete -c sscep -n __sscep_needs_operation -a version \
    -d 'Print the version and the built-in features'

# BEGIN generated part: fish
complete -c sscep -n __sscep_names -a getca -d 'Get CA/RA certificate(s)'
complete -c sscep -n __sscep_names -a getnextca -d 'Get next CA/RA certificate(s)'
complete -c sscep -n __sscep_names -a enroll -d 'Enroll certificate'
complete -c sscep -n __sscep_names -a renew -d 'Keep a certificate valid'
complete -c sscep -n __sscep_names -a check -d 'Find out why an enrolment fails'
complete -c sscep -n __sscep_names -a getcert -d 'Query certificate'
complete -c sscep -n __sscep_names -a getcrl -d 'Query CRL'
complete -c sscep -n __sscep_names -a getcaps -d 'Query SCEP capabilities'
complete -c sscep -n '__sscep_is' -s u -l url -x -d 'URL of the server, http[s]://host[:port][/path]'
complete -c sscep -n '__sscep_is' -s p -l proxy -x -d 'Send requests through this HTTP proxy'
complete -c sscep -n '__sscep_is' -s g -l engine -x -d 'Use keys in this engine of libcrypto'
complete -c sscep -n '__sscep_is' -s f -l config -r -F -d 'Read this configuration file, too'
complete -c sscep -n '__sscep_is getca' -s c -l ca-cert -r -F -d 'Write CA certificates: file, or file-0, file-1'
complete -c sscep -n '__sscep_is getnextca' -s c -l ca-cert -r -F -d 'Write the next CA certificates: file-0, file-1'
complete -c sscep -n '__sscep_is enroll check getcert getcrl' -s c -l ca-cert -r -F -d 'CA and RA certificates: file, or file-0, file-1'
complete -c sscep -n '__sscep_is renew' -s c -l ca-cert -r -F -d 'CA and RA certificates: file, or file-0, file-1'
complete -c sscep -n '__sscep_is' -s i -l ca-identifier -x -d 'Name of the CA, for servers with more than one'
complete -c sscep -n '__sscep_is' -s E -l enc-alg -x -a 'des 3des blowfish aes aes128 aes192 aes256' -d 'Cipher for requests'
complete -c sscep -n '__sscep_is' -s S -l sig-alg -x -a 'md5 sha1 sha224 sha256 sha384 sha512' -d 'Digest for signatures on requests'
complete -c sscep -n '__sscep_is' -s W -l wait -x -d 'Retry failed connections for this many seconds'
complete -c sscep -n '__sscep_is' -s M -l monitor -x -d 'Add a parameter to the URL of each request; may be repeated'
complete -c sscep -n '__sscep_is' -l timeout -x -d 'Seconds an exchange may take'
complete -c sscep -n '__sscep_is' -l max-size -x -d 'Maximum size of a reply, in bytes'
complete -c sscep -n '__sscep_is' -l legacy -d 'Use des and md5 if the server announces no cipher and digest'
complete -c sscep -n '__sscep_is' -l capabilities -x -a '(__sscep_list AES DES3 GetNextCACert POSTPKIOperation Renewal SHA-1 SHA-224 SHA-256 SHA-384 SHA-512 SCEPStandard)' -d 'Assume these capabilities, do not ask the server'
complete -c sscep -n '__sscep_is' -s v -l verbose -d 'Print steps and effective options to stderr'
complete -c sscep -n '__sscep_is' -s d -l debug -d 'Print more details to stderr; includes -v'
complete -c sscep -n '__sscep_is' -l quiet -d 'Do not print status lines to stdout'
complete -c sscep -n '__sscep_is' -l no-warn -x -a '(__sscep_list abbreviated-operation access-changed ca-file-shadows-set ca-not-renewed ca-not-valid-now chain clock config-syntax crl-expired crl-not-yet-valid crl-older extra-argument given-twice hook-failed issued-not-valid-now key-access key-not-encrypted key-not-used long-get no-ca-certificate no-chain no-content-type no-effect no-fail-info no-password not-written obsolete-cipher others-file owner-changed poll-failed recipient-unsure renewal-repeated renewal-subject san-changed set-aside signer-expired signer-not-yet-valid subject-changed unknown-fail-info unknown-key unknown-section unknown-warning weak-algorithm weak-key weak-signature)' -d 'Do not print these warnings to stderr'
complete -c sscep -n '__sscep_is' -l json -d 'Print a JSON object instead of status lines'
complete -c sscep -n '__sscep_is' -l provider -x -d 'Load this provider of libcrypto; may be repeated'
complete -c sscep -n '__sscep_is' -l provider-path -x -a '(__fish_complete_directories)' -d 'Search this directory for providers; may be repeated'
complete -c sscep -n '__sscep_is' -l tls-ca-file -r -F -d 'File with the CA certificates to verify TLS servers'
complete -c sscep -n '__sscep_is' -l tls-ca-dir -x -a '(__fish_complete_directories)' -d 'Directory with the CA certificates to verify TLS servers'
complete -c sscep -n '__sscep_is' -l tls-cert -r -F -d 'Client certificate for TLS'
complete -c sscep -n '__sscep_is' -l tls-key -r -F -d 'Private key of the client certificate for TLS'
complete -c sscep -n '__sscep_is' -l tls-passin -x -a '(__sscep_source env: file: fd: stdin)' -d 'Source of the pass phrase of --tls-key, as for --passin'
complete -c sscep -n '__sscep_is' -l tls-insecure -d 'Do not verify the TLS server'
complete -c sscep -n '__sscep_is' -l dump-config -d 'Print the effective configuration and exit'
complete -c sscep -n '__sscep_is' -s H -d 'Ignored; accepted for compatibility with sscep 0.10'
complete -c sscep -n '__sscep_asks' -s h -l help -d 'Print a short help'
complete -c sscep -n '__sscep_asks' -l help-all -d 'Print all operations and options'
complete -c sscep -n '__sscep_asks' -l version -d 'Print the version and the built-in features'
complete -c sscep -n '__sscep_is getca getnextca' -s F -l fingerprint -x -a 'md5 sha1 sha224 sha256 sha384 sha512' -d 'Digest for the fingerprints that are printed'
complete -c sscep -n '__sscep_is getca enroll renew check getcert getcrl' -l ca-fingerprint -x -a 'md5: sha1: sha224: sha256: sha384: sha512:' -d 'Trust only the CA with this fingerprint'
complete -c sscep -n '__sscep_is getnextca' -s C -l ca-chain -r -F -d 'Current CA certificates, to verify the signer'
complete -c sscep -n '__sscep_is getnextca' -s w -l signer-cert -r -F -d 'Write the certificate of the signer to this file'
complete -c sscep -n '__sscep_is enroll check' -s k -l key -r -F -d 'Private key of the request'
complete -c sscep -n '__sscep_is enroll check' -s r -l request -r -F -d 'Certificate request (PKCS#10), PEM or DER'
complete -c sscep -n '__sscep_is enroll renew check' -l subject -x -d 'Make the request for this subject, /C=FI/CN=name'
complete -c sscep -n '__sscep_is enroll' -l new-key -x -a 'rsa:2048 rsa:3072 rsa:4096 ec:P-256 ec:P-384 ed25519 ml-dsa-44 ml-dsa-65 ml-dsa-87' -d 'Make the key of -k if there is none'
complete -c sscep -n '__sscep_is enroll renew check' -l key-passout -x -a '(__sscep_source env: file: fd: stdin)' -d 'Encrypt the new key; source of the pass phrase, as for --passin'
complete -c sscep -n '__sscep_is enroll renew check' -l challenge -x -a '(__sscep_source env: file: fd: stdin)' -d 'Source of the challenge password of the request, as for --passin'
complete -c sscep -n '__sscep_is enroll renew check' -l san -x -a '(__sscep_list DNS: IP: email: URI: UPN:)' -d 'Names for the subjectAltName of the request; may be repeated'
complete -c sscep -n '__sscep_is enroll renew check' -l eku -x -a '(__sscep_list serverAuth clientAuth codeSigning emailProtection timeStamping OCSPSigning ipsecEndSystem ipsecTunnel ipsecUser ipsecIKE msSmartcardLogin anyExtendedKeyUsage)' -d 'Request these purposes, and key usages by the type of the key; may be repeated'
complete -c sscep -n '__sscep_is enroll renew check' -l ku -d 'Request key usages by the type of the key'
complete -c sscep -n '__sscep_is enroll renew check' -l template -x -d 'Request this template of the CA (certTemplateName)'
complete -c sscep -n '__sscep_is enroll check' -s l -l cert -r -F -d 'Write the issued certificate to this file'
complete -c sscep -n '__sscep_is enroll check' -s K -l sign-key -r -F -d 'Private key of the certificate of -O'
complete -c sscep -n '__sscep_is enroll check' -s O -l sign-cert -r -F -d 'Certificate to renew, which signs the request'
complete -c sscep -n '__sscep_is enroll check' -s L -l selfsigned -r -F -d 'Write the self-signed certificate to this file'
complete -c sscep -n '__sscep_is enroll check' -s t -l poll-interval -x -d 'Seconds between polls'
complete -c sscep -n '__sscep_is enroll check' -s T -l poll-time -x -d 'Seconds until polling stops'
complete -c sscep -n '__sscep_is enroll check' -s n -l poll-count -x -d 'Maximum number of polls; 0: none'
complete -c sscep -n '__sscep_is enroll check' -s R -l resume -d 'Resume a pending enrolment: poll first'
complete -c sscep -n '__sscep_is enroll renew check' -l renewal -x -a 'auto 17 19' -d 'messageType of a renewal: 17 (RenewalReq), 19 (PKCSReq)'
complete -c sscep -n '__sscep_is enroll renew check getcert' -l chain -r -F -d 'Write the CA certificates of the reply here'
complete -c sscep -n '__sscep_is enroll check' -l sign-passin -x -a '(__sscep_source env: file: fd: stdin)' -d 'Source of the pass phrase of -K, as for --passin'
complete -c sscep -n '__sscep_is renew' -s k -l key -r -F -d 'Private key of the certificate of -l'
complete -c sscep -n '__sscep_is renew' -s l -l cert -r -F -d 'Certificate that is to stay valid'
complete -c sscep -n '__sscep_is renew' -s r -l request -r -F -d 'Certificate request to begin with, if there is no --subject'
complete -c sscep -n '__sscep_is renew check' -l new-key -x -a 'rsa:2048 rsa:3072 rsa:4096 ec:P-256 ec:P-384 ed25519 ml-dsa-44 ml-dsa-65 ml-dsa-87 same' -d 'Type of the new keys; same: keep the key'
complete -c sscep -n '__sscep_is renew check' -l renew-before -x -d 'Renew when less than this is left: 30d, 12h, 33%'
complete -c sscep -n '__sscep_is renew check' -l force -d 'Renew even if it is not due'
complete -c sscep -n '__sscep_is renew check' -l dry-run -d 'Say what would be done; send and write nothing'
complete -c sscep -n '__sscep_is renew check' -l forget -d 'Forget a pending request and its new key, and begin again'
complete -c sscep -n '__sscep_is renew check' -l renew-with -x -a 'certificate challenge both' -d 'Renew with certificate, challenge, or both'
complete -c sscep -n '__sscep_is renew check' -l bundle -r -F -d 'Write key, certificate and CA certificates to this file'
complete -c sscep -n '__sscep_is renew check' -l fullchain -r -F -d 'Write the certificate and the CA certificates to this file'
complete -c sscep -n '__sscep_is renew check' -l key-mode -x -d 'Mode of the first key and bundle; the default is 600'
complete -c sscep -n '__sscep_is renew check' -l cert-mode -x -d 'Mode of the first certificate and chain files'
complete -c sscep -n '__sscep_is renew check' -l owner -x -d 'Owner and group of the first files'
complete -c sscep -n '__sscep_is renew check' -l wait-lock -x -d 'Seconds to wait for another run that is at work'
complete -c sscep -n '__sscep_is renew check' -l jitter -x -d 'Wait a random time of up to this many seconds first'
complete -c sscep -n '__sscep_is renew check' -l hook -x -d 'Run this command when the new files are in place'
complete -c sscep -n '__sscep_is renew check' -l hook-timeout -x -d 'Seconds the hook may take'
complete -c sscep -n '__sscep_is renew check' -l hook-optional -d 'Only warn of a hook that fails'
complete -c sscep -n '__sscep_is renew' -l transaction-id -x -d 'transactionID of the first enrolment'
complete -c sscep -n '__sscep_is renew' -s t -l poll-interval -x -d 'Seconds between polls'
complete -c sscep -n '__sscep_is renew' -s T -l poll-time -x -d 'Seconds until polling stops, for the next run to go on'
complete -c sscep -n '__sscep_is renew' -s n -l poll-count -x -d 'Maximum number of polls; 0: none'
complete -c sscep -n '__sscep_is check' -l local -d 'Do not connect to the server'
complete -c sscep -n '__sscep_is check' -l next -d 'Request the next CA certificates, too'
complete -c sscep -n '__sscep_is getcert getcrl' -l challenge -x -a '(__sscep_source env: file: fd: stdin)' -d 'Source of the challenge password for the envelopes, as for --passin'
complete -c sscep -n '__sscep_is getcert getcrl' -s k -l key -r -F -d 'Private key of the certificate of -l'
complete -c sscep -n '__sscep_is getcert getcrl' -s l -l cert -r -F -d 'Own certificate, which signs the request'
complete -c sscep -n '__sscep_is getcert' -s O -l issuer-cert -r -F -d 'Issuer of the requested certificate'
complete -c sscep -n '__sscep_is getcrl' -s O -l target-cert -r -F -d 'Certificate whose CRL is requested'
complete -c sscep -n '__sscep_is getcert' -s s -l serial -x -d 'Serial number of the requested certificate'
complete -c sscep -n '__sscep_is getcrl' -s s -l serial -x -d 'Serial number, instead of that of -l or -O'
complete -c sscep -n '__sscep_is getcert' -s w -l output -r -F -d 'Write the certificate to this file'
complete -c sscep -n '__sscep_is getcrl' -s w -l output -r -F -d 'Write the CRL to this file'
complete -c sscep -n '__sscep_is getcrl' -l if-due -d 'Do nothing while the CRL of -w is not due'
complete -c sscep -n '__sscep_is getcrl' -l renew-before -x -d 'Time left when the CRL is due (--if-due)'
complete -c sscep -n '__sscep_is enroll renew check getcert getcrl' -s e -l enc-cert -r -F -d 'Encrypt to this certificate, not to one of -c'
complete -c sscep -n '__sscep_is enroll check getcert getcrl' -s m -l dump-request -r -F -d 'Write the pkiMessage to this file in PEM; do not send it'
complete -c sscep -n '__sscep_is getca getnextca enroll renew check getcert getcrl' -l tolerate -x -a '(__sscep_list nonce transaction-id issuer clock ra signer)' -d 'Skip individual checks, for servers that fail them'
complete -c sscep -n '__sscep_is enroll check getcert getcrl' -l transaction-id -x -d 'transactionID to use instead of the one made from the key'
complete -c sscep -n '__sscep_is enroll renew check getcert getcrl' -l passin -x -a '(__sscep_source env: file: fd: stdin)' -d 'Source of the pass phrase or PIN of -k'
complete -c sscep -n '__sscep_is enroll renew check getcert getcrl' -l rsa-oaep -d 'Encrypt requests with RSA-OAEP'
complete -c sscep -n '__sscep_is enroll renew check getcert getcrl' -l rsa-pss -d 'Sign requests with RSA-PSS'
# END generated part
