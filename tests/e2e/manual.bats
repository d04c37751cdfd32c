#!/usr/bin/env bats
#
# What the manual says is what the program does: each entry of DIAGNOSTICS has a
# test that makes it happen, and sscep accepts each command line of the examples.

load helper

page=$tree/man/sscep.1

# The entries, and the tests: ENTRY | FILE | NAME OF THE TEST.
happens() {
    cat <<'END'
its signature does not verify|e2e/enroll.bats|polling: an answer that the CA did not sign does not end it
badMessageCheck|e2e/enroll.bats|FAILURE badMessageCheck: exit status 71
badRequest|e2e/enroll.bats|FAILURE badRequest: exit status 72
badCertId|e2e/enroll.bats|FAILURE badCertId: exit status 74
400 Bad Request, or 404 Not Found, to a query of certificates or capabilities|e2e/getca.bats|HTTP status 400: the advice is about -i for a query, and about algorithms for a message
the body is neither DER nor PEM, or a page of HTML|e2e/getca.bats|an HTML page in place of the certificate: the message shows its text
badAlg, or an HTTP error right after sending|e2e/enroll.bats|FAILURE badAlg: exit status 70
badTime|e2e/enroll.bats|FAILURE badTime: exit status 73
the answer to GetCACaps is not a list of capabilities: ..., a page|e2e/faults.bats|enroll: an HTML page in answer to GetCACaps, or a redirect to one, ends it
the certificate of the server is not trusted|e2e/tls.bats|refused: an unknown issuer
the server wants a client certificate|e2e/tls.bats|client certificate: refused by an alert
proxy ... answered, or does not connect|e2e/proxy.bats|CONNECT is refused
time limit reached|e2e/enroll.bats|HTTP: --timeout is a limit of each exchange
there is no such key, or its PIN was refused|tokens/softhsm.bats|provider: an object that does not exist
no loaded provider handles this URI|e2e/keys.bats|URIs that no provider handles: one error line without the PIN
provider ... cannot be loaded|e2e/keys.bats|engines and providers that do not exist
the token does not let it sign or decrypt|tokens/tpm.bats|handle: a wrong authorization, or none
it signs, but does not decrypt|tokens/softhsm.bats|provider: a key that cannot decrypt
lacks keyCertSign|e2e/enroll.bats|CA: keyUsage without keyCertSign
does not verify against the CA certificates of -c|e2e/enroll.bats|--tolerate issuer: the error message names it
END
}

@test "each entry of DIAGNOSTICS has a test that makes it happen" {
    local file name
    expect_equal "the entries" \
        "$(sed -n '/^\.Sh DIAGNOSTICS/,/^\.Sh COMPAT/s/^\.It "\(.*\)"$/\1/p' "$page")" \
        "$(happens | cut -d '|' -f 1)"
    while IFS='|' read -r _ file name; do
        grep -qxF "@test \"$name\" {" "$tree/tests/$file" ||
            problem "$file has no test: $name"
    done < <(happens)
}

# The command lines of a page that begin with a dollar, joined.
commands() {
    sed -n -e '/^\.Bd -literal/,/^\.Ed/p' -e 's/^\.Dl \$/$/p' "$1" |
        sed -e ':a' -e '/\\e$/{N;s/\\e\n//;ba' -e '}' -e 's/\\&//g' |
        sed -n 's/^\$ sscep /sscep /p'
}

@test "the examples of the manuals are accepted" {
    local line words seen=0
    echo "URL = http://scep.example.com/scep" >sscep.conf
    cp sscep.conf router.conf
    while read -r line; do
        eval "words=($line)"
        run_sscep "${words[@]:1}" --dump-config
        expect_status 0
        stderr_lacks "warning"
        seen=$((seen + 1))
    done < <(commands "$page" && commands "$tree/man/sscep.conf.5" &&
        commands "$tree/man/mkrequest.1")
    [ "$seen" -ge 6 ]
}
