#!/usr/bin/env bats
#
# The line on a terminal that tells what is waited for: when it is shown, and that
# nothing is left of it.

load helper
load servers

waiting='waiting for the CA: next poll in'

# on_terminal COMMAND: runs it in a shell on a terminal, 80 columns wide; tty has
# all that came there. Standard input is what is typed.
on_terminal() {
    need script
    command_line=$1
    status=0
    export TERM=${TERM-xterm}
    : >"$stdout"
    : >"$stdout.begun"
    timeout --foreground -k 5 "$run_limit" \
        script -qec "stty cols ${columns:-80}; $1" /dev/null >>"$stdout" \
        2>"$stderr" || status=$?
    rm -f "$stdout.begun"
    tty=$(cat "$stdout")
    no_sanitizer_text
}

# types TEXT KEY [TEXT KEY]: the keys, each when the text has come.
types() {
    wait_for 30 rm "$stdout.begun" 2>/dev/null
    while [ $# -gt 0 ]; do
        wait_for 30 grep -qz "$1" "$stdout"
        printf '%b' "$2"
        shift 2
    done
}

# screen: what is left on the screen of what came to the terminal.
screen() {
    python3 - "$stdout" <<'END'
import re, sys

for row in open(sys.argv[1], newline="").read().split("\n"):
    line, column = [], 0
    for piece in re.findall(r"\x1b\[K|\r|[^\x1b\r]", row):
        if piece == "\x1b[K":
            del line[column:]
        elif piece == "\r":
            column = 0
        else:
            line[column:column + 1] = [piece]
            column += 1
    print("".join(line))
END
}

# shows TEXT: the line with the text was on the terminal.
shows() {
    [[ $tty == *$'\r'"$1"* ]] || problem "no line with \"$1\""
}

nothing_live() {
    [[ $tty != *$'\e'* && $tty != *"$waiting"* ]] || problem "a line was shown"
}

# enrols OPTION...: the command that polls.
enrols() {
    echo "$sscep enroll -u $URL -c ca.crt -k local.key -r local.csr" \
        "-l local.crt $*"
}

@test "while enroll polls: time, polls that are left, and how to resume" {
    start_enrolment --pending 1
    TERM=xterm on_terminal "$(enrols -t 2 -n 5)"
    expect_status 0
    shows "$waiting 00:02, 5 left; ^C interrupts, -R resumes"$'\e[K'
    shows "$waiting 00:01, 5 left; ^C interrupts, -R resumes"$'\e[K'
    [ -s local.crt ]
}

@test "nothing of the line is left: the screen is as without a terminal" {
    start_enrolment --pending 1
    TERM=xterm on_terminal "$(enrols -t 1 -n 2)"
    expect_status 0
    shows "$waiting 00:01, 2 left"
    screen >on.screen
    stop_ca
    rm -rf "$ca" local.crt
    start_ca --pending 1
    cp "$ca/ca.crt" .
    run_sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
        -l local.crt -t 1 -n 2
    expect_status 0
    cat "$stdout" "$stderr" >off.screen
    # Names of the second CA are others.
    sed -i -E 's/[0-9A-F]{32,}/ID/; s/:[0-9]{4,}/:PORT/' ./*.screen
    expect_equal "screen" "$(cat off.screen)" "$(cat on.screen)"
}

@test "-T limits the polls that are left, too, and hours are shown" {
    start_enrolment --pending 9
    TERM=xterm on_terminal "$(enrols -t 3700 -T 12000 -n 99)" \
        < <(types "$waiting" '\003')
    shows "$waiting 1:01:40, 3 left"
    screen | not grep -q "$waiting"
}

not() {
    ! "$@"
}

@test "no line: --quiet, --json, -v, -d" {
    local option
    start_enrolment --pending 100
    for option in --quiet --json -v -d; do
        TERM=xterm on_terminal "$(enrols -t 1 -n 1 "$option")"
        expect_status 3
        nothing_live
    done
}

@test "no line: TERM is dumb, empty or unset, or stderr is no terminal" {
    start_enrolment --pending 100
    TERM=dumb on_terminal "$(enrols -t 1 -n 1)"
    nothing_live
    TERM='' on_terminal "$(enrols -t 1 -n 1)"
    nothing_live
    TERM=xterm on_terminal "unset TERM; $(enrols -t 1 -n 1)"
    nothing_live
    TERM=xterm on_terminal "$(enrols -t 1 -n 1) 2>errors"
    expect_status 3
    nothing_live
    not grep -q -e $'\e' -e "$waiting" errors
    TERM=xterm on_terminal "$(enrols -t 1 -n 1)"
    shows "$waiting 00:01"
}

@test "no line in the background of a shell" {
    start_enrolment --pending 100
    TERM=xterm on_terminal "bash -mc '$(enrols -t 1 -n 1) & wait'"
    stdout_has "still PENDING"
    nothing_live
}

@test "the line is no wider than the terminal" {
    start_enrolment --pending 100
    columns=40 TERM=xterm on_terminal "$(enrols -t 1 -n 1)"
    shows "waiting for the CA: next poll in 00:01,"$'\e[K'
}

# One job of a shell, so that ^Z stops it.
@test "the line is erased before ^C ends, and before ^Z stops the program" {
    start_enrolment --pending 100
    TERM=xterm on_terminal "bash -mc '$(enrols -t 60)'" \
        < <(types "$waiting" '\003')
    shows "$waiting 01:00"
    screen >screen
    not grep -q "$waiting" screen
    grep -q "interrupted while PENDING: to resume, run the same command" screen
    TERM=xterm on_terminal "bash -mc '$(enrols -t 60); echo first: \$?
        fg >/dev/null'" \
        < <(types "$waiting" '\032' "first: .*$waiting" '\003')
    # Shown again once it goes on.
    [[ $tty == *"$waiting"*"first: 148"*"$waiting"*"interrupted while"* ]]
    screen | not grep -q "$waiting"
}

@test "the line is erased before SIGTERM ends the program" {
    start_enrolment --pending 100
    TERM=xterm on_terminal "(until grep -q '$waiting' '$stdout'; do
        sleep 0.1; done; kill \$\$) & exec $(enrols -t 60)"
    shows "$waiting 01:00"
    screen | not grep -q "$waiting"
    screen | grep -q "interrupted while PENDING"
}

@test "letters outside ASCII are escaped on a terminal that does not take UTF-8" {
    local command="$sscep getcaps -u http://h/ -f ä"
    LC_ALL=C on_terminal "$command"
    expect_status 93
    [[ $tty == *'configuration file \xc3\xa4: '* ]] || problem "not escaped"
    LC_ALL=C.UTF-8 on_terminal "$command"
    [[ $tty == *'configuration file ä: '* ]] || problem "not shown"
}

@test "while renew polls: the same command resumes" {
    take local.key
    start_ca --challenge secret --pending 100
    cp "$ca/ca.crt" .
    TERM=xterm on_terminal "$sscep renew -u $URL -c ca.crt -k new.key \
-l new.crt --new-key ec:P-256 --subject /CN=device --challenge pass:secret \
-t 1 -n 1"
    expect_status 3
    shows "$waiting 00:01, 1 left; ^C interrupts, renew resumes"
    screen | not grep -q "$waiting"
}

# queries OPTION...: a CRL comes in two seconds.
queries() {
    start_ca --crl-size 2000 --fault slow-body "$@"
    cp "$ca/ca.crt" .
    take local.key
    openssl req -new -key local.key -subj /CN=own -out own.csr
    openssl x509 -req -in own.csr -CA "$ca/ca.crt" -CAkey "$ca/ca.key" \
        -days 30 -set_serial 4711 -out own.crt 2>/dev/null
    mkdir -p "$ca/issued"
    cp own.crt "$ca/issued/1267.pem"
}

get="getcrl -c ca.crt -k local.key -l own.crt -w result"

@test "while a body comes slowly: bytes so far, and of how many" {
    queries
    TERM=xterm on_terminal "$sscep $get -u $URL"
    expect_status 0
    [[ $tty =~ $'\r'"receiving the answer: "[0-9.]+" KiB of "[0-9.]+" KiB"$'\e[K' ]]
    # After a second, and five times a second at most.
    [ "$(grep -o receiving <<<"$tty" | wc -l)" -le $((10 * slowness)) ]
    screen | not grep -q receiving
    screen | grep -q "written as result"
}

@test "no line while a body comes slowly: --quiet, or no terminal" {
    queries
    TERM=xterm on_terminal "$sscep $get -u $URL --quiet"
    expect_status 0
    nothing_live
    [ -z "$tty" ]
    TERM=xterm on_terminal "$sscep $get -u $URL 2>errors"
    expect_status 0
    nothing_live
    [ ! -s errors ]
}
