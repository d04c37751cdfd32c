# namespace.bash: runs commands with private mounts, or as another user.

# in_mounts SCRIPT COMMAND...: SCRIPT mounts file systems, then the function or
# program COMMAND runs sscep with these mounts. It uses the rights of root, a
# user namespace, or sudo.
in_mounts() {
    local make=(unshare -m) as=()
    need unshare setpriv mount
    if [ "$(id -u)" -ne 0 ]; then
        make+=(-r)
        if ! "${make[@]}" true 2>/dev/null; then
            make=(sudo -n unshare -m)
            as=(setpriv --reuid "$(id -u)" --regid "$(id -g)" --init-groups)
        fi
    fi
    "${make[@]}" true || skip "no mounts can be made here"
    make_program mounted "${make[@]}" sh -ec "$1"$'\nexec "$@"' sh \
        ${as[@]+"${as[@]}"} "$sscep"
    run_as_program "$BATS_TEST_TMPDIR/mounted" "${@:2}"
}

# as_other COMMAND...: COMMAND runs sscep as a user other than root.
as_other() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
        return
    fi
    need setpriv
    chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$BATS_TEST_TMPDIR" \
        2>/dev/null || true
    # That of the tree may be where only root can read.
    if [ -L sscep ]; then
        rm sscep
        cp "$SSCEP" sscep
    fi
    make_program other setpriv --reuid 65534 --regid 65534 --clear-groups \
        "$sscep"
    run_as_program "$BATS_TEST_TMPDIR/other" "$@"
}

# make_program NAME COMMAND...: makes a program that runs the command.
make_program() {
    printf '#!/bin/bash\nexec %s "$@"\n' "$(printf '%q ' "${@:2}")" \
        >"$BATS_TEST_TMPDIR/$1"
    chmod a+rx "$BATS_TEST_TMPDIR/$1"
}

# What the program needs in a root of its own: it, and the libraries that it is
# linked to, which are libc and libcrypto in a build without TLS, and what libcrypto
# itself needs.
fill_root() {
    local file
    mkdir -p root/tmp
    without_sanitizers "the sanitizers need more libraries"
    cp "$SSCEP" root/sscep
    ldd "$SSCEP" | grep -o '/[^ )]*' >libraries || skip "it is linked statically"
    while read -r file; do
        mkdir -p "root$(dirname "$file")"
        cp "$file" "root$file"
    done <libraries
    grep -Ev '/(libc|libcrypto|libssl|libz|libzstd|ld-linux[^/]*|libdl|libpthread)[.-][^/]*$' \
        libraries >others || true
    [ ! -s others ] || problem "it needs other libraries" "$(cat others)"
}

# From now on sscep runs in the directory root, with its libraries and /tmp.
enter_root() {
    local into=(chroot)
    need unshare chroot
    fill_root
    [ "$(id -u)" -eq 0 ] || into=(unshare -r chroot)
    "${into[@]}" root /sscep --version >/dev/null || skip "no chroot here"
    make_program rooted "${into[@]}" "$PWD/root" /sscep
    sscep=$BATS_TEST_TMPDIR/rooted
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@" 2>/dev/null || skip "sudo is needed for another user's file"
    fi
}

# The helpers of the tests expect messages to begin with this program's name.
run_as_program() {
    local sscep=$1
    shift
    "$@"
}

# detached COMMAND...: sscep has no terminal in it.
detached() {
    need setsid
    make_program detached setsid -w "$sscep"
    run_as_program "$BATS_TEST_TMPDIR/detached" "$@"
}

# on_terminal COMMAND...: sscep has a terminal in it, which nobody types on.
on_terminal() {
    cat >"$BATS_TEST_TMPDIR/terminal" <<END
#!/bin/bash
set -o pipefail
NO_COLOR=1 PYTHONCOERCECLOCALE=0 /usr/bin/python3 -c '
import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' \\
    "$sscep" "\$@" </dev/null | tr -d '\r'
END
    chmod a+rx "$BATS_TEST_TMPDIR/terminal"
    run_as_program "$BATS_TEST_TMPDIR/terminal" "$@"
}

# trace_calls CALLS COMMAND...: these calls of the system are lines of $calls, with
# the names of the files.
trace_calls() {
    need strace
    calls=$BATS_TEST_TMPDIR/calls
    make_program traced env ASAN_OPTIONS=detect_leaks=0 strace -f -y \
        -o "$calls" -e "trace=$1" "$sscep"
    run_as_program "$BATS_TEST_TMPDIR/traced" "${@:2}"
}

# synced NAME...: after trace_calls fsync,fdatasync: these were written to the disk,
# a temporary file by the name that it takes, and "work", the directory.
synced() {
    expect_equal "what is on the disk" "$*" "$(sed -n \
        's/.*f\(data\)\{0,1\}sync([0-9]*<\(.*\)>) *= 0$/\2/p' "$calls" |
        sed 's,.*/,,; s,^\.\(.*\)\.sscep-tmp-......$,\1,' | paste -sd' ')"
}

# put CALL:NAME...: after trace_calls "$putting": these calls succeeded in this
# order, sync of a file or of "work", the directory, and name when a file gets it.
putting=fsync,fdatasync,link,linkat,rename,renameat,renameat2
put() {
    expect_equal "what was done" "$*" "$(sed -En \
        -e 's/.* f(data)?sync\([0-9]*<(.*)>\) *= 0$/sync:\2/p' \
        -e 's/.* (link|rename)(at2?)?\(.*"([^"]*)".*\) *= 0$/name:\3/p' "$calls" |
        sed -E 's,:.*/,:,; s,:\.(.*)\.sscep-tmp-......$,:\1,' | paste -sd' ')"
}

# with_signal CALL SIGNAL FILE COMMAND...: this signal comes when CALL is called
# for FILE for the first time.
with_signal() {
    need strace
    make_program traced env --default-signal=INT,TERM,HUP \
        ASAN_OPTIONS=detect_leaks=0 strace -f -o "$BATS_TEST_TMPDIR/calls" \
        -P "$3" -P "$PWD/${3#./}" -e "inject=$1:signal=$2:when=1" "$sscep"
    run_as_program "$BATS_TEST_TMPDIR/traced" "${@:4}"
}

# with_error CALL ERROR COMMAND...: this call of the system fails.
with_error() {
    need strace
    make_program traced env ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null \
        -e "inject=$1:error=$2" "$sscep"
    run_as_program "$BATS_TEST_TMPDIR/traced" "${@:3}"
}
