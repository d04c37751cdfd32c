#!/usr/bin/env bats
#
# A static program, of configure --enable-static-program, and what configure says
# where none can be made.  It needs ./configure.  With LEGACY=inside the libcrypto
# of the program has the legacy provider inside, as scripts/build-libcrypto makes
# it.

load ../e2e/helper

reason="is a static program (configured --enable-static-program), which loads"
reason+=" no modules"

# configure_says TEXT OPTION ...: configure ends with one line of error.
configure_says() {
    local text=$1
    shift
    if (mkdir -p b && cd b && "$tree/configure" "$@") >said 2>&1; then
        problem "configure has not failed"
    fi
    expect_equal "lines of error" 1 "$(grep -c '^configure: error: ' said)"
    if ! grep '^configure: error: ' said | grep -qF -e "$text"; then
        tail -n 3 said
        problem "the error of configure does not say: $text"
    fi
}

@test "a static program needs no shared libcrypto and libssl" {
    LC_ALL=C readelf -dW "$SSCEP" >dynamic
    run -1 grep -E 'NEEDED.*(libcrypto|libssl)' dynamic
    run_sscep --version
    stdout_line "Engines: not built in"
    stdout_line \
        "Modules: none are loaded (configured --enable-static-program)"
}

@test "a static program enrols" {
    start_enrolment
    enroll
    enrolled
    stderr_empty
}

@test "an engine and a provider in a module are refused, with the reason" {
    start_enrolment
    enroll -g pkcs11
    refused --unsent 1 "engine pkcs11: this sscep $reason"
    enroll --provider tpm2
    refused --unsent 1 "provider tpm2: cannot be loaded: this sscep $reason"
    enroll --provider "$PWD/tpm2.so" --provider-path "$PWD"
    refused --unsent 1 "provider $PWD/tpm2.so: cannot be loaded: this sscep $reason"
    nothing_sent
    enroll --provider default
    enrolled
}

@test "a reply in DES is read if the legacy provider is inside, else refused" {
    start_enrolment --cipher des
    # A module does not help.
    OPENSSL_MODULES=$(openssl version -m | sed 's/.*"\(.*\)"/\1/')
    export OPENSSL_MODULES
    enroll
    if [ "${LEGACY:-}" = inside ]; then
        enrolled
        warned obsolete
        return
    fi
    refused --answered 97 "encrypted with des-cbc, which needs libcrypto's legacy \
provider: this static program does not have it inside"
    : >"$ca/log"
    enroll -E des
    refused 1 "with des, which needs libcrypto's legacy provider: this static \
program does not have it inside"
}

@test "configure says where a static libcrypto is missing" {
    mkdir pc
    cat >pc/libcrypto.pc <<END
libdir=$PWD/lib
Name: libcrypto
Description: without a static library
Version: 3.0.0
Libs: -L\${libdir} -lcrypto
END
    PKG_CONFIG_LIBDIR=$PWD/pc configure_says "there is no libcrypto.a in \
$PWD/lib (Debian has it in libssl-dev; scripts/build-libcrypto makes one)" \
        --enable-static-program
}

@test "configure says if a library is missing that libcrypto needs" {
    local flags
    mkdir pc
    flags=$(pkg-config --libs --static libcrypto)
    cat >pc/libcrypto.pc <<END
libdir=$(pkg-config --variable=libdir libcrypto)
Name: libcrypto
Description: with a library that is nowhere
Version: 3.0.0
Libs: -L\${libdir} $flags
Libs.private: -lnowhere
END
    PKG_CONFIG_LIBDIR=$PWD/pc configure_says "no program can be linked with" \
        --enable-static-program
    grep -q '^configure: error: .* -lnowhere (is one of these libraries' said
}

@test "configure refuses what goes not together with a static program" {
    configure_says "the only value is all" --enable-static-program=some
    configure_says "--enable-engines: a static program has none" \
        --enable-static-program --enable-engines
}
