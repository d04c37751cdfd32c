# network.bash: a private network for a test, with its own names and addresses,
# for any user.

# own_network [LINE...]: makes a network with LINEs in its /etc/hosts, loopback
# addresses and, if the system has IPv6, 2001:db8::2. Sets holder, a process in
# it, and there, an array with the command that starts others in it. All
# processes belong to the user, so stop_ca can end them.
own_network() {
    local dir=$BATS_TEST_TMPDIR way ways="user sudo"
    need unshare nsenter setpriv ip
    [ "$(id -u)" -ne 0 ] || ways=root
    printf '%s\n' "127.0.0.1 localhost" "$@" >"$dir/hosts"
    echo "nameserver 127.0.0.53" >"$dir/resolv.conf"
    for way in $ways; do
        if hold_network "$way"; then
            return
        fi
    done
    cat "$dir"/net-* >&2
    skip "no network can be made here"
}

# hold_network root|user|sudo: makes it with the rights of root, in a user
# namespace, or with sudo.
hold_network() {
    local dir=$BATS_TEST_TMPDIR make=(unshare -n -m) as=() enter=(nsenter)
    case $1 in
    user)
        make+=(-r)
        enter+=(-U --preserve-credentials)
        ;;
    sudo)
        make=(sudo -n "${make[@]}")
        as=(setpriv --reuid "$(id -u)" --regid "$(id -g)" --init-groups)
        ;;
    esac
    "${make[@]}" sh -c "set -e
        ip link set lo up
        ip addr add 2001:db8::2/128 dev lo nodad || true
        mount --bind '$dir/hosts' /etc/hosts
        mount --bind '$dir/resolv.conf' /etc/resolv.conf
        exec \"\$@\"" sh "${as[@]}" sh -c 'echo $$ >"$0" && exec sleep 300' \
        "$dir/holder" >"$dir/net-$1" 2>&1 </dev/null 3>&- 4>&- &
    ca_pids+=($!)
    wait_for 10 held_or_ended "$dir/holder" "$!"
    [ -s "$dir/holder" ] || return
    holder=$(cat "$dir/holder")
    ca_pids+=("$holder")
    if [ "$1" = sudo ]; then
        there=("$here/enter-by-sudo" "$holder")
    else
        there=("${enter[@]}" -t "$holder" -n -m -w"$BATS_TEST_TMPDIR/work")
    fi
    # helper.bash starts the test CA in this network.
    printf '#!/bin/sh\nexec %s "$@"\n' "$(printf '%q ' "${there[@]}" "$testca")" \
        >"$dir/testca"
    chmod +x "$dir/testca"
    testca=$dir/testca
}

# The process may be sudo, which this user cannot signal; /proc shows it.
held_or_ended() {
    [ -s "$1" ] || [ ! -e "/proc/$2" ]
}

# As run_sscep, in this network.
run_there() {
    command_line="$sscep $* (in a network of its own)"
    status=0
    "${there[@]}" timeout -k 5 "$run_limit" "$sscep" "$@" \
        >"$stdout" 2>"$stderr" </dev/null || status=$?
    no_sanitizer_text
}
