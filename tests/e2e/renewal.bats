#!/usr/bin/env bats
#
# A script that renews with enroll, as many wrote one before there was renew, run
# as by cron, and killed at every place. RENEWAL names another one to test.

load helper

setup() {
    common_setup
    bin=$BATS_TEST_TMPDIR/bin
    state=$BATS_TEST_TMPDIR/state
    renew=$BATS_TEST_TMPDIR/renew
    device=$BATS_TEST_TMPDIR/device
    path_line='export PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
    mkdir "$bin" "$state"
    make_commands
    adapt "${RENEWAL:-$here/renewal-script}"
}

# --- the script ------------------------------------------------------------

# Changes only the directory and PATH of the script.
adapt() {
    grep -qx 'cd /etc/sscep' "$1"
    grep -qx "$path_line" "$1"
    sed "s|^cd /etc/sscep\$|cd '$device'|
        s|^$path_line\$|export PATH='$bin:$PATH'|" "$1" >"$renew"
    chmod +x "$renew"
}

# Makes a wrapper that records in "calls" each command that the script calls.
# The file "plan" says when the script is killed, with the number of the
# command:
#   after      after the command has run
#   orphan     before the command runs; it runs nevertheless
#   part       after the text of "part" has run in place of the command
# With "hold", the command waits until a file "go" exists.
make_commands() {
    local name
    cat >"$state/command" <<END
#!/bin/sh
export PATH='$PATH' ASAN_OPTIONS='$ASAN_OPTIONS'
export LSAN_OPTIONS='$LSAN_OPTIONS' UBSAN_OPTIONS='$UBSAN_OPTIONS'
name=\${0##*/}
echo "\$name \$*" >>'$state/calls'
real() {
    case \$name in
    mkrequest) KEYBITS=2048 '$MKREQUEST' "\$@" ;;
    sscep) '$SSCEP' "\$@" ;;
    sync) ;;
    *) "\$name" "\$@" ;;
    esac
}
when=never
if [ -e '$state/plan' ]; then
    read -r when number <'$state/plan'
    while read -r line; do number=\$((number - 1)); done <'$state/calls'
    [ "\$number" -eq 0 ] || when=never
fi
read -r script <'$state/pid'
case \$when in
after) real "\$@"; kill -KILL "\$script"; exit ;;
orphan) kill -KILL "\$script" ;;
part) . '$state/part'; kill -KILL "\$script"; exit ;;
hold)
    : >'$state/held'
    until [ -e '$state/go' ]; do sleep 0.05; done
    ;;
esac
real "\$@"
END
    chmod +x "$state/command"
    for name in mkrequest sscep sync; do
        ln -s "$state/command" "$bin/$name"
    done
}

# The script calls all its commands through the wrapper.
watch_commands() {
    local name
    for name in cp flock mv openssl rm; do
        ln -s "$state/command" "$bin/$name"
    done
}

# number_of COMMAND [N]: the number of the Nth call of COMMAND in "all".
number_of() {
    grep -n "^$1 " "$state/all" | sed -n "${2:-1}s/:.*//p"
}

# --- a device and a CA -----------------------------------------------------

# begin DAYS [OPTION ...]: starts a CA; the device has a certificate for DAYS.
begin() {
    start_ca "${@:2}"
    mkdir "$state/device"
    openssl req -new -key "$shared/local.key" -subj /CN=router.example.com \
        -out "$state/local.csr"
    openssl x509 -req -in "$state/local.csr" -days "$1" -set_serial 0x4d2 \
        -CA "$ca/ca.crt" -CAkey "$ca/ca.key" -out "$ca/issued/4d2.pem" \
        2>"$state/log"
    cp "$shared/local.key" "$ca/ca.crt" "$state/device"
    cp "$ca/issued/4d2.pem" "$state/device/local.crt"
    chmod 640 "$state/device/local.key"
    chmod 644 "$state/device/local.crt"
    write_conf "$state/device"
    install_device
}

write_conf() {
    printf '[sscep]\nURL = %s\nCACertFile = ca.crt\n' "$URL" >"$1/sscep.conf"
}

# Restores the files of the device. The CA keeps its state.
install_device() {
    rm -rf "$device" "$state/plan"
    cp -a "$state/device" "$device"
    before=$(ls "$ca/issued")
}

restart_ca() {
    stop_ca
    start_ca "$@"
    write_conf "$device"
}

# issued_since: the certificates that the CA has issued to the device.
issued_since() {
    local name
    for name in "$ca"/issued/*.pem; do
        case $before in
        *"${name##*/}"*) ;;
        *) echo "$name" ;;
        esac
    done
}

