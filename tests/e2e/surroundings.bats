#!/usr/bin/env bats
# The environment of the program: pipes, descriptors, wrong servers, owners of
# files.

load helper
load namespace
load servers

@test "the file is written although the reader of stdout has exited" {
    start_ca
    ./sscep getca -u "$URL" -c ca.crt -F sha256 | sed 1q >/dev/null
    [ -s ca.crt ] || problem "no certificate"
}

@test "with closed descriptors 0, 1 and 2, nothing is printed to the connection" {
    start_ca
    ./sscep getca -u "$URL" -c ca.crt -F sha256 <&- >&- 2>&- || true
    [ -s ca.crt ] || problem "no certificate"
    ! grep -q "valid response" "$ca/log" || problem "stdout in the request"
}

# portal TEXT COMMAND...: exit status 95, one error line, and no request but
# GetCACaps was sent.
portal() {
    local text=$1
    shift
    : >"$ca/log"
    "$@"
    expect_status 95
    one_error "$text"
    no_file local.crt got.crt got.crl
    expect_equal "what was asked" GetCACaps "$(ca_log operation)"
}

# A request would send its challengePassword to the server of that page.
@test "an HTML page in answer to GetCACaps ends the operation" {
    local text="a page: a captive portal, a login page or a proxy"
    start_enrolment
    enroll
    enrolled
    mv local.crt own.crt
    stop_ca
    start_ca --fault html --fault-on getcacaps
    portal ": \"Welcome\", a page" enroll
    portal "$text" enroll
    portal "path of the URL" enroll -R
    portal "$text" run_sscep getca -u "$URL" -c got.crt
    portal "$text" run_sscep getcaps -u "$URL"
    portal "$text" run_sscep getcaps -u "$URL" --capabilities AES
    portal "$text" run_sscep getcrl -u "$URL" -c ca.crt -k local.key \
        -l own.crt -w got.crl
}

@test "an HTML page that is too large or truncated ends the operation as well" {
    start_enrolment --fault html --fault-on getcacaps
    portal "over the limit of 60 bytes" enroll --max-size 60
    stop_ca
    ca=$BATS_TEST_TMPDIR/cut
    start_enrolment --fault html --fault chunk-truncated --fault-on getcacaps
    portal "" enroll
}

# Portals redirect to their page, which has another host.
@test "a redirect of GetCACaps to another host ends the operation" {
    start_enrolment --fault http-302 --fault-on getcacaps
    portal "another host (127.0.0.2)" enroll
    portal "another host (127.0.0.2)" run_sscep getca -u "$URL" -c got.crt
}

@test "an HTML page and --capabilities: GetCACaps is not sent" {
    start_enrolment --fault html --fault-on getcacaps
    enroll --capabilities AES,SHA-256,POSTPKIOperation
    enrolled
    stderr_empty
    expect_equal "what was asked" PKIOperation "$(ca_log operation)"
}

@test "a bad answer to GetCACaps that is no HTML page means no capabilities" {
    local fault
    for fault in garbage http-404 http-500 empty-200 close-no-answer; do
        ca=$BATS_TEST_TMPDIR/$fault
        start_enrolment --fault "$fault" --fault-on getcacaps
        enroll -v
        enrolled
        stderr_has "capabilities: none"
        stop_ca
        rm local.crt
    done
}

@test "-R: an error before the first PENDING ends the operation" {
    start_enrolment --fault http-404
    enroll -R -t 0
    expect_status 95
    [ ! -e local.crt ] || problem "a certificate"
}

@test "-R -n 0 sends nothing" {
    start_enrolment
    enroll -R -n 0
    expect_status 3
    ! grep -q '"operation": "PKIOperation"' "$ca/log" || problem "a message"
}

# --- files that are replaced --------------------------------------------------

# Sets owner to a user and a group to which this test may give a file: as root
# those of another user; else another group of the user, or the primary one.
another_owner() {
    local group
    owner=$(id -u):$(id -g)
    if [ "$(id -u)" -eq 0 ]; then
        owner=12345:23456
        return
    fi
    for group in $(id -G); do
        if [ "$group" -ne "$(id -g)" ]; then
            owner=$(id -u):$group
        fi
    done
}

