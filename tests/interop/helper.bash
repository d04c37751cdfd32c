# helper.bash: functions shared by the tests against other servers.
#
# SSCEP names the program to test, MKREQUEST the script.  The servers run in a
# private network, because some listen on all addresses: "scripts/test interop"
# makes it.

load ../e2e/helper
load ../e2e/nginx

# For setup_file: removes settings that were made for other purposes.
prepare() {
    alone
    unset OPENSSL_CONF http_proxy https_proxy HTTPS_PROXY no_proxy NO_PROXY
    unset CHALLENGE PREFIX KEYBITS COMMONNAME
    SSCEP=$(realpath "${SSCEP:?names no program}")
    MKREQUEST=$(realpath "${MKREQUEST:-$BATS_TEST_DIRNAME/../../mkrequest}")
    export SSCEP MKREQUEST
}

# Others cannot reach the server: the loopback is the only interface.
alone() {
    local up
    up=$(ip -o link show up | cut -d ' ' -f 2)
    if [ "$up" != "lo:" ]; then
        echo "to be run in a network of its own: scripts/test interop" >&2
        return 1
    fi
}

# --- servers ----------------------------------------------------------------

# serve LOG PORT... -- COMMAND...: starts a server and waits until it listens on
# all ports; $served_pid is its process id.
serve() {
    local log=$1 ports=()
    shift
    while [ "$1" != -- ]; do
        ports+=("$1")
        shift
    done
    shift
    "$@" >"$log" 2>&1 </dev/null 3>&- &
    served_pid=$!
    if ! until_within 20 listening_or_dead "$served_pid" "${ports[@]}" ||
        ended "$served_pid"; then
        cat "$log" >&2
        ended "$served_pid" || end "$served_pid"
        return 1
    fi
}

listening_or_dead() {
    ended "$1" || listening "${@:2}"
}

# listening PORT...: a server listens on each of them.
listening() {
    local one
    for one in "$@"; do
        (exec 3<>"/dev/tcp/127.0.0.1/$one") 2>/dev/null || return
    done
}

# end PID: ends the process; does nothing if PID is empty.
end() {
    [ -n "$1" ] || return 0
    kill "$1"
    until_within 10 ended "$1"
}

ended() {
    ! kill -0 "$1" 2>/dev/null
}

# until_within SECONDS COMMAND...: waits until the command succeeds.
until_within() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}

# --- the client -------------------------------------------------------------

# client STATUS ARGUMENT...: runs sscep, which must end with STATUS.
client() {
    local expected=$1
    shift
    list_before
    run --separate-stderr timeout 60 ./sscep "$@"
    printf '%s\n' "status $status" "$output" "${stderr:-}"
    [ "$status" -eq "$expected" ]
}

# request NAME [CHALLENGE]: makes NAME.key and NAME.csr.
request() {
    PREFIX=$1 "$MKREQUEST" -dns "$1.example.org" "${@:2}"
}

# is_for NAME: NAME.crt has this name and the key NAME.key.
is_for() {
    [ "$(openssl x509 -in "$1.crt" -noout -subject -nameopt RFC2253)" = \
        "subject=CN=$1.example.org" ]
    [ "$(openssl x509 -in "$1.crt" -noout -pubkey)" = \
        "$(openssl pkey -in "$1.key" -pubout)" ]
}
