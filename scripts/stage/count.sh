# count.sh: runs the parts of a stage, and counts them.
# shellcheck shell=bash

# $results has a line for each test of the stage:
# pass|fail|skip|elsewhere <tab> name <tab> reason.  A test with "elsewhere" is
# not counted as skipped: it runs on another system, as root, or in the same
# stage with the other build, as the reason says.

result() {
	printf '%s\t%s\t%s\n' "$1" "$2" "${3-}" >>"$results"
}

count() {
	grep -c "^$1"$'\t' "$2"
}

# bounded SECONDS COMMAND...: ends a command that takes longer; a slow machine
# has more time.
bounded() {
	timeout --foreground -k 10 $(($1 * slowness)) "${plain[@]}" "${@:2}" \
		</dev/null
}

# measure_slowness: sets $slowness, how many times longer some work takes than
# on the machine for which the limits were made, with two cores of 2020; at
# least 1.
measure_slowness() {
	local began=${EPOCHREALTIME/[.,]/} i took
	for ((i = 0; i < 200; i++)); do
		(:)
	done
	for ((i = 0; i < 200000; i++)); do
		:
	done
	took=$((${EPOCHREALTIME/[.,]/} - began))
	slowness=$((1 + took / 2000000))
	export slowness
}

# Tests send these signals, so they must not be ignored, however this script was
# started. The address sanitizer of some compilers fails if the kernel
# randomizes more bits of addresses than this; some kernels show the number to
# root only.
plain=(env '--default-signal=HUP,INT,QUIT,PIPE')
if (($(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 99) > 28)) &&
	setarch "$(uname -m)" -R true 2>/dev/null; then
	plain+=(setarch "$(uname -m)" -R)
fi

# check NAME COMMAND...: one test, which passes when the command succeeds.
check() {
	local name=$1 said=$out/${lane:-$stage}.out status
	shift
	printf '\n--- %s: %s\n' "$name" "$*"
	if declare -F "$1" >/dev/null; then
		"$@"
	else
		bounded 600 "$@"
	fi >"$said" 2>&1
	status=$?
	cat "$said"
	if [ "$status" -eq 0 ]; then
		result pass "$name"
	else
		result fail "$name" "exit status $status"
		blame "$name" <"$said"
	fi
	return "$status"
}

# at_once FUNCTION...: runs them at the same time, as configure and cmake use one
# processor. The log has one after the other.
at_once() {
	local lane
	printf '\n--- %s\n' "$*"
	for lane; do
		"$lane" >"$out/$lane.log" 2>&1 &
	done
	wait
	for lane; do
		cat "$out/$lane.log"
	done
}

# blame NAME: stdin belongs to a failure, and its end will be shown.
blame() {
	printf -- '--- %s\n' "$1" >>"$out/$stage.failed"
	tail -n 40 >>"$out/$stage.failed"
}

# exclusively NAME COMMAND...: stages that run at the same time do it one after
# the other.
exclusively() {
	local descriptor status
	exec {descriptor}>"$out/$1.lock"
	flock "$descriptor"
	"${@:2}"
	status=$?
	exec {descriptor}>&-
	return "$status"
}

# needs PACKAGE...: if one is missing the stage is skipped.
needs() {
	local lacking
	lacking=$(missing "$@")
	[ -n "$lacking" ] || return 0
	result skip "$stage" "not to be had here: ${lacking% }"
	return 1
}

# tap NAME FILE: adds the tests of a file in TAP to the results; there must be
# at least one, and as many as planned.
# A test of cmocka gives no reason when it is skipped: the names of those that only root
# can run end with _as_root.
tap() {
	awk -v prefix="$1" -v uid="$(id -u)" '
	function emit(kind, name, reason) {
		sub(/ +$/, "", name)
		printf "%s\t%s: %s\t%s\n", kind, prefix, name, reason
	}
	/^[ \t]*1\.\.[0-9]+/ {
		sub(/^[ \t]*1\.\./, "")
		planned += $0
	}
	/^(not )?ok [0-9]+/ {
		seen++
		bad = sub(/^not /, "")
		sub(/^ok [0-9]+ *(- )?/, "")
		if (match(tolower($0), /# *skip */)) {
			reason = substr($0, RSTART + RLENGTH)
			other = reason ~ /it runs with the program of gcc$/ ||
			    reason ~ /^OpenSSL [^ ]+ cannot do / ||
			    (uid != 0 && reason ~ /^only root|_as_root *$/)
			emit(other ? "elsewhere" : "skip",
			    substr($0, 1, RSTART - 1), reason)
		} else {
			emit(bad ? "fail" : "pass", $0, "")
		}
	}
	END {
		if (planned == 0 || seen != planned)
			emit("fail", seen + 0 " of " planned + 0 \
			    " planned tests ran", "")
	}' "$2" >>"$results" || unreadable "$1"
}

unreadable() {
	result fail "$1" "what it printed could not be read"
}

# blame_tap FILE: shows each failed test with its output.
blame_tap() {
	local said=$out/${lane:-$stage}.blame
	awk '
	/^(ok|not ok|1\.\.)/ { lines = /^not ok/ ? 40 : 0 }
	lines-- > 0
	' "$1" >"$said"
	if [ -s "$said" ]; then
		printf -- '--- %s\n' "$1" | cat - "$said" >>"$out/$stage.failed"
	fi
}

# end_tree PID: ends a process and its descendants, the deepest first. They are
# stopped before, so that none can start another one.
end_tree() {
	local child
	kill -STOP "$1" 2>/dev/null
	while read -r child; do
		end_tree "$child"
	done < <(cat /proc/[0-9]*/stat 2>/dev/null |
		sed -n "s/^\([0-9]*\) .*) [A-Z] $1 .*/\1/p")
	kill "$1" 2>/dev/null
	kill -CONT "$1" 2>/dev/null
}