# --- runs ------------------------------------------------------------------

# Runs it as cron does, and waits until none of its processes has the lock.
run_renew() {
    start_renew
    wait_for_renew
    wait_for 20 flock -n "$device" true || problem "the lock stays"
}

start_renew() {
    command_line=renew
    status=0
    rm -f "$state/calls"
    timeout -k 5 "$run_limit" env -i HOME=/ SHELL=/bin/sh PATH=/usr/bin:/bin \
        SSCEP_ALLOW_CORE=1 \
        sh -c "echo \$\$ >'$state/pid'; exec '$renew'" \
        >"$stdout" 2>"$stderr" </dev/null 3>&- 4>&- &
    pid=$!
}

wait_for_renew() {
    { wait "$pid" || status=$?; } 2>/dev/null
}

silent() {
    expect_status 0
    stdout_empty
    stderr_empty
}

# loud STATUS TEXT: one line on standard error, which cron would mail.
loud() {
    expect_status "$1"
    stdout_empty
    stderr_has "sscep: "
    stderr_has "$2"
    expect_equal "the number of lines on stderr" 1 "$(wc -l <"$stderr")"
}

key_of() {
    case $1 in
    *.key) openssl pkey -in "$1" -pubout ;;
    *.csr) openssl req -in "$1" -noout -pubkey ;;
    *) openssl x509 -in "$1" -noout -pubkey ;;
    esac
}

# The old key and certificate are in place; the request has the same key as
# before.
waits() {
    silent
    cmp "$device/local.crt" "$state/device/local.crt"
    cmp "$device/local.key" "$state/device/local.key"
    expect_equal "the key of the request" "$(key_of "$device/new.csr")" \
        "$(key_of "$device/new.key")"
    [ -e first.key ] || cp "$device/new.key" first.key
    cmp "$device/new.key" first.key
}

# The CA has issued one certificate, which is in place; no other file is left.
renewed() {
    local certificates
    silent
    mapfile -t certificates < <(issued_since)
    expect_equal "the number of certificates" 1 "${#certificates[@]}"
    expect_equal "the key" "$(key_of "${certificates[0]}")" \
        "$(key_of "$device/local.key")"
    cmp -s "$device/local.crt" "${certificates[0]}" ||
        same_certificate "$device/local.crt" "${certificates[0]}"
    openssl verify -CAfile "$ca/ca.crt" "$device/local.crt" >"$state/log"
    expect_equal "what is there" \
        "640 local.key,644 ca.crt,644 local.crt,644 sscep.conf," \
        "$(find "$device" -mindepth 1 -printf '%m %P\n' | sort | tr '\n' ,)"
}

# After a kill the old key and certificate are in place, or the next run has all
# files to install the new ones; and no key is lost.
keeps_promise() {
    local cert new=$device/local.key
    [ ! -e "$device/new.key" ] || new=$device/new.key
    if [ -e "$device/new.crt" ]; then
        expect_equal "the key of new.crt" "$(key_of "$device/new.crt")" \
            "$(key_of "$new")"
    elif ! cmp -s "$device/local.key" "$state/device/local.key" ||
        ! cmp -s "$device/local.crt" "$state/device/local.crt"; then
        expect_equal "the key of local.crt" "$(key_of "$device/local.crt")" \
            "$(key_of "$device/local.key")"
    fi
    for cert in $(issued_since); do
        expect_equal "the key of an issued certificate" "$(key_of "$cert")" \
            "$(key_of "$new")"
    done
}

# killed WHERE: the run was killed, and the next one completes the renewal.
killed() {
    command_line="renew, killed $1"
    [ "$status" -eq 137 ] || problem "the script was not killed"
    keeps_promise
    rm -f "$state/plan"
    run_renew
    command_line="renew, after it was killed $1"
    renewed
}

# Runs it without a kill, to record the list of commands.
list_commands() {
    begin 10
    watch_commands
    run_renew
    renewed
    mv "$state/calls" "$state/all"
}

# kill_at WHEN NUMBER [PART]: a run that is killed at this command.
kill_at() {
    install_device
    echo "${3:-}" >"$state/part"
    echo "$1 $2" >"$state/plan"
    run_renew
    killed "($1) at command $2, $(sed -n "$2p" "$state/all"): ${3:-}"
}

