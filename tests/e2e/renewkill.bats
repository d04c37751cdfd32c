#!/usr/bin/env bats
#
# renew is killed, and one more run has to make everything good; readers of its
# files, and runs at the same time. renew-killed does it, and can do more of it.

load helper

setup() {
    common_setup
    step=1
    if grep -q __asan_init "$SSCEP"; then
        step=3
    fi
}

# killed ARGUMENT...: its last line is shown with the name of the test.
killed() {
    export SSCEP CAKEYS=$BATS_RUN_TMPDIR/cakeys TMPDIR=$BATS_TEST_TMPDIR
    command_line="renew-killed $*"
    status=0
    timeout -k 5 $((300 * slowness)) "$here/renew-killed" "$@" >"$stdout" \
        2>"$stderr" 3>&- 4>&- </dev/null || status=$?
    echo "# $command_line: $(tail -n 1 "$stdout")" >&3
    expect_status 0
    stderr_empty
}

# at_calls SCENARIO STEP: another part of the calls each time.
at_calls() {
    command -v strace >/dev/null || skip "no strace"
    strace -f -o /dev/null true || skip "strace may not trace"
    killed calls "$1" "$2" $((RANDOM % $2))
}

@test "killed at every system call of a renewal" {
    at_calls renewal "$step"
}

@test "killed at system calls of the first enrolment" {
    at_calls first $((3 * step))
}

@test "killed at system calls of a renewal with the same key" {
    at_calls same $((3 * step))
}

@test "killed at system calls of a renewal that is pending" {
    at_calls pending $((3 * step))
}

@test "renew goes on after it was killed at random moments" {
    killed random $((40 / step))
}

@test "a reader of the bundle sees no mixed and no partial one" {
    killed reader $((60 / step))
}

@test "several runs at once: one request" {
    killed together $((12 / step))
}