# replaced FILE: it has new contents, and the same owner and mode as before.
replaced() {
    expect_status 0
    stderr_lacks warning
    expect_equal "owner and mode of $1" "$owner 640" \
        "$(stat -c '%u:%g %a' "$1")"
    if grep -q old "$1"; then
        problem "$1 was not replaced"
    fi
}

@test "a file that is replaced keeps its owner, group and mode" {
    local owner file
    another_owner
    start_enrolment
    for file in local.crt got.crt got.crl self.crt chain.crt; do
        echo old >"$file"
        chmod 640 "$file"
        chown "$owner" "$file"
    done
    enroll --chain chain.crt -L self.crt
    replaced local.crt
    run_sscep getca -u "$URL" -c got.crt
    replaced got.crt
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l local.crt -w got.crl
    replaced got.crl
    # The same through a symbolic link, which stays.
    ln -s got.crt link.crt
    run_sscep getca -u "$URL" -c link.crt
    replaced got.crt
    [ -L link.crt ] || problem "the symbolic link was replaced"
}

@test "a file that is replaced loses its set-user-ID, set-group-ID and sticky bits" {
    local mode
    start_ca
    for mode in 4755 2755 1755 7640; do
        echo old >got.crt
        chmod "$mode" got.crt
        run_sscep getca -u "$URL" -c got.crt
        expect_status 0
        expect_equal "the mode after $mode" "${mode#?}" "$(stat -c %a got.crt)"
    done
}

# A new file has the permissions that the umask leaves.
@test "a new file has the owner, the group and the mode that open() gives" {
    start_ca
    : >touched
    umask 027
    : >masked
    run_sscep getca -u "$URL" -c new.crt
    expect_status 0
    expect_equal "owner and mode" "$(stat -c '%u:%g %a' masked)" \
        "$(stat -c '%u:%g %a' new.crt)"
    umask 022
    run_sscep getca -u "$URL" -c newer.crt
    expect_equal "owner and mode" "$(stat -c '%u:%g %a' touched)" \
        "$(stat -c '%u:%g %a' newer.crt)"
}

# Root without CAP_CHOWN cannot give files away. A user other than root has no
# file of another user to replace here, and gets no warning.
@test "an owner that cannot be kept gives a warning, and the file is written" {
    local owner
    another_owner
    start_ca
    echo old >got.crt
    chmod 640 got.crt
    chown "$owner" got.crt
    if [ "$(id -u)" -ne 0 ]; then
        run_sscep getca -u "$URL" -c got.crt
        replaced got.crt
        return
    fi
    ln -s "$(command -v setpriv)" setpriv
    sscep=./setpriv run_sscep --bounding-set -chown --inh-caps -chown -- \
        ./sscep getca -u "$URL" -c got.crt
    expect_status 0
    warned "got.crt: its owner or group could not be kept: Operation not permitted"
    same_certificate got.crt "$ca/ca.crt"
    expect_equal "owner and mode" "$(id -u):$(id -g) 640" \
        "$(stat -c '%u:%g %a' got.crt)"
    run_sscep getca -u "$URL" -c got.crt
    expect_status 0
    stderr_lacks "could not be kept"
}

# --- locks -----------------------------------------------------------------

@test "a file system without modes: the first run has the lock" {
    need strace
    start_enrolment --challenge secret
    make_program odd env ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null \
        -e inject=fchmod:error=EPERM:when=1 "$sscep"
    run_as_program "$BATS_TEST_TMPDIR/odd" run_sscep renew -u "$URL" \
        -c ca.crt -k local.key -l local.crt --subject /CN=device \
        --challenge pass:secret
    expect_status 0
    [ -s local.crt.lock ] || problem "no lock"
}

@test "a lock whose holder is not known is one that check tells of" {
    take local.key other.crt
    python3 - <<'END' 3>&- &
import fcntl, struct, time
lock = open("local.crt.lock", "w")
whole = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
fcntl.fcntl(lock, fcntl.F_OFD_SETLK, whole)
open("locked", "w").close()
time.sleep(60)
END
    ca_pids+=($!)
    wait_for 10 test -e locked
    run_sscep check --local -c other.crt -k local.key -l local.crt \
        --subject /CN=device --hook true
    expect_status 77
    stdout_has "problem  another run holds local.crt.lock: "
}