# before_lines FIRST: kills it before every second line, from line FIRST.
before_lines() {
    local number lines killed=0
    begin 10
    mapfile -t lines <"$renew"
    lines+=(': the end')
    for ((number = $1; number < ${#lines[@]}; number += 2)); do
        # Not inside a command of several lines, and not before a comment.
        case ${lines[number - 1]} in *\\) continue ;; esac
        case ${lines[number]// /} in '#'*) continue ;; esac
        {
            printf '%s\n' "${lines[@]:0:number}" "kill -KILL \$\$" \
                "${lines[@]:number}"
        } >"$state/killed"
        sh -n "$state/killed"
        chmod +x "$state/killed"
        install_device
        renew=$state/killed run_renew
        # The run does not reach lines for other cases.
        if [ "$status" -eq 0 ]; then
            command_line="renew, with a kill before: ${lines[number]}"
            renewed
        else
            killed=$((killed + 1))
            killed "before: ${lines[number]}"
        fi
    done
    [ "$killed" -ge 12 ] || [ -n "${RENEWAL:-}" ]
}

# --- the script itself -----------------------------------------------------

@test "renewal: nothing is due" {
    begin 31
    cd "$device"
    snapshot
    run_renew
    silent
    nothing_written
    nothing_sent
}

@test "renewal: due, and done without any output" {
    begin 29
    run_renew
    renewed
    run_renew
    renewed
    expect_equal "the messages" 17 "$(messages messageType)"
}

# --- kills -----------------------------------------------------------------

@test "renewal: a directory with the name of the new files" {
    begin 29
    mkdir "$state/device/new"
    install_device
    run_renew
    silent
    expect_equal "the key" "$(key_of "$device/local.crt")" \
        "$(key_of "$device/local.key")"
    # The key that was in use was renewed, not moved aside by mkrequest.
    expect_equal "the files" "ca.crt local.crt local.key new sscep.conf" \
        "$(cd "$device" && echo *)"
    expect_equal "the messages" 17 "$(messages messageType)"
}

@test "renewal: killed before each line, the odd ones" {
    before_lines 1
}

@test "renewal: killed before each line, the even ones" {
    before_lines 2
}

@test "renewal: killed in the middle of a line" {
    local number
    list_commands
    # After the command, and while the command continues alone.
    kill_at after "$(number_of mkrequest)"
    kill_at after "$(number_of sscep)"
    kill_at orphan "$(number_of mkrequest)"
    kill_at orphan "$(number_of sscep)"
    # Later commands: the key is in place, the certificate is not.
    kill_at after "$(number_of mv)"
    kill_at after "$(number_of cp 3)"
    kill_at after "$(number_of cp 4)"
    kill_at orphan "$(number_of mv 2)"
}

@test "renewal: killed together with a command" {
    local number
    list_commands
    number=$(number_of mkrequest)
    kill_at part "$number" 'mkdir new.new.1; echo x >new.new.1/key'
    kill_at part "$number" \
        'mkdir new.new.1; real "$@"; mv new.csr new.new.1/csr'
    kill_at part "$number" 'mkdir new.new.1; real "$@"'
    kill_at part "$number" 'real "$@"; rm new.csr; mkdir new.new.1 new.new.lock'
    # The CA has issued the certificate, but it was not received.
    kill_at part "$(number_of sscep)" 'real "$@"; mv new.crt new.crt.A1B2C3'
    kill_at part "$(number_of cp 2)" 'echo x >new.tmp'
    kill_at part "$(number_of cp 3)" 'echo x >new.tmp'
    # rm has removed some files: the first one, all but the last one or two.
    number=$(number_of rm 4)
    [ -n "$number" ]
    kill_at part "$number" 'real -rf "$2"'
    kill_at part "$number" \
        'until [ $# -eq 2 ]; do [ -d "$1" ] || real -f -- "$1"; shift; done'
    kill_at part "$number" \
        'until [ $# -eq 1 ]; do [ -d "$1" ] || real -f -- "$1"; shift; done'
}

# A kill can leave a copy that all may read; the key must not be written into
# it.
@test "renewal: no key gets into a file that others can read" {
    list_commands
    install_device
    echo "after $(number_of cp 3)" >"$state/plan"
    run_renew
    expect_equal "the mode of the copy" 644 "$(stat -c %a "$device/new.tmp")"
    ln "$device/new.tmp" "$state/read"
    rm "$state/plan"
    run_renew
    renewed
    ! grep "PRIVATE KEY" "$state/read"
}

@test "renewal: killed before the service was notified" {
    local place='# service httpd reload 9<&-'
    begin 10
    grep -q "^$place" "$renew"
    sed "s|^$place.*|echo >>'$state/told'; kill -KILL \$\$|" "$renew" \
        >"$state/killed"
    chmod +x "$state/killed"
    renew=$state/killed run_renew
    expect_equal "the status" 137 "$status"
    # The next run notifies it again.
    sed -i "s|; kill -KILL .*||" "$state/killed"
    renew=$state/killed run_renew
    renewed
    renew=$state/killed run_renew
    renewed
    expect_equal "the number of times that it was told" 2 \
        "$(wc -l <"$state/told")"
}

@test "renewal: one run at a time, also if the first was killed" {
    local first
    list_commands
    install_device
    echo "hold $(number_of sscep)" >"$state/plan"
    start_renew
    first=$pid
    wait_for 20 test -e "$state/held"
    rm "$state/plan"
    read -r script <"$state/pid"

    cp "$ca/log" log
    start_renew
    wait_for_renew
    silent
    expect_equal "what the second calls" flock "$(cut -d' ' -f1 "$state/calls")"

    kill -KILL "$script"
    wait "$first" || true
    start_renew
    wait_for_renew
    silent
    expect_equal "what the third calls" flock "$(cut -d' ' -f1 "$state/calls")"
    cmp log "$ca/log"

    : >"$state/go"
    wait_for 20 flock -n "$device" true
    [ -e "$device/new.crt" ]
    run_renew
    renewed
}

@test "renewal: the lock cannot be acquired" {
    begin 10
    printf '#!/bin/sh\necho "flock: no locks" >&2\nexit 71\n' >"$bin/flock"
    chmod +x "$bin/flock"
    run_renew
    expect_status 70
    stderr_has "no locks"
    nothing_sent
}

# --- CAs -------------------------------------------------------------------

@test "renewal: manual approval, the runs in between print nothing" {
    begin 10 --pending 3
    run_renew
    waits
    run_renew
    waits
    run_renew
    waits
    run_renew
    renewed
    expect_equal "the key" "$(key_of first.key)" "$(key_of "$device/local.key")"
    expect_equal "the messages" "17 20 20 20" \
        "$(messages messageType | xargs)"
    expect_equal "the number of transactions" 1 \
        "$(messages transactionID | sort -u | wc -l)"
}

@test "renewal: the request is sent again to a CA that has forgotten it" {
    begin 10 --pending 1
    run_renew
    waits
    rm "$ca"/transactions/*
    run_renew
    waits
    run_renew
    renewed
    expect_equal "the messages" "17 20 17 20" \
        "$(messages messageType | xargs)"
}

@test "renewal: the answer was lost, and the server does not support CertPoll" {
    answer_lost http-500
}

@test "renewal: the answer was lost, and the poll is not answered" {
    answer_lost empty-200
}

# answer_lost FAULT: the poll has this fault, and the request is sent again.
answer_lost() {
    begin 10 --fault short-body --fault-times 1
    run_renew
    loud 95 ''
    restart_ca --fault "$1" --fault-times 1
    run_renew
    silent
    expect_equal "the messages" "17 20 17" "$(messages messageType | xargs)"
    same_certificate "$device/local.crt" \
        "$(issued_since | xargs ls -t | head -n 1)"
}

@test "renewal: a refusal is reported each time, and nothing is lost" {
    begin 10 --fail badRequest --fail-text "not today"
    run_renew
    loud 72 "not today"
    cp "$device/new.key" first.key
    run_renew
    loud 72 "not today"
    restart_ca
    run_renew
    renewed
    cmp first.key "$device/local.key"
}

@test "renewal: refused after PENDING" {
    begin 10 --pending 1 --then failure
    run_renew
    waits
    run_renew
    loud 72 "the operator said no"
    run_renew
    waits
    run_renew
    loud 72 "the operator said no"
    # Then another key and another request are made.
    rm "$device/new.csr"
    restart_ca
    run_renew
    renewed
    expect_equal "the messages" "17 20 17 20 17" \
        "$(messages messageType | xargs)"
    expect_equal "the number of transactions" 2 \
        "$(messages transactionID | sort -u | wc -l)"
}

@test "renewal: a CA that cannot be reached" {
    begin 10
    stop_ca
    run_renew
    loud 95 "connect"
    cp "$device/new.key" first.key
    run_renew
    loud 95 "connect"
    restart_ca
    run_renew
    renewed
    cmp first.key "$device/local.key"
}

@test "renewal: files left by the script of an earlier version" {
    begin 10
    run_renew
    renewed
    # The key has been installed, the certificate not.
    mv "$device/local.crt" "$device/new.crt"
    cp -p "$state/device/local.crt" "$device"
    run_renew
    renewed
}
